"""Reading YAML written by people: line numbers for every value, and the traps of YAML refused in plain words.

YAML reads an unquoted `no` as a boolean, `1900.9068` as a decimal and `01` as a number. Here such a value stays the
text the editor typed, and a field that wants text complains with the file, the line and what to do.
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
    """Parse one file. Raises ContentError (with every problem found) for a file that is not UTF-8 or not clean YAML."""
    try:
        text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ContentError([Problem(shown_as, 1, "Tệp không phải UTF-8: lưu lại bằng mã UTF-8.")]) from error
    try:
        return _parse(text, shown_as)
    except yaml.MarkedYAMLError as error:
        raise ContentError([_broken(error, text, shown_as)]) from error
    except yaml.YAMLError as error:
        sentence = "Tệp có ký tự điều khiển không nhìn thấy: gõ lại dòng vừa sửa, đừng dán từ nơi khác."
        raise ContentError([Problem(shown_as, 1, sentence)]) from error


def _parse(text: str, shown_as: str) -> Document:
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        builder = _Builder(loader, shown_as)
        data = builder.build(node, ()) if node is not None else None
    finally:
        loader.dispose()
    if builder.problems:
        raise ContentError(builder.problems)
    return Document(shown_as, data, builder.lines)


def _broken(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    unclosed = "quoted scalar" in (error.context or "") and error.problem == "found unexpected end of stream"
    mark = error.context_mark if unclosed else error.problem_mark
    line = mark.line + 1 if mark else 1
    rows = text.splitlines()
    if unclosed:
        sentence = 'Dấu ngoặc kép mở ở đây mà không đóng: thêm dấu " ở cuối.'
    elif line <= len(rows) and "\t" in rows[line - 1]:
        sentence = "Dòng này có phím Tab: xóa đi và thụt đầu dòng bằng dấu cách."
    elif error.problem == "mapping values are not allowed in this context":
        sentence = "Dấu hai chấm nằm giữa câu: đặt cả câu trong dấu ngoặc kép, hoặc xem lại khoảng thụt đầu dòng."
    elif "alias" in f"{error.context} {error.problem}":
        sentence = "Dấu * ở đầu có nghĩa riêng trong YAML: đặt cả câu trong dấu ngoặc kép."
    else:
        sentence = (
            "YAML viết chưa đúng: xem lại dấu ngoặc kép, dấu hai chấm và khoảng thụt đầu dòng ở dòng này và dòng trên."
        )
    return Problem(file, line, sentence)


class _Builder:
    """Turns YAML nodes into plain data, remembers lines, and collects everything that is wrong."""

    def __init__(self, loader: Any, file: str) -> None:
        self.loader = loader
        self.file = file
        self.lines: dict[Path_, int] = {}
        self.problems: list[Problem] = []
        self._open: set[int] = set()

    def build(self, node: yaml.Node, place: Path_) -> Any:
        self.lines[place] = node.start_mark.line + 1
        if not isinstance(node, yaml.CollectionNode):
            return self._scalar(node)
        if id(node) in self._open:
            return self._complain(node, "Mục này tự nhắc đến chính nó (dấu & và *): viết rõ ra.")
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return dict(self._pairs(node, place))
            return [self.build(item, (*place, number)) for number, item in enumerate(node.value)]
        finally:
            self._open.discard(id(node))

    def _pairs(self, node: yaml.MappingNode, place: Path_) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                self._complain(key, f"Khóa '{name}' viết hai lần: giữ lại một.")
                continue
            seen.add(name)
            yield name, self.build(value, (*place, name))

    def _scalar(self, node: yaml.Node) -> Any:
        written = str(node.value)
        if node.tag == "tag:yaml.org,2002:timestamp":
            try:
                return date.fromisoformat(written)
            except ValueError:
                return self._complain(node, f"Ngày '{written}' phải là ngày có thật, viết dạng 2026-07-01.")
        try:
            value = self.loader.construct_object(node, deep=True)
        except ValueError:
            return self._complain(node, f"'{written}' không đọc được: đặt trong dấu ngoặc kép.")
        return Unquoted.of(written, value) if node.tag in _TEXT_TRAPS else value

    def _complain(self, node: yaml.Node, sentence: str) -> None:
        self.problems.append(Problem(self.file, node.start_mark.line + 1, sentence))


def plain(value: Any) -> Any:
    """The same data with `Unquoted` numbers and booleans read as YAML reads them (for fields that want numbers)."""
    if isinstance(value, Unquoted):
        return value.value
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value
