"""`chatbot ask` and `chatbot chat`: one JSON object an answer, nothing else on stdout, a clock that can be moved."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from chatbot.cli.main import app
from chatbot.cli.screen import LONGEST_LINE

KEYS = {
    "text",
    "intent",
    "confidence",
    "candidates",
    "outcome",
    "reply",
    "buttons",
    "sources",
    "checked_on",
    "ms",
}


def ask(*arguments: str, stdin: str | bytes | None = None) -> Result:
    """Run `chatbot ask`."""
    return CliRunner().invoke(app, ["ask", *arguments], input=stdin)


def answers(result: Result) -> list[dict[str, object]]:
    """Stdout as one JSON object a line."""
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_an_answer_is_one_json_object() -> None:
    (answer,) = answers(ask("xin chào", "--json"))
    assert set(answer) == KEYS
    assert answer["text"] == "xin chào"
    assert isinstance(answer["reply"], str)
    assert isinstance(answer["ms"], float)


def test_every_line_of_stdin_is_a_fresh_conversation() -> None:
    several = answers(ask("-", stdin="xin chào\n\nmã OTP của tôi là 482913\nxin chào\n"))
    assert several[0]["text"] == "xin chào"
    assert len(several) == 4
    assert several[0]["reply"] == several[3]["reply"]
    assert "482913" not in str(several[2]["reply"])


def test_bytes_that_are_no_utf8_do_not_end_the_run() -> None:
    several = answers(ask("-", stdin=b"\xff\xfe hello\nxin ch\xc3\xa0o\n"))
    assert len(several) == 2


def test_a_line_that_never_ends_is_read_up_to_a_limit() -> None:
    several = answers(ask("-", stdin=b"a" * (LONGEST_LINE + 10) + b"\nxin ch\xc3\xa0o\n"))
    assert [len(str(answer["text"])) for answer in several] == [LONGEST_LINE, 8]


@pytest.mark.parametrize("text", ["số 1900 9068 có thật không", "nó lừa tôi chuyển khoản 5 triệu rồi chặn zalo"])
def test_a_rule_that_answers_still_shows_three_candidates(text: str) -> None:
    (answer,) = answers(ask(text, "--json"))
    candidates = answer["candidates"]
    assert isinstance(candidates, list)
    assert len({one["intent"] for one in candidates}) == 3
    assert answer["confidence"] == candidates[0]["confidence"]


@pytest.mark.parametrize("day", ["hôm nay", "2026-13-01", "20/5/2025", ""])
def test_a_day_that_is_none_is_a_sentence(day: str) -> None:
    result = ask("xin chào", "--as-of", day)
    assert result.exit_code == 2
    assert "--as-of cần ngày dạng 2026-07-01" in result.stderr


def test_the_clock_goes_where_it_is_told() -> None:
    question = "lương cơ sở hiện nay bao nhiêu"
    (then,), (now,) = (answers(ask(question, "--json", "--as-of", day)) for day in ("2024-05-01", "2026-11-22"))
    assert then["intent"] == now["intent"]
    assert then["reply"] != now["reply"]


def test_broken_content_is_named_with_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "intents" / "faq" / "money").mkdir(parents=True)
    (tmp_path / "intents" / "faq" / "money" / "a.yaml").write_text("id: [", "utf-8")
    config = tmp_path / "config.yaml"
    config.write_text(json.dumps({"intents": str(tmp_path / "intents"), "var": str(tmp_path / "var")}), "utf-8")
    monkeypatch.setenv("CHATBOT_CONFIG", str(config))
    result = ask("xin chào")
    assert result.exit_code == 1
    assert "a.yaml" in result.stderr
    assert "chatbot check" in result.stderr


def test_a_conversation_in_the_terminal() -> None:
    typed = "xin chào\n/state\n/tap 99\n/tap 1\n/time +2d\n/time soon\n/why\n/new\n/help\n/quit\nnever read\n"
    result = CliRunner().invoke(app, ["chat", "--channel", "messenger", "--as-of", "2026-11-22"], input=typed)
    assert result.exit_code == 0, result.output
    assert "tự động" in result.stdout
    assert "24/11/2026" in result.stdout
    assert "một người khác bắt đầu nhắn" in result.stdout
    assert "Gõ /time +2d" in result.stderr
    assert "nút; gõ /tap 1" in result.stderr


def test_a_conversation_ends_with_the_input() -> None:
    assert CliRunner().invoke(app, ["chat"], input="").exit_code == 0
