"""The kinds of fields that content files are made of, shared by every schema."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from chatbot.knowledge.yaml_source import Unquoted, plain


def _text(value: Any) -> Any:
    if isinstance(value, Unquoted):
        raise ValueError(f"đặt giá trị {str(value)!r} trong dấu ngoặc kép, nếu không YAML hiểu là {value.value!r}")  # noqa: TRY004 - pydantic wants ValueError
    return value


Text = Annotated[str, BeforeValidator(_text), StringConstraints(min_length=1, strip_whitespace=True)]
MaybeEmpty = Annotated[str, BeforeValidator(_text), StringConstraints(strip_whitespace=True)]
LONGEST_LABEL = 20
Label = Annotated[
    str, BeforeValidator(_text), StringConstraints(min_length=1, max_length=LONGEST_LABEL, strip_whitespace=True)
]
"""A button's label: 20 characters, the strictest channel (Messenger's quick replies)."""
NAME_PATTERN: Final = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$"
Name = Annotated[str, BeforeValidator(_text), StringConstraints(pattern=NAME_PATTERN)]
Number = Annotated[Any, BeforeValidator(plain)]
"""Anything a figure may be: a number, a text, a small mapping."""


class Strict(BaseModel):
    """A part of a content file: unknown keys are errors, values cannot change once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
