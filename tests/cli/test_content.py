"""The editors' commands as they are typed: what they print, what they write, and how they end."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from chatbot.cli import content as commands
from chatbot.cli import impact, new_faq
from tests.knowledge.conftest import REAL, Content

APP = typer.Typer()
APP.command("check")(commands.check)
APP.command("new-faq")(new_faq.new_faq)
APP.command("stale")(commands.stale)
APP.command("impact")(impact.impact)
APP.command("flows")(commands.flows)
ON = ("--as-of", "2026-11-22")
"""The day on which these tests take place."""
TOPIC = "faq/money/thuong.yaml"


@pytest.fixture
def project(content: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Content:
    """A project's folder with right content, in which the commands are typed."""
    (tmp_path / "config.yaml").write_text("intents: intents\nvar: var\n", encoding="utf-8")
    content.ask_enough()
    content.write("phrases.vi.yaml", 'smalltalk.thanks: "Dạ"\n')
    monkeypatch.chdir(tmp_path)
    return content


def _typed(*words: str, answers: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(APP, words, input=answers)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_check_of_right_content(project: Content) -> None:
    """Says so and ends well."""
    assert _typed("check", *ON) == (0, "Nội dung không có lỗi nào.\n")


def test_check_prints_place_and_remedy(project: Content) -> None:
    """One line a problem, errors end with 1, also when a file cannot be read at all."""
    project.replace(TOPIC, "risk: high", "risk: no")
    project.write("menu.yaml", 'main:\n\t- {label: "x"}\n')
    code, output = _typed("check", *ON)
    assert code == 1
    assert f"intents/{TOPIC}:9 LỖI" in output
    assert "intents/menu.yaml:2 LỖI Dòng này có phím Tab" in output
    assert "2 lỗi, 0 chú ý." in output


def test_check_names_a_switch_that_silences_nothing(project: Content, tmp_path: Path) -> None:
    """Topics and groups may be switched off; a misspelt one would go on answering."""
    (tmp_path / "config.yaml").write_text("switches: {topics: [thuong, money, thuongg]}\n", encoding="utf-8")
    code, output = _typed("check", *ON)
    assert (code, output.count("LỖI")) == (1, 1)
    assert "config.yaml:1 LỖI switches.topics: không có chủ đề hay nhóm nào tên 'thuongg'" in output


def test_check_warns_without_failing(project: Content) -> None:
    """A review day that passed is no reason to stop a deploy."""
    project.replace(TOPIC, "review_by: 2027-05-01", "review_by: 2026-11-05")
    code, output = _typed("check", *ON)
    assert (code, "chú ý Quá hạn xem lại" in output) == (0, True)


def test_check_shows_errors_last(project: Content) -> None:
    """Where they are in sight when the command ends, however many warnings there are."""
    project.replace(TOPIC, "review_by: 2027-05-01", "review_by: 2026-11-05")
    project.write("acts/zz.yaml", "x: y\n")
    project.replace("faq/money/phat.yaml", "risk: high", "risk: no")
    _, output = _typed("check", *ON)
    lines = output.splitlines()
    assert "LỖI" in lines[-2]
    assert any("chú ý" in line for line in lines[:-2])


def test_check_away_from_the_program_calls_no_sentence_unused(project: Content, tmp_path: Path) -> None:
    """A folder with content only: nobody can know which sentences the code says."""
    project.write("phrases.vi.yaml", 'smalltalk.thanks: "Dạ"\nfoo.bar: "Dạ"\n')
    assert "foo.bar" not in _typed("check", *ON)[1]
    (tmp_path / "chatbot").mkdir()
    (tmp_path / "handlers").mkdir()
    assert "foo.bar" in _typed("check", *ON)[1]


def test_check_as_json(project: Content) -> None:
    """One JSON list on stdout and nothing else."""
    project.replace(TOPIC, "{salary x 2}", "xem https://bhxh-that.example.com/ngay")
    code, output = _typed("check", *ON, "--json")
    rows = json.loads(output)
    assert code == 1
    assert rows[0]["file"] == f"intents/{TOPIC}"
    assert rows[0]["severity"] == "error"
    assert "official_channels.yaml" in rows[0]["message"]


def test_check_tells_of_the_configuration_too(project: Content, tmp_path: Path) -> None:
    """A typing mistake in config.yaml is in the same list."""
    (tmp_path / "config.yaml").write_text("intent: intents\n", encoding="utf-8")
    code, output = _typed("check", *ON)
    assert code == 1
    assert "config.yaml:1 LỖI Cấu hình:" in output


def test_check_includes_flows(project: Content) -> None:
    """A broken walk-through is told with its line."""
    project.write("flows/walk.yaml", "id: walk\nstatess: {}\n")
    code, output = _typed("check", *ON)
    assert code == 1
    assert "intents/flows/walk.yaml:2 LỖI" in output


_OPTIONS = (
    "--title", "Quà Tết là gì?", "--group", "money", "--answer", "Dạ, quà Tết là quà ạ.",
    "--document", "Luật 1", "--source", "https://example.gov.vn/1", "--label", "Quà Tết",
)  # fmt: skip


def test_new_topic_by_options(project: Content) -> None:
    """No question is asked when everything is given; the content stays right."""
    code, output = _typed("new-faq", *_OPTIONS, "--ask", "quà tết đâu", "--valid-from", "2026-07-01")
    assert code == 0
    assert "Đã tạo intents/faq/money/qua_tet_la_gi.yaml" in output.replace("\n", " ").replace("  ", " ")
    assert project.problems() == []
    assert _typed("check")[0] == 0


def test_new_topic_by_questions(project: Content) -> None:
    """What is missing is asked in Vietnamese."""
    answers = "Quà Tết là gì?\nmoney\nDạ, quà ạ.\nLuật 1\nhttps://example.gov.vn/1\nQuà Tết\n"
    code, output = _typed("new-faq", answers=answers)
    assert code == 0
    assert "Câu hỏi của người dân" in output
    assert project.path("faq/money/qua_tet_la_gi.yaml").is_file()


def test_a_question_whose_answer_cannot_be_used_is_asked_again(project: Content) -> None:
    """With the reason and, for groups, with their names; nothing that was typed is lost."""
    answers = (
        "Tiền thưởng\nQuà Tết là gì?\n"
        "tiền\nmoney\n"
        f"{'dài ' * 200}\nDạ, quà ạ.\n"
        "Luật 1\n"
        "example.gov.vn\nhttps://example.gov.vn/1\n"
        "Một nhãn dài hơn hai mươi ký tự\nTiền thuong\nQuà Tết\n"
    )
    project.replace(TOPIC, "id: thuong", "id: tien_thuong")
    project.path(TOPIC).rename(project.path("faq/money/tien_thuong.yaml"))
    project.replace("faq/money/tien_thuong.yaml", "expect: thuong", "expect: tien_thuong")
    code, output = _typed("new-faq", answers=answers)
    assert code == 0, output
    for said in ("Đã có chủ đề 'tien_thuong'", "Không có nhóm 'tiền'", "viết gọn còn 500", "bắt đầu bằng https://"):
        assert said in output
    assert "dài quá 20 ký tự" in output
    assert "trùng với 'tien_thuong'" in output
    assert project.path("faq/money/qua_tet_la_gi.yaml").is_file()


def test_nobody_at_the_keyboard_is_told_what_is_missing(project: Content) -> None:
    """A script that forgot an option gets a sentence, not a question without end."""
    code, output = _typed("new-faq", "--title", "Quà Tết là gì?", "--group", "money")
    assert code == 2
    assert "--document" in output
    assert not project.path("faq/money/qua_tet_la_gi.yaml").exists()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (("--source", "luat.vn"), "phải là địa chỉ đầy đủ"),
        (("--group", "nothing"), "Không có nhóm 'nothing'"),
        (("--authority", "nothing"), "Không có cơ quan 'nothing'"),
        (("--id", "thuong"), "Đã có chủ đề 'thuong'"),
        (("--label", "Một nhãn dài hơn hai mươi ký tự"), "dài quá 20 ký tự"),
    ],
)
def test_a_wrong_topic_is_not_written(project: Content, changed: tuple[str, str], says: str) -> None:
    """The folder is as it was."""
    before = sorted(project.root.rglob("*"))
    code, output = _typed("new-faq", *_OPTIONS, *changed)
    assert code == 2
    assert says in output
    assert sorted(project.root.rglob("*")) == before


