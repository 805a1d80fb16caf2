"""pydantic's errors in an editor's words, with the line of the file."""

from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from chatbot.knowledge.fields import NAME_PATTERN
from chatbot.knowledge.problem import Problem
from chatbot.knowledge.yaml_source import Document, Path_

_SENTENCES = {
    "missing": "Thiếu mục '{field}': thêm vào.",
    "extra_forbidden": "Không có mục nào tên '{field}': kiểm tra chính tả hoặc bỏ đi.",
    "string_too_long": "'{field}' dài quá {max_length} ký tự: viết ngắn lại.",
    "string_too_short": "'{field}' đang để trống: điền vào.",
    "string_type": "'{field}' phải là chữ trong dấu ngoặc kép.",
    "string_pattern_mismatch": "'{field}' viết chưa đúng dạng: {pattern}.",
    "too_long": "'{field}' có nhiều nhất {max_length} mục: bớt đi.",
    "too_short": "'{field}' phải có ít nhất {min_length} mục.",
    "date_type": "'{field}' phải là ngày dạng 2026-07-01.",
    "date_from_datetime_parsing": "'{field}' phải là ngày dạng 2026-07-01.",
    "enum": "'{field}' phải là một trong: {expected}.",
    "dict_type": "'{field}' phải là các cặp 'tên: giá trị'.",
    "list_type": "'{field}' phải là danh sách, mỗi dòng bắt đầu bằng '- '.",
    "tuple_type": "'{field}' phải là danh sách, mỗi dòng bắt đầu bằng '- '.",
    "model_type": "'{field}' phải là các cặp 'tên: giá trị'.",
    "bool_parsing": "'{field}' phải là true hoặc false.",
    "int_parsing": "'{field}' phải là số nguyên.",
    "literal_error": "'{field}' phải là một trong: {expected}.",
    "value_error": "{field}: {error}.",
}


def complaints(error: ValidationError, document: Document) -> Iterator[Problem]:
    """One problem for each thing that is wrong."""
    found = [(_place(details), details) for details in error.errors(include_url=False)]
    for place, details in found:
        if details["type"] == "too_short" and any(other[: len(place)] == place != other for other, _ in found):
            continue  # pydantic does not count broken items, so a list of one broken item also looks empty
        yield Problem(document.file, document.line(place), _sentence(details, _shown(place)))


def _place(details: ErrorDetails) -> Path_:
    """Where in the file, without pydantic's own steps: a validator, a branch of a union, "the key itself"."""
    return tuple(
        part
        for part in details["loc"]
        if not (isinstance(part, str) and part.startswith(("function-", "list[", "constrained-", "[key]")))
    )


def _shown(place: Path_) -> str:
    """`versions 1 › basis 2 › place`: items are counted from one, as people do."""
    shown = ""
    for part in place:
        shown += f" {part + 1}" if isinstance(part, int) else f"{' › ' if shown else ''}{part}"
    return shown.strip() or "tệp"


def _sentence(details: ErrorDetails, field: str) -> str:
    of_text = details["type"] in {"too_long", "too_short"} and isinstance(details["input"], str)
    pattern = _SENTENCES.get(f"string_{details['type']}" if of_text else details["type"])
    if pattern is None:
        return f"'{field}': {details['msg']}."
    facts = dict(details.get("ctx", {}))
    if facts.get("pattern") == NAME_PATTERN:
        facts["pattern"] = "chỉ gồm chữ thường không dấu, số và gạch dưới, ví dụ huu_tuoi"
    return pattern.format(field=field, **facts)
