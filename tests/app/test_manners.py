"""How the whole bot behaves towards the platforms: windows, held threads, and what was said while it was down."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.app import utc_now
from chatbot.delivery.catch_up import CAUGHT_UP
from chatbot.knowledge import load
from chatbot.model import ChannelName
from chatbot.simulator import FaultKind, Operation, ZaloPlatform
from chatbot.simulator.zalo_platform import ADMIN_ID
from chatbot.webhook.connect import PENDING_CONSENT
from tests.app.whole import EchoMind, Whole, whole_bot
from tests.delivery.conftest import Clock
from tests.pipeline.chat import Chat, sure
from tests.pipeline.conftest import INTENTS


@pytest.fixture
async def oa() -> AsyncIterator[ZaloPlatform]:
    """An OA that outlives the bot."""
    platform = ZaloPlatform()
    await platform.start()
    yield platform
    await platform.close()


@pytest.fixture
def clock() -> Clock:
    """The bot's and the platform's."""
    return Clock()


@pytest.fixture
async def timed_oa(clock: Clock) -> AsyncIterator[ZaloPlatform]:
    """An OA that outlives the bot and goes by the clock."""
    platform = ZaloPlatform(now=clock)
    await platform.start()
    yield platform
    await platform.close()


async def once_and_then_down(folder: Path, oa: ZaloPlatform) -> None:
    """The bot answers one message and stops; another one and a staff member's are written while it is down."""
    async with whole_bot(folder, oa=oa) as whole:
        await oa.text("7610001", "một")
        await whole.settle()
    oa.courier.url = "http://127.0.0.1:1/nobody"
    await oa.text("7610001", "số của tôi là 079203004551")
    await oa.text("7610002", "hai")
    oa.sent.clear()


async def test_what_was_said_while_the_bot_was_down_is_answered_after_its_start(
    tmp_path: Path, oa: ZaloPlatform
) -> None:
    await once_and_then_down(tmp_path, oa)
    async with whole_bot(tmp_path, oa=oa) as whole:
        await whole.until(lambda: len(oa.sent) == 2)
        await whole.settle()
        assert sorted(sent.text for sent in oa.sent) == [
            "1. Dạ, em nghe: hai",
            "2. Dạ, em nghe: số của tôi là [CCCD]",
        ]
    async with whole_bot(tmp_path, oa=oa) as whole:
        await oa.text("7610003", "ba")
        await whole.settle()
        assert len(oa.sent) == 3


async def an_officer_answers_meanwhile(folder: Path, oa: ZaloPlatform, clock: Clock) -> None:
    """The bot answers one message and stops; an officer answers the next one, and after a while there is another."""
    async with whole_bot(folder, oa=oa, now=clock) as whole:
        await oa.text("7610001", "một")
        await whole.settle()
    oa.courier.url = "http://127.0.0.1:1/nobody"
    for minutes, say, words in ((10, oa.text, "hai"), (10, oa.staff, "Chào anh"), (40, oa.text, "ba")):
        clock.move(timedelta(minutes=minutes))
        await say("7610001", words)
    oa.sent.clear()


async def test_what_an_officer_answered_while_the_bot_was_down_is_left_to_them(
    tmp_path: Path, clock: Clock, timed_oa: ZaloPlatform
) -> None:
    await an_officer_answers_meanwhile(tmp_path, timed_oa, clock)
    chat = Chat(load(INTENTS), {words: sure("smalltalk.thanks") for words in ("hai", "ba")})
    async with whole_bot(
        tmp_path, EchoMind(load(tmp_path / "intents"), chat.pipeline), oa=timed_oa, now=clock
    ) as whole:
        await whole.until(lambda: timed_oa.sent)
        await whole.settle()
        turns = whole.rows("SELECT text, outcome FROM turn ORDER BY id")
        assert turns == [
            ("một", "answered_smalltalk"),
            ("", "handed_silent"),
            ("hai", "handed_silent"),
            ("ba", "answered_smalltalk"),
        ]
        (answer,) = [one for one in timed_oa.threads.of("7610001").entries if one.text == "Chào anh"]
        echo = timed_oa.events.echo("7610001", {"text": "Chào anh", "msg_id": answer.id}, admin=ADMIN_ID)
        assert (await timed_oa.deliver(echo)).accepted
        await whole.settle()
        kinds = [
            kind for (kind,) in whole.rows("SELECT kind FROM inbox WHERE kind != 'echo_ours' ORDER BY platform_at")
        ]
        assert kinds == ["text", "text", "echo_staff", "text"]


async def test_where_it_is_switched_off_an_officers_answer_changes_nothing(
    tmp_path: Path, clock: Clock, timed_oa: ZaloPlatform
) -> None:
    await an_officer_answers_meanwhile(tmp_path, timed_oa, clock)
    async with whole_bot(tmp_path, oa=timed_oa, now=clock, changes={"zalo": {"catch_up_officers": False}}) as whole:
        await whole.until(lambda: timed_oa.sent)
        await whole.settle()
        assert [sent.text for sent in timed_oa.sent] == ["2. Dạ, em nghe: hai", "3. Dạ, em nghe: ba"]


async def test_nothing_is_read_where_it_is_switched_off_or_nothing_was_ever_heard(
    tmp_path: Path, oa: ZaloPlatform
) -> None:
    await once_and_then_down(tmp_path, oa)
    asked = [path for _, path in oa.server.calls].count("/v2.0/oa/listrecentchat")
    async with whole_bot(tmp_path, oa=oa, changes={"zalo": {"catch_up_at_start": False}}) as whole:
        await oa.text("7610003", "ba")
        await whole.settle()
    assert [sent.citizen for sent in oa.sent] == ["7610003"]
    assert [path for _, path in oa.server.calls].count("/v2.0/oa/listrecentchat") == asked == 0


