"""`chatbot dead`: what was given up is shown masked, with its reason; what is put back the running bot does at once."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from chatbot.cli.main import app
from chatbot.knowledge import load
from chatbot.model import Turn, TurnResult
from chatbot.simulator import FaultKind
from tests.app.whole import Echo, EchoMind, Whole, small_content, whole_bot


@dataclass
class Mendable(Echo):
    """An echo that fails at every turn until it is mended."""

    mended: bool = False

    def turn(self, turn: Turn) -> TurnResult:
        """Raise until mended."""
        if not self.mended:
            raise ZeroDivisionError
        return super().turn(turn)


@pytest.fixture
async def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Whole]:
    """A running bot, and commands that find its database."""
    monkeypatch.setenv("COLUMNS", "250")
    async with whole_bot(tmp_path) as running:
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{running.database}")
        monkeypatch.setenv("CHATBOT_CONFIG", str(tmp_path / "config.yaml"))
        yield running


async def dead(*arguments: str) -> Result:
    """The command, beside the running bot."""
    return await asyncio.to_thread(CliRunner().invoke, app, ["dead", *arguments])


async def letters() -> list[dict[str, Any]]:
    """What the list tells as JSON; the bot of this process logs on the same stream."""
    found: list[dict[str, Any]] = json.loads((await dead("list", "--json")).stdout.splitlines()[-1])
    return found


async def test_nothing_given_up_is_said(whole: Whole) -> None:
    result = await dead("list")
    assert (result.exit_code, "Không có gì" in result.stdout) == (0, True)
    assert await letters() == []


async def test_a_refused_send_is_shown_masked_and_goes_out_when_it_is_put_back(whole: Whole) -> None:
    whole.messenger.faults.next(FaultKind.CODE, code=100)
    await whole.messenger.text("2001", "số của tôi là 079203004551")
    await whole.settle()
    shown = (await dead("list")).stdout
    assert "nền tảng không nhận (mã 100)" in shown
    assert "079203004551" not in shown
    (letter,) = await letters()
    assert (letter["kind"], letter["channel"], letter["reason"], letter["attempts"]) == (
        "send",
        "messenger",
        "refused 100",
        1,
    )
    assert whole.heard == []
    assert (await dead("retry", letter["id"])).exit_code == 0
    await whole.until(lambda: len(whole.heard) == 1)
    await whole.settle()
    assert await letters() == []


async def test_what_needs_a_person_is_an_alarm_until_it_is_dealt_with(whole: Whole) -> None:
    whole.zalo.faults.next(FaultKind.CODE, code=-210)
    await whole.zalo.text("7610001", "chào")
    await whole.settle()
    await whole.until(lambda: "dead_letters" in whole.bot.alarms.standing)
    assert 'chatbot_queue_depth{queue="dead"} 1.0' in (await whole.get("/metrics"))[1]
    assert (await whole.get("/readyz"))[0] == 200
    result = await dead("drop", "--all")
    assert (result.exit_code, "Đã bỏ 1 mục" in result.stdout) == (0, True)
    await whole.until(lambda: "dead_letters" not in whole.bot.alarms.standing)


async def test_the_alarm_of_a_refused_reply_stands_until_it_is_dealt_with(whole: Whole) -> None:
    whole.messenger.faults.next(FaultKind.CODE, code=200)
    await whole.messenger.text("2001", "chào")
    await whole.settle()
    await whole.until(lambda: "dead_letters" in whole.bot.alarms.standing)
    await whole.messenger.text("2001", "vẫn chạy")
    await whole.settle()
    assert "permission or a role" in whole.bot.alarms.standing["messenger_permission"]
    assert (await dead("drop", "--all")).exit_code == 0
    await whole.until(lambda: not whole.bot.alarms.standing)


async def test_a_citizen_who_left_troubles_nobody(whole: Whole) -> None:
    whole.zalo.faults.next(FaultKind.CODE, code=-213)
    await whole.zalo.text("7610001", "chào")
    await whole.settle()
    assert "đã chặn, rời đi" in (await dead("list")).stdout
    result = await dead("retry", "--all")
    assert (result.exit_code, "Không có mục nào" in result.stderr) == (1, True)


async def test_a_message_that_met_a_bug_is_answered_after_the_bug_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_content(tmp_path)
    mind = Mendable()

    async with whole_bot(tmp_path, EchoMind(load(tmp_path / "intents"), mind)) as whole:
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{whole.database}")
        monkeypatch.setenv("CHATBOT_CONFIG", str(tmp_path / "config.yaml"))
        await whole.zalo.text("7610001", "máy hư")
        await whole.settle()
        assert len(whole.heard) == 1
        (letter,) = await letters()
        assert (letter["kind"], letter["reason"], letter["text"]) == ("event", "ZeroDivisionError", "máy hư")
        mind.mended = True
        assert (await dead("retry", letter["id"])).exit_code == 0
        await whole.until(lambda: len(whole.heard) == 2)
        assert whole.heard[1].endswith("máy hư")


@pytest.mark.parametrize("arguments", [("retry",), ("drop",), ("retry", "--all", "1")])
async def test_what_is_not_said_clearly_does_nothing(whole: Whole, arguments: tuple[str, ...]) -> None:
    result = await dead(*arguments)
    assert (result.exit_code, "chatbot dead list" in result.stderr) == (2, True)


async def test_an_unknown_id_is_a_sentence(whole: Whole) -> None:
    for one in ("17", "17:0", "x", "9" * 60):
        result = await dead("retry", one)
        assert (result.exit_code, f"Không có mục {one}:" in result.stderr) == (1, True)


async def test_what_is_known_is_done_and_what_is_not_is_named(whole: Whole) -> None:
    whole.zalo.faults.next(FaultKind.CODE, code=-210, times=2)
    for citizen in ("7610001", "7610002"):
        await whole.zalo.text(citizen, "chào")
        await whole.settle()
    assert "--limit 10" in (await dead("list", "--limit", "1")).stdout
    assert "--limit" not in (await dead("list", "--limit", "2")).stdout
    first, second = [str(letter["id"]) for letter in await letters()]
    result = await dead("drop", first, "99", "x")
    assert (result.exit_code, "Đã bỏ 1 mục" in result.stdout, "99, x" in result.stderr) == (1, True, True)
    assert [letter["id"] for letter in await letters()] == [second]


def test_without_a_database_there_is_nothing_to_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    result = CliRunner().invoke(app, ["dead", "list"])
    assert (result.exit_code, "chatbot run" in result.stderr) == (2, True)
    assert not (tmp_path / "none.db").exists()
