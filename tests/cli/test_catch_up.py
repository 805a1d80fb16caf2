"""`chatbot catch-up`: what was missed comes into the inbox masked and once, beside the running bot."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from chatbot.app import utc_now
from chatbot.cli.catch_up import sentences
from chatbot.cli.main import app
from chatbot.config import Settings
from chatbot.delivery.catch_up import CAUGHT_UP, OVERLAP, UNREAD_FROM, Found
from chatbot.dialogue.context import VIETNAM
from chatbot.simulator import FaultKind, Operation
from tests.app.whole import Whole, whole_bot


@pytest.fixture
async def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Whole]:
    """A running bot, and commands that find its database and its platforms."""
    monkeypatch.setenv("COLUMNS", "200")
    async with whole_bot(tmp_path) as running:
        environment = {**running.zalo.environment(), **running.messenger.environment()}
        environment["DATABASE_URL"] = f"sqlite:///{running.database}"
        environment["CHATBOT_CONFIG"] = str(tmp_path / "config.yaml")
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield running


async def catch_up(*arguments: str) -> Result:
    """The command, beside the running bot."""
    return await asyncio.to_thread(CliRunner().invoke, app, ["catch-up", *arguments])


async def missed(whole: Whole, citizen: str, text: str) -> None:
    """A message whose webhook never arrived."""
    url, whole.zalo.courier.url = whole.zalo.courier.url, "http://127.0.0.1:1/nobody"
    await whole.zalo.text(citizen, text)
    whole.zalo.courier.url = url


async def test_what_was_missed_is_answered_once_and_stored_masked(whole: Whole) -> None:
    await whole.zalo.text("7610001", "trước")
    await whole.settle()
    await missed(whole, "7610001", "số của tôi là 079203004551")
    await missed(whole, "7610002", "hai")
    result = await catch_up()
    assert result.exit_code == 0, result.output
    assert "3 tin của người dân, 2 tin mới" in result.output
    assert "Meta không cho đọc lại" in result.output
    assert await whole.bot.store.setting(CAUGHT_UP)
    await whole.until(lambda: len(whole.heard) == 3)
    await whole.settle()
    again = await catch_up()
    assert "0 tin mới" in again.output
    await whole.settle()
    assert len(whole.heard) == 3
    assert not [row for row in whole.rows("SELECT body FROM inbox") if b"079203004551" in row[0]]


async def test_the_running_bot_takes_new_messages_after_another_process_wrote(whole: Whole) -> None:
    """The bot hands out ids by itself; what the command inserted must not be in its way."""
    await whole.zalo.text("7610001", "trước")
    await missed(whole, "7610002", "lỡ")
    assert (await catch_up()).exit_code == 0
    for number in range(3):
        assert (await whole.zalo.text("7610003", f"sau {number}")).accepted
    await whole.until(lambda: " ".join(whole.heard).count("sau") == 3)


async def test_a_webhook_that_comes_after_all_is_a_repeat(whole: Whole) -> None:
    event = whole.zalo.events.said("7610001", "text", {"text": "trước", "msg_id": "m1"})
    await whole.zalo.text("7610001", "trước")
    await missed(whole, "7610001", "lỡ")
    assert (await catch_up()).exit_code == 0
    await whole.until(lambda: "lỡ" in " ".join(whole.heard))
    late = whole.zalo.threads.of("7610001").entries
    (message,) = [one.id for one in late if one.text == "lỡ"]
    event = whole.zalo.events.said("7610001", "text", {"text": "lỡ", "msg_id": message})
    assert (await whole.zalo.deliver(event)).accepted
    await whole.settle()
    assert " ".join(whole.heard).count("lỡ") == 1


async def test_a_bot_that_never_heard_anything_asks_from_when(whole: Whole) -> None:
    await missed(whole, "7610001", "lỡ")
    result = await catch_up()
    assert (result.exit_code, "--since" in result.output) == (0, True)
    result = await catch_up("--since", "90m")
    assert "1 tin mới" in result.output


async def test_what_has_not_been_read_yet_is_read_however_much_was_heard_since(whole: Whole) -> None:
    await whole.zalo.text("7610001", "sau")
    await whole.settle()
    before = utc_now() - timedelta(hours=3)
    await whole.bot.store.put_setting(UNREAD_FROM, before.isoformat())
    from_then = f"Đọc tin từ {(before - OVERLAP).astimezone(VIETNAM):%H:%M}"
    assert "Đọc tin từ" in (await catch_up("--since", "1h")).stderr
    assert from_then in (await catch_up()).stderr
    assert from_then not in (await catch_up()).stderr


@pytest.mark.parametrize(("since", "ends"), [("1m", False), ("2d", True)])
async def test_reading_a_part_of_what_was_missed_ends_no_alarm(whole: Whole, since: str, ends: bool) -> None:
    await whole.zalo.text("7610001", "trước")
    await whole.settle()
    left = (utc_now() - timedelta(hours=3)).isoformat()
    await whole.bot.store.put_setting(UNREAD_FROM, left)
    assert (await catch_up("--since", since)).exit_code == 0
    assert bool(await whole.bot.store.setting(CAUGHT_UP)) is ends
    assert await whole.bot.store.setting(UNREAD_FROM) == ("" if ends else left)


@pytest.mark.parametrize("since", ["yesterday", "5", "-3h", "3w", "99999h"])
async def test_an_unreadable_time_is_a_sentence(whole: Whole, since: str) -> None:
    result = await catch_up(f"--since={since}")
    assert (result.exit_code, "90m" in result.stderr) == (2, True)


@pytest.mark.parametrize(("code", "words"), [(-32, "thử lại sau"), (-201, "được cấp quyền"), (-223, "được cấp quyền")])
async def test_a_zalo_that_does_not_tell_is_a_sentence(whole: Whole, code: int, words: str) -> None:
    whole.zalo.faults.next(FaultKind.CODE, code=code, operation=Operation.HISTORY, times=5)
    result = await catch_up("--since", "1h")
    assert (result.exit_code, words in " ".join(result.stderr.split())) == (1, True)


async def test_a_grant_that_is_gone_is_a_sentence(whole: Whole) -> None:
    tokens = whole.bot.channels.tokens
    assert tokens
    await whole.until(tokens.expires_in_seconds)
    await tokens.revoked(utc_now())
    result = await catch_up("--since", "1h")
    assert (result.exit_code, "chatbot connect zalo" in result.stderr) == (1, True)


async def test_without_zalo_there_is_nothing_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    result = await catch_up()
    assert (result.exit_code, "chatbot connect zalo" in result.stderr) == (2, True)


@pytest.mark.parametrize(("within", "kept", "hours"), [(48, 7, 48), (168, 3, 72)])
def test_nothing_is_read_whose_repeat_would_not_be_known(within: int, kept: int, hours: int) -> None:
    settings = Settings.model_validate({"zalo": {"reply_within_hours": within}, "privacy": {"keep_inbox_days": kept}})
    assert settings.catch_up_at_most == timedelta(hours=hours)


async def test_a_time_too_long_ago_is_cut_and_said(whole: Whole) -> None:
    result = await catch_up("--since", "9d")
    assert result.exit_code == 0, result.output
    assert "Chỉ đọc từ 48 giờ trước" in " ".join(result.output.split())


def test_how_many_chats_an_officer_answered_is_told() -> None:
    read, officers = sentences(Found(since=utc_now(), chats=3, messages=5, new=2, officers=1))
    assert read == "3 cuộc trò chuyện, 5 tin của người dân, 2 tin mới."
    assert "Cán bộ đã nhắn trong 1 cuộc trò chuyện" in officers


def test_chats_that_zalo_does_not_show_are_told() -> None:
    _, refused = sentences(Found(since=utc_now(), chats=3, refused=2))
    assert "2 cuộc trò chuyện Zalo không cho đọc" in refused


def test_what_was_not_read_is_told_in_local_time_with_what_to_do() -> None:
    night = datetime(2026, 11, 22, 17, tzinfo=UTC)
    found = Found(since=night, chats=5000, cut=2, older=night + timedelta(hours=1))
    _, cut, older = sentences(found)
    assert ("2 cuộc trò chuyện dài quá" in cut, "OA Manager" in cut, "từ 00:00 23/11/2026" in cut) == (True, True, True)
    assert "từ 00:00 23/11/2026 đến 01:00 23/11/2026" in older