async def test_a_zalo_that_does_not_tell_does_not_hold_up_the_start(tmp_path: Path, oa: ZaloPlatform) -> None:
    await once_and_then_down(tmp_path, oa)
    oa.faults.next(FaultKind.CODE, code=-201, operation=Operation.HISTORY, times=50)
    async with whole_bot(tmp_path, oa=oa) as whole:
        await oa.text("7610003", "ba")
        await whole.settle()
        assert [sent.citizen for sent in oa.sent] == ["7610003"]
        assert "chore" not in whole.bot.alarms.standing
        await whole.until(lambda: "catch-up" in whole.bot.alarms.standing.get("catch_up", ""))
        oa.faults.clear()
        await whole.bot.store.put_setting(CAUGHT_UP, "2026-11-30T00:00:00+00:00")
        await whole.until(lambda: "catch_up" not in whole.bot.alarms.standing)


async def test_a_downtime_that_could_not_be_read_is_read_at_the_next_start(
    tmp_path: Path, clock: Clock, timed_oa: ZaloPlatform
) -> None:
    async with whole_bot(tmp_path, oa=timed_oa, now=clock) as whole:
        await timed_oa.text("7610001", "một")
        await whole.settle()
    timed_oa.courier.url = "http://127.0.0.1:1/nobody"
    await timed_oa.text("7610002", "hai")
    clock.move(timedelta(hours=1))
    timed_oa.faults.next(FaultKind.CODE, code=-201, operation=Operation.HISTORY, times=50)
    async with whole_bot(tmp_path, oa=timed_oa, now=clock) as whole:
        await whole.until(lambda: "catch_up" in whole.bot.alarms.standing)
        await timed_oa.text("7610001", "ba")
        await whole.settle()
    timed_oa.faults.clear()
    async with whole_bot(tmp_path, oa=timed_oa, now=clock) as whole:
        await whole.until(lambda: "1. Dạ, em nghe: hai" in whole.heard)


async def test_a_thread_that_another_app_holds_is_left_to_it(tmp_path: Path) -> None:
    async with whole_bot(tmp_path) as whole:
        whole.messenger.faults.next(FaultKind.CODE, code=10, subcode=2018300)
        await whole.messenger.text("2001", "chào")
        await whole.settle()
        kinds = whole.rows("SELECT kind FROM inbox ORDER BY id")
        assert ("handover",) in kinds
        assert whole.heard == []


async def test_a_reply_that_the_platform_refuses_is_told_to_the_conversation(whole: Whole) -> None:
    whole.zalo.faults.next(FaultKind.CODE, code=-210)
    await whole.zalo.text("7610001", "chào")
    await whole.settle()
    assert ("undelivered",) in whole.rows("SELECT kind FROM inbox")


async def test_after_the_window_the_platform_is_not_even_asked(tmp_path: Path) -> None:
    clock = Clock()
    clock.time = utc_now()
    async with whole_bot(tmp_path, now=clock) as whole:
        whole.messenger.faults.next(FaultKind.CODE, code=4)
        await whole.messenger.text("2001", "chào")
        await whole.until(lambda: not whole.bot.channels.gates[ChannelName.MESSENGER].is_open)
        clock.move(timedelta(hours=24))
        sends = whole.messenger.server.calls
        before = len(sends)
        await whole.until(lambda: whole.rows("SELECT error FROM outbox") == [("closed expired",)])
        assert [path for verb, path in sends[before:] if verb == "POST" and path.endswith("/messages")] == []


@pytest.mark.parametrize(("within", "after", "result"), [(48, 48, "closed expired"), (168, 100, "")])
async def test_zalos_window_is_two_days_or_up_to_seven_by_configuration(
    tmp_path: Path, within: int, after: int, result: str
) -> None:
    clock = Clock()
    clock.time = utc_now()
    changes = {"zalo": {"reply_within_hours": within}, "lanes": {"stale_after_minutes": 20_000}}
    async with whole_bot(tmp_path, now=clock, changes=changes) as whole:
        whole.zalo.faults.next(FaultKind.CODE, code=-32)
        await whole.zalo.text("7610001", "chào")
        await whole.until(lambda: not whole.bot.channels.gates[ChannelName.ZALO].is_open)
        clock.move(timedelta(hours=after))
        await whole.settle()
        assert whole.rows("SELECT error FROM outbox") == [(result,)]
        assert len(whole.heard) == (not result)


async def test_a_permission_taken_away_is_an_alarm_until_an_admin_has_consented_again(whole: Whole) -> None:
    tokens = whole.bot.channels.tokens
    assert tokens
    await whole.until(tokens.expires_in_seconds)
    await whole.zalo.revoke()
    await whole.until(lambda: "chatbot connect zalo" in whole.bot.alarms.standing.get("zalo_token", ""))
    await whole.zalo.text("7610001", "chào")
    await whole.until(lambda: not whole.bot.lanes.busy)
    assert whole.heard == []
    proof = "v" * 43
    await whole.bot.store.put_setting(PENDING_CONSENT + "state", proof)
    challenge = urlsafe_b64encode(hashlib.sha256(proof.encode()).digest()).rstrip(b"=").decode()
    code = whole.zalo.grant.consent(challenge)
    assert (await whole.get(f"/connect/zalo?code={code}&state=state"))[0] == 200
    await whole.until(lambda: not whole.bot.alarms.standing)
    assert '"warnings": []' in (await whole.get("/readyz"))[1]
    await whole.settle()
    assert whole.heard == ["1. Dạ, em nghe: chào"]
