"""`chatbot evaluate`: one JSON object on stdout, a table for people, and a sentence for every unusable file."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from chatbot.cli.main import app
from tests.knowledge.conftest import Content

KEYS = {
    "n", "top1", "top3", "answered", "answered_precision", "asked", "asked_hit", "refused",
    "oos_n", "oos_answered", "auroc", "p50_ms", "p99_ms", "confusions",
}  # fmt: skip
ROWS = "\ufefftext\tlabel\r\nlương cơ sở bao nhiêu\tdong_luong_co_so\r\n\r\nhôm nay trời đẹp quá\tout_of_scope\r\n"


def evaluate(file: Path, *options: str) -> Result:
    """Run `chatbot evaluate`."""
    return CliRunner().invoke(app, ["evaluate", str(file), *options])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file as a spreadsheet saves it: byte order mark, header, Windows line ends, an empty line."""
    path = tmp_path / "questions.tsv"
    path.write_bytes(ROWS.encode())
    return path


def test_the_figures_are_one_json_object(file: Path) -> None:
    result = evaluate(file, "--json")
    figures = json.loads(result.stdout)
    assert set(figures) == KEYS
    assert (figures["n"], figures["oos_n"], figures["top1"]) == (1, 1, 1.0)
    assert result.stderr == ""


def test_learning_is_told_beside_the_figures(
    content: Content, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Content that nobody has learnt from yet: the log is on stderr."""
    content.make_learnable()
    settings = {"intents": str(content.root), "var": str(tmp_path / "var")}
    (tmp_path / "config.yaml").write_text(json.dumps(settings), "utf-8")
    monkeypatch.setenv("CHATBOT_CONFIG", str(tmp_path / "config.yaml"))
    result = evaluate(file, "--json")
    assert set(json.loads(result.stdout)) == KEYS
    assert "training" in result.stderr


def test_people_read_a_table(file: Path) -> None:
    file.write_text("lương cơ sở bao nhiêu\thuu_tuoi\n", "utf-8")
    result = evaluate(file)
    assert "Câu trong phạm vi" in result.stdout
    assert "Bị hiểu là" in result.stdout
    assert "dong_luong_co_so" in result.stdout


def test_a_label_that_the_content_does_not_know_is_named(file: Path) -> None:
    file.write_text("lương cơ sở bao nhiêu\tluong_co_so\n", "utf-8")
    result = evaluate(file, "--json")
    assert result.exit_code == 0
    assert "không có nhãn luong_co_so" in result.stderr
    assert json.loads(result.stdout)["top1"] == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "không có câu nào"),
        (b"text\tlabel\n\n", "không có câu nào"),
        (b"\x7fELF\xd0\xff\x00", "không phải tệp chữ mã UTF-8"),
        ("một câu không nhãn\n".encode(), ":1: cần 'câu<TAB>nhãn'"),
        ("câu\tnhan\ncâu hai\t \n".encode(), ":2: cần 'câu<TAB>nhãn'"),
    ],
)
def test_a_file_that_cannot_be_measured_is_a_sentence(file: Path, content: bytes, said: str) -> None:
    file.write_bytes(content)
    result = evaluate(file)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_file_that_is_not_there_or_a_folder(tmp_path: Path) -> None:
    assert "không có tệp này" in evaluate(tmp_path / "none.tsv").stderr
    assert "đây là thư mục" in evaluate(tmp_path).stderr
