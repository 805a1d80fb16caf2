"""Files as people write them: every trap of YAML is told with its file, its line and what to do."""

from datetime import date
from pathlib import Path

import pytest

from chatbot.knowledge import ContentError
from chatbot.knowledge.yaml_source import Unquoted, plain, read


def _read_problems(tmp_path: Path, raw: bytes) -> list[tuple[int, str]]:
    path = tmp_path / "a.yaml"
    path.write_bytes(raw)
    with pytest.raises(ContentError) as caught:
        read(path, "intents/a.yaml")
    assert all(problem.file == "intents/a.yaml" for problem in caught.value.problems)
    return [(problem.line, problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "Khóa 'a' viết hai lần"),
        ("a:\n\t- b\n", 2, "phím Tab"),
        ('a: 1\nb: "câu chưa đóng\nc: 2\n', 2, "mở ở đây mà không đóng"),
        ("a: 1\nb: Lưu ý: đọc kỹ\n", 2, "Dấu hai chấm nằm giữa câu"),
        ("a: 1\nb: *đậm* đây\n", 2, "Dấu * ở đầu"),
        ("a: &x [*x]\n", 1, "nhắc đến chính nó"),
        ("a: 2026-13-01\n", 1, "Ngày '2026-13-01'"),
        ("a: 2026-02-30\n", 1, "phải là ngày có thật"),
        ("a: !!float abc\n", 1, "đặt trong dấu ngoặc kép"),
        ("a: [1, 2\nb: 3\n", 2, "YAML viết chưa đúng"),
        ("a: 1\n---\nb: 2\n", 2, "YAML viết chưa đúng"),
        ("a: \x07\n", 1, "ký tự điều khiển"),
    ],
)
def test_broken_yaml_is_told_with_line_and_remedy(tmp_path: Path, text: str, line: int, says: str) -> None:
    """One mistake, one sentence, on the line where the editor has to look."""
    problems = _read_problems(tmp_path, text.encode())
    assert len(problems) == 1
    assert problems[0][0] == line
    assert says in problems[0][1]


def test_not_utf8(tmp_path: Path) -> None:
    """An old editor's encoding is named as such."""
    assert "UTF-8" in _read_problems(tmp_path, "a: đồng".encode("utf-16"))[0][1]


def test_every_mistake_of_a_file_at_once(tmp_path: Path) -> None:
    """Nobody has to repair and run again for each mistake."""
    problems = _read_problems(tmp_path, b"a: 1\na: 2\nb: 2026-99-99\nc: {d: 1, d: 2}\n")
    assert [line for line, _ in problems] == [2, 3, 4]


@pytest.mark.parametrize("written", ["yes", "no", "on", "OFF", "true", "1900.9068", "01", "12:30", "1e3", "0x1F"])
def test_unquoted_values_stay_as_typed(tmp_path: Path, written: str) -> None:
    """What YAML would turn into a number or a yes/no keeps its letters and is marked."""
    path = tmp_path / "a.yaml"
    path.write_text(f"a: {written}\n", encoding="utf-8")
    value = read(path, "a.yaml").data["a"]
    if isinstance(value, Unquoted):
        assert str(value) == written
        assert not isinstance(plain({"a": [value]})["a"][0], str)
    else:
        assert value == written


def test_lines_dates_and_nfc(tmp_path: Path) -> None:
    """Lines lead to the value or its nearest parent; dates are dates; decomposed letters are composed."""
    path = tmp_path / "a.yaml"
    path.write_text('a:\n  - b: 2026-07-01\n    c: "ho\u0302"\n', encoding="utf-8")
    document = read(path, "a.yaml")
    assert document.data == {"a": [{"b": date(2026, 7, 1), "c": "hô"}]}
    assert document.line(("a", 0, "c")) == 3
    assert document.line(("a", 0, "missing")) == 2
    assert document.line(("nowhere",)) == 1


def test_empty_file_is_none(tmp_path: Path) -> None:
    """An empty file is read; its schema will complain."""
    path = tmp_path / "a.yaml"
    path.write_text("", encoding="utf-8")
    assert read(path, "a.yaml").data is None