def test_stale(project: Content) -> None:
    """Only what is late fails a schedule; JSON for machines."""
    assert _typed("stale", *ON, "--within", "0d", "--fail")[0] == 0
    project.replace(TOPIC, "review_by: 2027-05-01", "review_by: 2026-11-05")
    assert _typed("stale", *ON, "--within", "0d")[0] == 0
    code, output = _typed("stale", *ON, "--within", "0d", "--fail", "--json")
    assert code == 1
    assert json.loads(output) == [{"on": "2026-11-05", "what": "thuong", "expiry": "review", "late": True}]
    assert _typed("stale", *ON, "--within", "soon")[0] == 2


def _git(folder: Path, *words: str) -> None:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *words]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def test_impact_wants_two_revisions_that_exist(project: Content, tmp_path: Path) -> None:
    """Clear sentences instead of git's."""
    assert "Viết hai phiên bản" in _typed("impact", "HEAD")[1]
    _git(tmp_path, "init", "-q")
    code, output = _typed("impact", "nothing..")
    assert (code, "git không lấy được 'nothing'" in output) == (2, True)


def test_flows(project: Content) -> None:
    """No flow, no output; never an error."""
    assert _typed("flows") == (0, "")


def test_impact_with_a_file_that_cannot_be_read(project: Content, tmp_path: Path) -> None:
    """Said before anything is prepared; an empty file is not taken for "all sentences"."""
    empty, binary = tmp_path / "empty.txt", tmp_path / "binary.txt"
    empty.write_text("\n", "utf-8")
    binary.write_bytes(b"\xff\x00")
    for path, said in ((tmp_path / "none", "không có tệp này"), (empty, "không có câu nào"), (binary, "mã UTF-8")):
        code, output = _typed("impact", "HEAD..", "--sentences", str(path))
        assert code == 2
        assert said in output.replace("\n", " ")


def test_impact_of_an_edit(project: Content, tmp_path: Path) -> None:
    """The committed content against the folder as it is now: the sentence with the new figure is told."""
    for name in ("lexicon.yaml", "places.yaml"):
        shutil.copy(REAL / name, project.path(name))
    _git(tmp_path, "init", "-q")
    _git(tmp_path, "add", "intents")
    _git(tmp_path, "commit", "-q", "-m", "before")
    project.replace(TOPIC, "{salary x 2}", "{salary x 3}")
    asked = tmp_path / "asked.txt"
    asked.write_text("câu hỏi thứ 3 thuong\ncâu hỏi thứ 3 phat\n", encoding="utf-8")
    code, output = _typed("impact", "HEAD..", "--sentences", str(asked))
    assert code == 0
    assert "1 câu thay đổi trong 2 câu đã thử." in output
    assert "Cùng chủ đề, câu trả lời khác (1):\n- câu hỏi thứ 3 thuong\n    trước: " in output
    assert "    sau:   " in output


def test_the_real_content_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """What citizens get passes the whole check on the day it was written."""
    monkeypatch.chdir(REAL.parent)
    code, output = _typed("check", *ON)
    assert code == 0, output
