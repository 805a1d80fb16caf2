"""What a reply may do: the window, the age policy, half answers, held threads, what an operator puts back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.channels.base import SendResult, SendVerdict
from chatbot.delivery.gate import Pass
from chatbot.model import EventKind, Outcome, Part, Reply, Turn, TurnRecord, TurnResult
from chatbot.storage.port import OutboxStatus
from tests.delivery.conftest import (
    MOMENT_S,
    SENT,
    STALE_AFTER,
    START,
    WINDOW,
    Clock,
    Rig,
    make_rig,
    open_store,
    text,
)

WHO = "zalo:1:77"
REFUSED = SendResult(verdict=SendVerdict.REFUSED, code="100")
PAUSED = SendResult(verdict=SendVerdict.PAUSED, retry_after=timedelta(hours=1000))


def in_parts(turn: Turn) -> TurnResult:
    """Repeats what it heard, a part for each piece between bars; the outbox's news in brackets; silent when held."""
    event = turn.events[-1]
    if event.kind is EventKind.HANDOVER:
        silence = Reply(outcome=Outcome.HANDED_SILENT)
        return TurnResult(session=turn.session, reply=silence, record=TurnRecord(), drop_queued=True)
    words = f"({event.metadata})" if event.kind is EventKind.UNDELIVERED else event.text
    outcome = Outcome.ANSWERED_EMERGENCY if "lừa" in words else Outcome.ANSWERED_SMALLTALK
    reply = Reply(outcome=outcome, parts=tuple(Part(piece) for piece in words.split("|")))
    return TurnResult(session=turn.session, reply=reply, record=TurnRecord(text=words))


@pytest.fixture
async def parts(tmp_path: Path, clock: Clock) -> AsyncIterator[Rig]:
    made = make_rig(open_store(tmp_path, clock), clock, in_parts)
    yield made
    await made.stop()


def said(rig: Rig) -> list[str]:
    return [words for _, words in rig.phone.arrived]


async def queued(rig: Rig, *words: str, minutes: float = 0) -> None:
    """Questions that are answered while the gate is shut."""
    rig.gate.saw(Pass.ORDINARY, PAUSED)
    for word in words:
        await rig.inbox.accept([text(word, word, after=minutes * 60)])
        async with asyncio.timeout(5):
            while rig.lanes.busy:
                await asyncio.sleep(MOMENT_S)


async def opens_after(rig: Rig, time: timedelta) -> None:
    """The platform is well again."""
    rig.clock.move(time)
    rig.gate.saw(Pass.PROBE, SENT)
    await rig.settle()


async def test_after_the_window_nothing_is_attempted_and_the_reason_is_kept(parts: Rig) -> None:
    await queued(parts, "một|hai")
    await opens_after(parts, WINDOW.length + timedelta(minutes=1))
    assert said(parts) == []
    letters = await parts.store.dead()
    assert sorted((letter.id, letter.reason) for letter in letters) == [
        ("1:0", "closed expired"),
        ("1:1", "closed expired (rest)"),
    ]
    assert await parts.store.troubles() == 0


async def test_a_new_word_of_the_citizen_opens_the_window_again(parts: Rig) -> None:
    await queued(parts, "lừa đảo")
    parts.clock.move(WINDOW.length)
    await queued(parts, "alo", minutes=WINDOW.length.total_seconds() / 60)
    await opens_after(parts, timedelta(minutes=1))
    assert said(parts) == ["lừa đảo", "alo"]


async def test_news_of_our_own_opens_no_window(parts: Rig) -> None:
    await queued(parts, "một")
    parts.clock.move(WINDOW.length - timedelta(minutes=30))
    note = replace(text("n", ""), kind=EventKind.UNDELIVERED, metadata="stale", at=parts.clock())
    await parts.inbox.note(note)
    while parts.lanes.busy:
        await asyncio.sleep(MOMENT_S)
    await opens_after(parts, timedelta(minutes=31))
    assert said(parts) == []
    assert {letter.reason for letter in await parts.store.dead()} == {"closed expired"}


async def test_the_window_is_known_after_a_restart(tmp_path: Path, clock: Clock) -> None:
    first = make_rig(open_store(tmp_path, clock), clock, in_parts)
    await queued(first, "lừa đảo", "một")
    await first.outbox.drain(0)
    await first.stop()
    clock.move(WINDOW.length + timedelta(minutes=1))
    second = make_rig(open_store(tmp_path, clock), clock, in_parts)
    await second.outbox.start()
    await second.settle()
    assert said(second) == []
    assert {letter.reason for letter in await second.store.dead()} == {"closed expired"}
    await second.stop()


async def test_answers_that_grew_old_in_the_queue_become_one_note_each_and_fresh_ones_go_out(parts: Rig) -> None:
    await queued(parts, "một", "hai|ba")
    parts.clock.move(STALE_AFTER)
    await queued(parts, "bốn", minutes=STALE_AFTER.total_seconds() / 60)
    await opens_after(parts, timedelta(minutes=1))
    assert said(parts) == ["bốn", "(stale)", "(stale)"]
    assert await parts.store.open_sends() == []


async def test_help_in_danger_goes_out_however_late_also_after_a_restart(tmp_path: Path, clock: Clock) -> None:
    first = make_rig(open_store(tmp_path, clock), clock, in_parts)
    await queued(first, "bị lừa")
    await first.outbox.drain(0)
    await first.stop()
    clock.move(STALE_AFTER * 2)
    second = make_rig(open_store(tmp_path, clock), clock, in_parts)
    await second.outbox.start()
    await second.settle()
    assert said(second) == ["bị lừa"]
    await second.stop()


