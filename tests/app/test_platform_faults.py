"""What a platform can do to a send: refuse it, forget to answer, answer half, or change its mind about the address."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.simulator import Endpoint, FaultKind, Operation
from chatbot.simulator.account import Echoes
from chatbot.storage.port import OutboxStatus
from tests.app.whole import Whole, whole_bot
from tests.delivery.conftest import Clock

LOST_BEFORE = [FaultKind.ERROR_500, FaultKind.CLOSE, FaultKind.HANG, FaultKind.GARBAGE]
LOST_AFTER = [
    FaultKind.ACCEPT_THEN_500,
    FaultKind.ACCEPT_THEN_DROP,
    FaultKind.ACCEPT_THEN_HALF,
    FaultKind.ACCEPT_THEN_HANG,
]
HASTY = {"zalo": {"send_timeout_s": 0.5}, "messenger": {"send_timeout_s": 0.5}}
ONCE = ["1. Dạ, em nghe: chào"]


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    """A bot that does not wait long for a platform."""
    async with whole_bot(tmp_path, changes=HASTY) as running:
        yield running


@pytest.mark.parametrize("kind", [*LOST_BEFORE, *LOST_AFTER])
async def test_zalo_fails_once_and_the_citizen_reads_the_answer_once(whole: Whole, kind: FaultKind) -> None:
    whole.zalo.faults.next(kind)
    await whole.zalo.text("7610001", "chào")
    await whole.settle()
    assert whole.heard == ONCE


@pytest.mark.parametrize("kind", [*LOST_BEFORE, *LOST_AFTER])
async def test_messenger_fails_once_and_the_citizen_reads_the_answer_once(whole: Whole, kind: FaultKind) -> None:
    whole.messenger.faults.next(kind)
    await whole.messenger.text("2001", "chào")
    await whole.settle()
    assert whole.heard == ONCE


async def test_answers_keep_their_order_around_a_failure(whole: Whole) -> None:
    whole.zalo.faults.next(FaultKind.ACCEPT_THEN_DROP)
    for number in range(5):
        await whole.zalo.text("7610001", f"câu {number}")
    await whole.settle()
    said = " ".join(whole.heard)
    assert [said.count(f"câu {number}") for number in range(5)] == [1] * 5
    assert sorted(range(5), key=lambda number: said.index(f"câu {number}")) == list(range(5))


async def test_one_failing_citizen_does_not_hold_up_another(whole: Whole) -> None:
    whole.zalo.faults.next(FaultKind.HANG)
    await whole.zalo.text("7610001", "một")
    await whole.until(lambda: ("POST", "/v3.0/oa/message/cs") in whole.zalo.server.calls)
    await whole.zalo.text("7610002", "hai")
    sent = await whole.zalo.until_sent(1)
    assert sent[0].citizen == "7610002"
    await whole.settle()
    assert len(whole.zalo.sent) == 2


async def test_an_expired_token_is_renewed_once(whole: Whole) -> None:
    await whole.zalo.text("7610001", "một")
    await whole.settle()
    whole.zalo.grant.expire_access()
    await whole.zalo.text("7610001", "hai")
    await whole.settle()
    assert [said.partition(": ")[2] for said in whole.heard] == ["một", "hai"]
    assert whole.zalo.server.calls.count(("POST", "/v4/oa/access_token")) == 2


async def test_a_grant_that_is_gone_is_an_alarm_and_nothing_is_lost(whole: Whole) -> None:
    await whole.zalo.text("7610001", "một")
    await whole.settle()
    whole.zalo.grant.expire_access()
    whole.zalo.faults.next(FaultKind.CODE, code=-14014, operation=Operation.TOKEN, times=50)
    await whole.zalo.text("7610001", "hai")
    await whole.until(lambda: "zalo_token" in whole.bot.alarms.standing)
    waits = [(int(OutboxStatus.SENT),), (int(OutboxStatus.QUEUED),)]
    await whole.until(lambda: whole.rows("SELECT status FROM outbox ORDER BY seq") == waits)
    assert len(whole.zalo.sent) == 1
    status, page = await whole.get("/readyz")
    assert (status, "zalo_token" in page) == (200, True)


async def test_messengers_refused_token_is_an_alarm_and_nothing_is_lost(whole: Whole) -> None:
    whole.messenger.expire_token()
    await whole.messenger.text("2001", "một")
    await whole.until(lambda: "messenger_token" in whole.bot.alarms.standing)
    whole.messenger.api.revoked.clear()
    await whole.settle()
    assert whole.heard == ["1. Dạ, em nghe: một"]
    assert "messenger_token" not in whole.bot.alarms.standing, "it is over when a message goes out again"


async def test_an_oa_that_v3_does_not_serve_is_answered_by_v2_and_remembered(whole: Whole) -> None:
    whole.zalo.closed.add(Endpoint.V3)
    await whole.zalo.text("7610001", "một")
    await whole.settle()
    await whole.zalo.text("7610001", "hai")
    await whole.settle()
    assert [sent.endpoint for sent in whole.zalo.sent] == [Endpoint.V2, Endpoint.V2]
    assert whole.zalo.server.calls.count(("POST", "/v3.0/oa/message/cs")) == 1
    assert whole.rows("SELECT value FROM setting WHERE name LIKE 'zalo_endpoint:%'") == [("v2.0",)]


async def test_an_oa_that_neither_endpoint_serves_is_an_alarm_and_nothing_is_lost(whole: Whole) -> None:
    whole.zalo.closed.update({Endpoint.V3, Endpoint.V2})
    await whole.zalo.text("7610001", "một")
    await whole.until(lambda: "zalo_endpoint" in whole.bot.alarms.standing)
    assert "sends are paused" in (await whole.get("/readyz"))[1]
    whole.zalo.closed.clear()
    await whole.settle()
    assert whole.heard == ["1. Dạ, em nghe: một"]


async def test_throttling_pauses_the_channel_and_nothing_is_lost(whole: Whole) -> None:
    whole.zalo.faults.next(FaultKind.CODE, code=-32)
    for citizen in range(5):
        await whole.zalo.text(f"761000{citizen}", "chào")
    await whole.settle()
    assert whole.heard == ONCE * 5


async def test_a_citizen_who_left_is_not_written_to_again(whole: Whole) -> None:
    await whole.zalo.text("7610001", "chào")
    await whole.settle()
    whole.zalo.threads.of("7610001").blocked = True
    await whole.zalo.text("7610001", "còn đó không")
    await whole.settle()
    assert len(whole.zalo.sent) == 1
    assert whole.rows("SELECT status, error FROM outbox ORDER BY seq")[1] == (int(OutboxStatus.FAILED), "closed -244")


async def test_an_app_that_may_not_read_the_history_repeats_a_doubtful_reply_once_and_goes_on(whole: Whole) -> None:
    whole.zalo.echoes = Echoes.WITHHELD
    whole.zalo.faults.next(FaultKind.CODE, code=-223, operation=Operation.HISTORY, times=99)
    whole.zalo.faults.next(FaultKind.CLOSE, times=2)
    await whole.zalo.text("7610001", "một")
    await whole.zalo.text("7610001", "hai")
    await whole.settle()
    assert whole.heard == ["2. Dạ, em nghe: hai"]
    assert whole.rows("SELECT error FROM outbox WHERE status = 3") == [("doubtful",)]


async def test_an_officers_words_silence_nothing_that_was_sent(whole: Whole) -> None:
    assert (await whole.zalo.staff("7610001", "Chào anh, tôi là cán bộ BHXH")).accepted
    assert (await whole.messenger.staff("2001", "Chào chị")).accepted
    await whole.settle()
    assert whole.heard == []


async def test_a_question_older_than_an_outage_is_marked_stale(tmp_path: Path) -> None:
    clock = Clock()
    async with whole_bot(tmp_path, now=clock) as first:
        first.zalo.faults.next(FaultKind.CODE, code=-32, times=1000)
        await first.zalo.text("7610001", "một")
        await first.until(lambda: first.rows("SELECT status FROM outbox"))
    clock.move(timedelta(hours=1))
    async with whole_bot(tmp_path, now=clock) as second:
        await second.settle()
        assert second.heard == ["1. Dạ, em nghe: một"]
