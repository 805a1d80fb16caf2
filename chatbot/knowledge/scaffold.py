"""`chatbot new-faq`: a new topic as a file that already passes the schema, written the way all the others are."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

_FIELDS: Final = (
    "id", "title", "label", "group", "benefit", "aspect", "owner", "authority", "risk",
    "versions", "ask", "not_this", "next", "tests",
)  # fmt: skip
_PLAIN: Final = re.compile(r"^[a-z][a-z0-9_.]*$")
_TRAPS: Final = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})
_NAMES: Final = frozenset({"title", "label", "owner"})
_BARE: Final = frozenset({"id", "to", "means", "expect"})
REVIEW_MONTHS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an editor must know to open a topic; the rest gets a sensible beginning."""

    id: str
    title: str
    label: str
    group: str
    benefit: str
    aspect: str
    authority: str
    risk: str
    valid_from: date
    answer: str
    document: str
    place: str
    source: str
    asks: tuple[str, ...]


def record(draft: Draft, *, today: date, owner: str) -> dict[str, Any]:
    """The whole file as plain data, one version without an end, to be reviewed in six months."""
    version: dict[str, Any] = {
        "valid_from": draft.valid_from,
        "valid_to": None,
        "answer": draft.answer,
        "figures": {},
        "unsure_figures": [],
        "basis": [{"document": draft.document, "place": draft.place, "url": None}],
        "sources": [draft.source],
        "checked_on": today,
        "review_by": in_months(today, REVIEW_MONTHS),
        "confidence": "medium",
        "note": "",
    }
    names = {field: getattr(draft, field) for field in ("id", "title", "label", "group", "benefit", "aspect")}
    rest: dict[str, Any] = {"owner": owner, "authority": draft.authority, "risk": draft.risk, "versions": [version]}
    return {**names, **rest, "ask": list(draft.asks), "not_this": [], "next": [], "tests": []}


def write(root: Path, faq: Mapping[str, Any]) -> Path:
    """Write the file at its place. Raises FileExistsError when the topic is already there."""
    path: Path = root / "faq" / faq["group"] / f"{faq['id']}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(canonical(faq))
    return path


def canonical(faq: Mapping[str, Any]) -> str:
    """The one way a topic's file is written: fixed order, texts quoted, dates bare, answers as blocks."""
    lines: list[str] = []
    for field in _FIELDS:
        value = faq[field]
        if field == "versions":
            lines += ["versions:", *(line for version in value for line in _version(version))]
        elif field == "ask":
            lines += _items("ask", (_quoted(text) for text in value), indent="")
        elif isinstance(value, list):
            lines += _items(field, map(_flow, value), indent="")
        else:
            lines.append(f"{field}: {_quoted(value) if field in _NAMES else _scalar(value)}")
    return unicodedata.normalize("NFC", "\n".join(lines) + "\n")


def suggested_id(title: str) -> str:
    """A name for a title: "Hồ sơ thai sản gồm gì?" gives ho_so_thai_san_gom_gi."""
    decomposed = unicodedata.normalize("NFD", title.lower().replace("đ", "d"))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_0123456789")[:40].rstrip("_")


def in_months(day: date, months: int) -> date:
    """The same day some months later, at most the 28th."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28))


def _version(version: Mapping[str, Any]) -> list[str]:
    lines: list[str] = []
    for field, value in version.items():
        if field == "answer":
            rows = value.strip().split("\n")
            lines += ["answer: |", *(f"  {row}".rstrip() for row in rows)]
        elif field == "unsure_figures":
            lines.append(f"{field}: [{', '.join(value)}]")
        elif field == "figures":
            lines.append(f"figures: {_flow(value)}")
        elif field == "basis":
            lines += _items(field, map(_flow, value), indent="  ")
        elif field == "sources":
            lines += _items(field, map(_quoted, value), indent="  ")
        else:
            lines.append(f"{field}: {_quoted(value) if field == 'note' else _scalar(value)}")
    return [("  - " if number == 0 else "    ") + line for number, line in enumerate(lines)]


def _items(field: str, rows: Iterable[str], *, indent: str) -> list[str]:
    listed = [f"{indent or '  '}- {row}" for row in rows]
    return [f"{field}:", *listed] if listed else [f"{field}: []"]


def _flow(value: Any, field: str = "") -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(item, key)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, str) and field not in _BARE:
        return _quoted(value)
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    return text if _PLAIN.match(text) and text not in _TRAPS else _quoted(text)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", " ")
    return f'"{escaped}"'
