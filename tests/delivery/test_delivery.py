"""From an accepted event to a settled send: durable, ordered, once."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.channels.base import SendResult, SendVerdict, SentMessage
from chatbot.channels.messenger import errors as messenger
from chatbot.channels.zalo import errors as zalo
from chatbot.delivery.advice import ADVICE
from chatbot.delivery.compose import in_order, turns_of
from chatbot.delivery.inbox import IntakeBusyError
from chatbot.model import ChannelName, Event, EventKind, Turn, TurnResult
from chatbot.storage.port import OutboxStatus, StoredEvent, StoreError
from tests.delivery.conftest import START, Clock, Rig, heard, make_rig, open_store, text

WHO = "zalo:1:77"


async def test_every_event_is_answered_once_and_in_order(rig: Rig) -> None:
    for number in range(20):
        await rig.inbox.accept([text(f"k{number}", str(number), after=number)])
    await rig.settle()
    heard = [part for _, said in rig.phone.arrived for part in said.partition(": ")[2].split(" + ")]
    assert heard == [str(number) for number in range(20)]


async def test_the_same_event_five_times_at_once_has_one_answer(rig: Rig) -> None:
    await asyncio.gather(*(rig.inbox.accept([text("k", "chào")]) for _ in range(5)))
    await rig.settle()
    assert rig.phone.arrived == [(WHO, "1: chào")]


async def test_quick_messages_are_joined_and_sorted_by_the_platforms_time(tmp_path: Path, clock: Clock) -> None:
    rig = make_rig(open_store(tmp_path, clock), clock, settle=timedelta(milliseconds=300))
    await rig.inbox.accept([text("second", "nữ thì sao", after=1)])
    await rig.inbox.accept([text("first", "tuổi nghỉ hưu", after=0)])
    await rig.settle()
    assert rig.phone.arrived == [(WHO, "2: tuổi nghỉ hưu + nữ thì sao")]
    await rig.stop()


async def test_what_staff_wrote_is_read_before_what_came_with_it(tmp_path: Path, clock: Clock) -> None:
    """After an outage a question and an officer's answer come together: the question is the officer's, and is not
    joined with the next one."""
    read: list[list[str]] = []

    def noted(turn: Turn) -> TurnResult:
        read.append([event.text for event in turn.events])
        return heard(turn)

    rig = make_rig(open_store(tmp_path, clock), clock, noted)
    answer = replace(text("b", "", after=600), kind=EventKind.HANDOVER, metadata="other")
    later = [text("c", "hai", after=3000), text("d", "ba", after=3001)]
    await rig.inbox.accept([text("a", "một"), text("b", "à", after=1), replace(answer, key="s"), *later])
    await rig.settle()
    assert read == [[""], ["một", "à"], ["hai", "ba"]]
    await rig.stop()


@pytest.mark.parametrize(
    ("kind", "metadata", "first"),
    [
        (EventKind.ECHO_STAFF, "", True),
        (EventKind.HANDOVER, "other", True),
        (EventKind.HANDOVER, "ours", False),
        (EventKind.HANDOVER, "held", False),
        (EventKind.WITHDRAWN, "", True),
    ],
)
def test_what_decides_whose_a_question_is_comes_before_it(kind: EventKind, metadata: str, first: bool) -> None:
    question = StoredEvent(1, text("a", "một"), START)
    other = StoredEvent(2, replace(text("b", "", after=1), kind=kind, metadata=metadata), START)
    assert in_order([question, other]) == ([other, question] if first else [question, other])


def test_messages_are_joined_unless_a_person_wrote_between_them_or_much_time_passed() -> None:
    said = [StoredEvent(n, text(str(n), str(n), after=after), START) for n, after in enumerate((0, 60, 120, 900))]
    staff = StoredEvent(9, replace(text("s", "", after=90), kind=EventKind.ECHO_STAFF), START)
    assert [len(turn) for turn in turns_of(in_order(said))] == [3, 1]
    assert [len(turn) for turn in turns_of(in_order([*said, staff]))] == [1, 2, 1, 1]


async def test_two_hundred_messages_at_once_from_one_person_are_all_heard_in_order(
    tmp_path: Path, clock: Clock
) -> None:
    rig = make_rig(open_store(tmp_path, clock), clock, per_lane=50)
    await rig.lanes.start()
    await asyncio.gather(*(rig.inbox.accept([text(f"k{n}", str(n), after=n)]) for n in range(200)))
    async with asyncio.timeout(15):
        while await rig.store.pending(1):
            await asyncio.sleep(0.05)
    await rig.settle()
    heard = [part for _, said in rig.phone.arrived for part in said.partition(": ")[2].split(" + ")]
    assert heard == [str(number) for number in range(200)]
    await rig.stop()


async def test_more_people_than_lanes_are_all_answered(tmp_path: Path, clock: Clock) -> None:
    rig = make_rig(open_store(tmp_path, clock), clock, active=3)
    await rig.lanes.start()
    await asyncio.gather(*(rig.inbox.accept([text(f"k{n}", str(n), f"zalo:1:{n % 20}", after=n)]) for n in range(60)))
    async with asyncio.timeout(15):
        while await rig.store.pending(1):
            await asyncio.sleep(0.02)
    await rig.settle()
    for person in range(20):
        said = [part for who, part in rig.phone.arrived if who == f"zalo:1:{person}"]
        heard = [word for part in said for word in part.partition(": ")[2].split(" + ")]
        assert heard == [str(person), str(person + 20), str(person + 40)]
    await rig.stop()


async def test_a_bug_in_a_turn_ends_in_an_apology_and_the_conversation_goes_on(rig: Rig) -> None:
    await rig.inbox.accept([text("bad", "hỏng")])
    await rig.settle()
    await rig.inbox.accept([text("good", "chào", after=1)])
    await rig.settle()
    assert [said for _, said in rig.phone.arrived] == ["Dạ, em xin lỗi.", "1: chào"]


async def test_a_full_intake_refuses_and_what_was_accepted_is_kept(tmp_path: Path, clock: Clock) -> None:
    rig = make_rig(open_store(tmp_path, clock), clock, queue=1)
    first = asyncio.create_task(rig.inbox.accept([text("a", "một")]))
    await asyncio.sleep(0)
    with pytest.raises(IntakeBusyError):
        await rig.inbox.accept([text("b", "hai")])
    await first
    await rig.settle()
    assert rig.phone.arrived == [(WHO, "1: một")]
    await rig.stop()


async def test_a_cut_off_request_does_not_cut_off_its_event(rig: Rig) -> None:
    request = asyncio.create_task(rig.inbox.accept([text("a", "một")]))
    await asyncio.sleep(0)
    request.cancel()
    async with asyncio.timeout(5):
        while not rig.phone.arrived:
            await asyncio.sleep(0.01)
    assert rig.phone.arrived == [(WHO, "1: một")]


async def test_a_store_that_refuses_makes_the_platform_try_again(tmp_path: Path, clock: Clock) -> None:
    store = open_store(tmp_path, clock)
    rig = make_rig(store, clock)
    await store.close()
    with pytest.raises(IntakeBusyError) as busy:
        await rig.inbox.accept([text("a", "một")])
    assert isinstance(busy.value.__cause__, StoreError)


async def test_what_was_accepted_before_a_crash_is_answered_after_it(tmp_path: Path, clock: Clock) -> None:
    store = open_store(tmp_path, clock)
    await store.accept([text("a", "một"), text("b", "hai", after=1)], START)
    rig = make_rig(store, clock)
    await rig.lanes.start()
    async with asyncio.timeout(5):
        while not rig.phone.arrived:
            await asyncio.sleep(0.01)
    await rig.settle()
    assert rig.phone.arrived == [(WHO, "2: một + hai")]
    await rig.stop()


async def test_shutdown_keeps_what_could_not_be_sent(tmp_path: Path, clock: Clock) -> None:
    store = open_store(tmp_path, clock)
    rig = make_rig(store, clock)
    rig.phone.hold = asyncio.Event()
    await rig.inbox.accept([text("a", "một")])
    async with asyncio.timeout(5):
        while not rig.outbox.depth:
            await asyncio.sleep(0.01)
    await rig.inbox.close()
    await rig.lanes.drain(1)
    assert await rig.outbox.drain(0.05) == 1
    assert [row.status for row in await store.open_sends()] == [OutboxStatus.SENDING]
    await store.close()


async def crash_while_sending(store_of: Callable[[], Rig]) -> Rig:
    """A rig whose first life ended between the first byte of a send and its result."""
    first = store_of()
    first.phone.hold = asyncio.Event()
    await first.inbox.accept([text("a", "một")])
    async with asyncio.timeout(5):
        while not (rows := await first.store.open_sends()) or rows[0].status is not OutboxStatus.SENDING:
            await asyncio.sleep(0.01)
    await first.outbox.drain(0)
    await first.stop()
    return store_of()


async def test_a_doubtful_send_that_arrived_is_not_repeated(tmp_path: Path, clock: Clock) -> None:
    rig = await crash_while_sending(lambda: make_rig(open_store(tmp_path, clock), clock))
    rig.phone.remembered = [SentMessage("m1", "1: một", START + timedelta(seconds=1))]
    await rig.outbox.start()
    await rig.settle()
    assert rig.phone.arrived == []
    assert await rig.store.open_sends() == []
    await rig.stop()


async def test_a_doubtful_send_that_never_arrived_is_sent_again(tmp_path: Path, clock: Clock) -> None:
    rig = await crash_while_sending(lambda: make_rig(open_store(tmp_path, clock), clock))
    await rig.outbox.start()
    await rig.settle()
    assert rig.phone.arrived == [(WHO, "1: một")]
    await rig.stop()


async def test_when_the_platform_cannot_tell_it_is_sent_once_more_at_most(rig: Rig) -> None:
    rig.phone.remembered = None
    rig.phone.results = [SendResult(verdict=SendVerdict.DOUBTFUL)] * 5
    await rig.inbox.accept([text("a", "một")])
    await rig.settle()
    assert len(rig.phone.arrived) == 2


async def test_an_identical_earlier_sentence_does_not_prove_a_later_send(rig: Rig) -> None:
    await rig.inbox.accept([text("a", "một")])
    await rig.settle()
    rig.phone.remembered = [SentMessage("p1", "2: một", START)]
    rig.phone.results = [SendResult(verdict=SendVerdict.DOUBTFUL)]
    await rig.inbox.accept([text("b", "một", after=1)])
    await rig.settle()
    assert [said for _, said in rig.phone.arrived] == ["1: một", "2: một", "2: một"]


@pytest.mark.parametrize("verdict", [SendVerdict.CLOSED, SendVerdict.REFUSED])
async def test_a_final_refusal_is_kept_for_people_and_the_next_answer_goes_out(rig: Rig, verdict: SendVerdict) -> None:
    rig.phone.results = [SendResult(verdict=verdict, code="-230")]
    await rig.inbox.accept([text("a", "một")])
    await rig.settle()
    await rig.inbox.accept([text("b", "hai", after=1)])
    await rig.settle()
    told = [(WHO, "2: refused")] if verdict is SendVerdict.REFUSED else []
    assert rig.phone.arrived == [*told, (WHO, f"{len(told) + 2}: hai")]
    assert [letter.reason for letter in await rig.store.dead()] == [f"{verdict.value} -230"]


async def test_a_pause_makes_the_channel_wait_and_nothing_fails(rig: Rig) -> None:
    rig.phone.results = [SendResult(verdict=SendVerdict.PAUSED, retry_after=timedelta(milliseconds=1))]
    await rig.inbox.accept([text("a", "một")])
    async with asyncio.timeout(5):
        while not rig.phone.arrived:
            rig.clock.move(timedelta(seconds=1))
            await asyncio.sleep(0.01)
    await rig.settle()
    assert rig.phone.arrived == [(WHO, "1: một")]


async def test_an_alarm_of_the_platform_reaches_people(rig: Rig) -> None:
    rig.phone.results = [SendResult(verdict=SendVerdict.PAUSED, code="-321", alarm="account", remark="empty")]
    await rig.inbox.accept([text("a", "một")])
    while "zalo_account" not in rig.alarms.standing:
        await asyncio.sleep(0.01)
    sentence = rig.alarms.standing["zalo_account"]
    assert sentence.startswith("Zalo answered -321 (empty): ")
    assert "connect zalo" in sentence
    while not rig.phone.arrived:
        rig.clock.move(timedelta(seconds=1))
        await asyncio.sleep(0.01)
    await rig.settle()
    assert rig.alarms.standing == {}


ALARMS = {told.alarm for told in (*zalo.MEANINGS.values(), zalo.UNKNOWN)}
ALARMS |= {told.alarm for told in (*messenger.MEANINGS.values(), messenger.UNKNOWN)}


def test_every_alarm_of_the_error_tables_says_what_to_do() -> None:
    assert set(ADVICE) == ALARMS - {""} | {"bug"}


async def test_while_the_bot_waits_for_more_the_citizen_sees_that_the_message_was_seen(
    tmp_path: Path, clock: Clock
) -> None:
    rig = make_rig(open_store(tmp_path, clock), clock, settle=timedelta(milliseconds=20))
    await rig.inbox.accept([text("a", "một")])
    await rig.settle()
    assert rig.phone.signalled == [WHO]
    await rig.stop()


async def test_an_answer_that_comes_at_once_needs_no_sign(rig: Rig) -> None:
    await rig.inbox.accept([text("a", "một")])
    await rig.settle()
    assert rig.phone.signalled == []


async def test_a_channel_whose_secrets_this_process_lacks_is_left_to_others(rig: Rig) -> None:
    """And what waits for it holds up nobody."""
    theirs = replace(text("m", "chào"), channel=ChannelName.MESSENGER, conversation="messenger:1:7")
    await rig.store.accept([theirs], START)
    await rig.lanes.start()
    await rig.inbox.accept([text("a", "một")])
    await rig.settle()
    assert rig.phone.arrived == [(WHO, "1: một")]
    assert [one.event for one in await rig.store.pending(10)] == [theirs]


async def test_receipts_make_no_turn(rig: Rig) -> None:
    seen = text("seen", "")
    quiet = Event(key="q", channel=seen.channel, conversation=WHO, kind=EventKind.SEEN, at=START)
    await rig.inbox.accept([quiet])
    await rig.settle()
    assert rig.phone.arrived == []


async def test_an_event_that_the_store_refuses_does_not_refuse_its_neighbours(rig: Rig) -> None:
    refused = replace(text("b", "hai", "zalo:1:88"), text="\ud800")  # no database keeps half of a surrogate pair
    asked = (rig.inbox.accept([one]) for one in (text("a", "một"), refused, text("c", "ba", "zalo:1:99")))
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(one) for one in results] == [type(None), IntakeBusyError, type(None)]
