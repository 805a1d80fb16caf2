"""An action: what a button means. A citizen can forge it, so it is input and never authority."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Self
from urllib.parse import parse_qsl, quote, urlencode

PREFIX: Final = "#bhxh1/"
LONGEST: Final = 1000
"""Characters; the smaller of Zalo's button payload (1000) and Messenger's (1000)."""
_REMEMBERED: Final = 1024
"""Actions and payloads: the same few hundred buttons leave and come back all day."""


class ActionTooLongError(ValueError):
    """The packed action does not fit a platform's payload."""


@dataclass(frozen=True, slots=True)
class Action:
    """A name and small string arguments: `Action("faq", {"id": "huu_tuoi"})`."""

    name: str
    args: Mapping[str, str] = field(default_factory=dict)

    def pack(self) -> str:
        """The payload a platform carries, `#bhxh1/faq?id=huu_tuoi`; the digit is the format's version."""
        return _packed(self.name, tuple(sorted(self.args.items())))

    @classmethod
    def unpack(cls, payload: str) -> Self | None:
        """The action in a payload, or None when the text is not one of ours."""
        if not payload.startswith(PREFIX) or len(payload) > LONGEST:
            return None
        held = _unpacked(payload)
        return cls(held[0], dict(held[1])) if held else None


@lru_cache(maxsize=_REMEMBERED)
def _packed(name: str, args: tuple[tuple[str, str], ...]) -> str:
    query = urlencode(args, quote_via=quote)
    packed = PREFIX + name + (f"?{query}" if query else "")
    if len(packed) > LONGEST:
        raise ActionTooLongError(f"action {name!r} packs to {len(packed)} characters, at most {LONGEST} fit")
    return packed


@lru_cache(maxsize=_REMEMBERED)
def _unpacked(payload: str) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    name, _, query = payload.removeprefix(PREFIX).partition("?")
    if not name.replace("_", "").replace(".", "").isalnum():
        return None
    try:
        args = tuple(parse_qsl(query, max_num_fields=16))
        _packed(name, args)
    except ValueError:  # too many arguments, or too long when packed again: nobody's button
        return None
    return name, args
