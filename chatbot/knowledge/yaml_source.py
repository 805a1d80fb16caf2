"""Reading YAML written by people: line numbers for every value, and the traps of YAML refused in plain words.

YAML reads an unquoted `no` as a boolean, `1900.9068` as a decimal and `01` as a number. Here such a value stays the text the
editor typed, and a field that wants text complains with the file, the line and what to do.
"""

import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from chatbot.knowledge.problem import ContentError, Problem

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # pragma: no cover - the wheel always has the C loader
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Path_ = tuple[str | int, ...]
_TEXT_TRAPS = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:float", "tag:yaml.org,2002:int"}


class Unquoted(str):
    """A value that the editor left without quotes and that YAML would have read as a number or a yes/no."""

    __slots__ = ("value",)
    value: bool | int | float

    @classmethod
    def of(cls, written: str, value: bool | int | float) -> "Unquoted":
        """The written word, remembering what YAML makes of it."""
        made = cls(written)
        made.value = value
        return made


class Document:
    """A parsed file: plain data, and the line on which each value stands."""

    def __init__(self, file: str, data: Any, lines: dict[Path_, int]) -> None:
        self.file = file
        self.data = data
        self._lines = lines

    def line(self, place: Path_) -> int:
        """The line (from 1) of the value at `place`, or of its nearest parent."""
        while place and place not in self._lines:
            place = place[:-1]
        return self._lines.get(place, 1)


def read(path: Path, shown_as: str) -> Document:
    """Parse one file. Raises ContentError for a file that is not UTF-8 or not YAML."""
    try:
        text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            lines: dict[Path_, int] = {}
            data = _build(loader, node, (), lines, shown_as) if node is not None else None
        finally:
            loader.dispose()
    except UnicodeDecodeError as error:
        raise ContentError([Problem(shown_as, 1, "Tệp không phải UTF-8: lưu lại bằng mã UTF-8.")]) from error
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line + 1) if error.problem_mark else 1
        sentence = f"YAML viết chưa đúng ({error.problem}): xem lại dấu ngoặc kép, dấu hai chấm và khoảng thụt đầu dòng."
        raise ContentError([Problem(shown_as, line, sentence)]) from error
    return Document(shown_as, data, lines)


def _build(loader: Any, node: yaml.Node, place: Path_, lines: dict[Path_, int], file: str) -> Any:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(loader, node, place, lines, file))
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, item, (*place, number), lines, file) for number, item in enumerate(node.value)]
    if node.tag == "tag:yaml.org,2002:timestamp":
        return _date(node, file)
    value = loader.construct_object(node, deep=True)
    if node.tag in _TEXT_TRAPS:
        return Unquoted.of(node.value, value)
    return value


def _pairs(
    loader: Any, node: yaml.MappingNode, place: Path_, lines: dict[Path_, int], file: str
) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key, value in node.value:
        name = str(key.value)
        if name in seen:
            line = key.start_mark.line + 1
            raise ContentError([Problem(file, line, f"Khóa '{name}' viết hai lần: giữ lại một.")])
        seen.add(name)
        yield name, _build(loader, value, (*place, name), lines, file)


def _date(node: yaml.Node, file: str) -> date:
    try:
        return date.fromisoformat(node.value)
    except ValueError as error:
        line = node.start_mark.line + 1
        raise ContentError([Problem(file, line, f"Ngày '{node.value}' phải viết dạng 2026-07-01.")]) from error


def plain(value: Any) -> Any:
    """The same data with `Unquoted` numbers and booleans read as YAML reads them (for fields that want numbers)."""
    if isinstance(value, Unquoted):
        return value.value
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value