async def test_an_answer_to_an_old_question_is_not_judged_twice(parts: Rig) -> None:
    """Its turn knew that it was old and said so; that sentence must not be taken for an old answer."""
    (stored,) = [one for one in await parts.store.accept([text("a", "xin lỗi muộn")], START) if one]
    parts.clock.move(STALE_AFTER * 2)
    parts.lanes.offer([stored])
    await parts.settle()
    assert said(parts) == ["xin lỗi muộn"]


async def test_the_rest_of_an_answer_is_not_sent_when_a_part_was_refused(parts: Rig) -> None:
    parts.phone.results = [SENT, REFUSED]
    await parts.inbox.accept([text("a", "một|hai|ba|bốn")])
    await parts.settle()
    await parts.inbox.accept([text("b", "năm", after=1)])
    await parts.settle()
    assert said(parts) == ["một", "(refused)", "năm"]
    assert {(letter.id, letter.reason) for letter in await parts.store.dead()} == {
        ("1:1", "refused 100"),
        ("1:2", "refused 100 (rest)"),
        ("1:3", "refused 100 (rest)"),
    }


async def test_a_part_that_may_have_arrived_does_not_stop_the_rest(parts: Rig) -> None:
    parts.phone.remembered = None
    parts.phone.results = [SendResult(verdict=SendVerdict.DOUBTFUL)] * 2
    await parts.inbox.accept([text("a", "một|hai")])
    await parts.settle()
    assert said(parts) == ["một", "một", "hai"]
    (letter,) = await parts.store.dead()
    assert (letter.id, letter.reason, letter.attempts, await parts.store.troubles()) == ("1:0", "doubtful", 2, 1)


async def test_a_thread_that_a_person_holds_silences_the_bot_and_drops_what_waits(parts: Rig) -> None:
    parts.phone.results = [SendResult(verdict=SendVerdict.HELD, code="10/2018300")]
    await queued(parts, "một|hai", "ba")
    parts.gate.saw(Pass.PROBE, SENT)
    await parts.settle()
    assert "một" not in said(parts)
    assert "hai" not in said(parts)
    assert await parts.store.open_sends() == []


async def test_what_an_operator_puts_back_goes_out_however_old_but_not_after_the_window(parts: Rig) -> None:
    parts.phone.results = [REFUSED]
    await parts.inbox.accept([text("a", "một|hai")])
    await parts.settle()
    parts.clock.move(STALE_AFTER * 2)
    assert await parts.store.revive([letter.id for letter in await parts.store.dead()]) == 2
    parts.phone.results = [SendResult(verdict=SendVerdict.NOT_SENT, retry_after=timedelta(milliseconds=1)), SENT, SENT]
    await parts.outbox.look()
    await parts.outbox.look()
    async with asyncio.timeout(5):
        while parts.outbox.depth:
            parts.clock.move(timedelta(seconds=1))
            await asyncio.sleep(0.01)
    assert said(parts) == ["(refused)", "một", "hai"]


async def test_an_event_that_an_operator_puts_back_has_its_turn_again(tmp_path: Path, clock: Clock) -> None:
    broken = [True]

    def turn(turn: Turn) -> TurnResult:
        if broken[0]:
            raise ZeroDivisionError("a bug of ours")
        return in_parts(turn)

    rig = make_rig(open_store(tmp_path, clock), clock, turn)
    await rig.lanes.start()
    await rig.settle()
    await rig.inbox.accept([text("a", "một")])
    await rig.settle()
    assert said(rig) == ["Dạ, em xin lỗi."]
    (letter,) = await rig.store.dead()
    assert (letter.reason, letter.attempts, letter.text) == ("ZeroDivisionError", 2, "một")
    broken[0] = False
    await rig.store.revive([letter.id])
    rig.lanes.look()
    await rig.settle()
    assert said(rig) == ["Dạ, em xin lỗi.", "một"]
    await rig.stop()


async def test_while_too_much_waits_to_be_sent_turns_wait_on_disk(tmp_path: Path, clock: Clock) -> None:
    rig = make_rig(open_store(tmp_path, clock), clock, in_parts, most_waiting=3, active=2)
    rig.phone.hold = asyncio.Event()
    await rig.lanes.start()
    await rig.inbox.accept([text(f"k{n}", str(n), f"zalo:1:{n}") for n in range(20)])
    async with asyncio.timeout(5):
        while rig.outbox.depth < 3:
            await asyncio.sleep(MOMENT_S)
    for _ in range(200):
        await asyncio.sleep(0)
    assert rig.outbox.depth <= 3 + 2
    async with asyncio.timeout(5):  # a turn may be on disk an instant before its reply is in the queue
        while len(await rig.store.pending(100)) != 20 - rig.outbox.depth:
            await asyncio.sleep(MOMENT_S)
    assert rig.outbox.depth <= 3 + 2
    rig.phone.hold.set()
    await rig.settle()
    assert sorted(said(rig), key=int) == [str(n) for n in range(20)]
    await rig.stop()


@pytest.mark.parametrize("status", [OutboxStatus.QUEUED, OutboxStatus.SENDING])
async def test_a_payload_whose_age_nobody_knows_is_tried(parts: Rig, status: OutboxStatus) -> None:
    """After the retention the inbox is empty: the platform decides."""
    await queued(parts, "một")
    (row,) = await parts.store.open_sends()
    await parts.outbox.drain(0)
    await parts.store.mark([replace(row, status=status, sending_at=START)])
    await parts.store.retain(START - timedelta(days=1), START + timedelta(days=1))
    parts.gate.saw(Pass.PROBE, SENT)
    await parts.outbox.start()
    await parts.settle()
    assert said(parts) == ["một"]
