"""What every store promises; runs on SQLite and on PostgreSQL."""

import asyncio
import traceback
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql

from chatbot.model import ChannelName, Event, EventKind, Outcome, Session, TurnRecord
from chatbot.storage.port import (
    SEQ_STEP,
    UNWANTED,
    AlreadyHandledError,
    Conversation,
    Failure,
    OutboxStatus,
    Outgoing,
    StoreError,
    TokenRow,
    TurnCommit,
    VersionConflictError,
)
from chatbot.storage.store import SqlStore
from chatbot.storage.writes import RETAINED_AT_ONCE
from tests.storage.conftest import NOW, open_postgres, open_sqlite

WHO = "zalo:1:77"


def event(key: str, text: str = "chào", kind: EventKind = EventKind.TEXT) -> Event:
    return Event(key=key, channel=ChannelName.ZALO, conversation=WHO, kind=kind, at=NOW, text=text)


def bytes_on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("chatbot.db*"))


def commit(conversation: Conversation, *ids: int, outgoing: tuple[Outgoing, ...] = (), **more: Any) -> TurnCommit:
    return TurnCommit(
        conversation=conversation,
        inbox_ids=ids,
        outgoing=outgoing,
        record=TurnRecord(text="chào"),
        outcome=Outcome.ANSWERED_SMALLTALK,
        now=NOW,
        **more,
    )


def payload(key: str, seq: int) -> Outgoing:
    return Outgoing(
        key=key, conversation=WHO, channel=ChannelName.ZALO, seq=seq, payload={"message": {"text": key}}, text=key
    )


async def test_an_event_is_accepted_once(store: SqlStore) -> None:
    first = await store.accept([event("a"), event("a"), event("b")], NOW)
    again = await store.accept([event("b")], NOW)
    assert [one is not None for one in first] == [True, False, True]
    assert again == [None]


async def test_the_same_event_five_times_at_once_is_accepted_once(store: SqlStore) -> None:
    results = await asyncio.gather(*(store.accept([event("a")], NOW) for _ in range(5)))
    assert sum(one is not None for result in results for one in result) == 1


async def test_a_large_batch_keeps_its_order_and_its_repeats(store: SqlStore) -> None:
    await store.accept([event("70"), event("130")], NOW)
    batch = [event(str(number), f"câu {number}") for number in range(200)]
    ids = [one.id if one else None for one in await store.accept(batch, NOW)]
    fresh = [row_id for row_id in ids if row_id is not None]
    assert [place for place, row_id in enumerate(ids) if row_id is None] == [70, 130]
    assert fresh == sorted(fresh)
    assert [one.event.text for one in await store.pending(300)][2:] == [
        f"câu {n}" for n in range(200) if n not in {70, 130}
    ]


async def test_pending_gives_back_what_was_accepted(store: SqlStore) -> None:
    sent = event("a", "còn nữ thì sao")
    await store.accept([sent], NOW)
    assert [one.event for one in await store.pending(10)] == [sent]
    assert await store.pending(10, [WHO]) == []


async def test_quiet_events_are_recorded_and_never_pending(store: SqlStore) -> None:
    await store.accept([event("seen", kind=EventKind.SEEN)], NOW)
    assert await store.pending(10) == []


async def test_a_turn_is_one_transaction(store: SqlStore) -> None:
    (stored,) = await store.accept([event("a")], NOW)
    assert stored is not None
    conversation = replace(await store.load(WHO), session=Session(topic="huu_tuoi"))
    await store.commit_turn(commit(conversation, stored.id, outgoing=(payload("1:0", 1),)))
    assert await store.pending(10) == []
    read = await store.load(WHO)
    assert (read.session.topic, read.version) == ("huu_tuoi", 1)
    assert [row.key for row in await store.open_sends()] == ["1:0"]


async def test_a_stale_version_is_refused_and_writes_nothing(store: SqlStore) -> None:
    first, second = [one for one in await store.accept([event("a"), event("b")], NOW) if one]
    fresh = await store.load(WHO)
    await store.commit_turn(commit(fresh, first.id))
    with pytest.raises(VersionConflictError):
        await store.commit_turn(commit(fresh, second.id, outgoing=(payload("2:0", 2),)))
    assert [one.id for one in await store.pending(10)] == [second.id]
    assert await store.open_sends() == []


async def test_one_bad_turn_does_not_fail_its_neighbours(store: SqlStore) -> None:
    stored = [one for one in await store.accept([event(key) for key in "abc"], NOW) if one]
    others = [Conversation(key=f"zalo:1:{number}") for number in range(3)]
    bad = replace(others[1], version=9)
    results = await asyncio.gather(
        *(store.commit_turn(commit(who, one.id)) for who, one in zip([others[0], bad, others[2]], stored, strict=True)),
        return_exceptions=True,
    )
    assert [type(one) for one in results] == [type(None), VersionConflictError, type(None)]


async def test_a_turn_that_runs_twice_adds_nothing(store: SqlStore) -> None:
    first, second = [one for one in await store.accept([event("a"), event("b")], NOW) if one]
    await store.commit_turn(commit(await store.load(WHO), first.id, outgoing=(payload("1:0", 1),)))
    with pytest.raises(AlreadyHandledError) as told:
        await store.commit_turn(commit(await store.load(WHO), first.id, second.id, outgoing=(payload("1:1", 1),)))
    assert told.value.ids == {first.id}
    assert [one.id for one in await store.pending(10)] == [second.id]
    assert [row.key for row in await store.open_sends()] == ["1:0"]


async def test_replies_stand_in_the_order_of_their_turns(store: SqlStore) -> None:
    """The platform's time may put the event that came later first; a restart sends in the order of the turns."""
    early, late = [one for one in await store.accept([event("a"), event("b")], NOW) if one]
    rows = tuple(payload(f"{late.id}:{number}", late.id * SEQ_STEP + number) for number in range(2))
    await store.commit_turn(commit(await store.load(WHO), late.id, outgoing=rows))
    answer = payload(f"{early.id}:0", early.id * SEQ_STEP)
    await store.commit_turn(commit(await store.load(WHO), early.id, outgoing=(answer,)))
    assert [row.key for row in await store.open_sends()] == ["2:0", "2:1", "1:0"]


async def test_an_echo_with_our_key_settles_the_send_and_nothing_unsettles_it(store: SqlStore) -> None:
    (stored,) = await store.accept([event("a")], NOW)
    assert stored is not None
    await store.commit_turn(commit(await store.load(WHO), stored.id, outgoing=(payload("1:0", 1),)))
    echo = replace(event("echo", kind=EventKind.ECHO_OURS), metadata="1:0", platform_id="m9")
    await store.accept([echo], NOW)
    assert await store.open_sends() == []
    await store.mark([replace(payload("1:0", 1), status=OutboxStatus.DOUBTFUL)])
    assert await store.open_sends() == []
    assert await store.matched_ids(WHO, NOW - timedelta(hours=1)) == {"m9"}


async def test_what_we_said_is_told_whether_or_not_the_platform_gave_an_id(store: SqlStore) -> None:
    (stored,) = await store.accept([event("a")], NOW)
    assert stored is not None
    rows = (payload("1:0", 1), payload("1:1", 2))
    await store.commit_turn(commit(await store.load(WHO), stored.id, outgoing=rows))
    await store.mark([replace(rows[0], status=OutboxStatus.SENT, platform_id="m9")])
    found = await store.sends(WHO, NOW - timedelta(hours=1))
    assert {(one.platform_id, one.text, one.at) for one in found} == {("m9", "1:0", NOW), ("", "1:1", NOW)}
    assert await store.sends(WHO, NOW + timedelta(seconds=1)) == await store.sends("zalo:1:78", NOW) == []


async def test_taking_over_drops_queued_parts_only(store: SqlStore) -> None:
    first, second = [one for one in await store.accept([event("a"), event("b")], NOW) if one]
    rows = (payload("1:0", 1), payload("1:1", 2))
    await store.commit_turn(commit(await store.load(WHO), first.id, outgoing=rows))
    await store.mark([replace(rows[0], status=OutboxStatus.SENDING)])
    await store.commit_turn(commit(await store.load(WHO), second.id, drop_queued=True))
    assert [(row.key, row.status, row.error) for row in await store.open_sends()] == [
        ("1:0", OutboxStatus.SENDING, UNWANTED)
    ]


@pytest.mark.parametrize("sending", [True, False], ids=["on its way", "about to leave"])
async def test_what_a_person_took_over_stays_unwanted_whatever_its_sender_writes(
    store: SqlStore, sending: bool
) -> None:
    first, second = [one for one in await store.accept([event("a"), event("b")], NOW) if one]
    row = payload("1:0", 1)
    under_way = replace(row, status=OutboxStatus.SENDING, attempts=1)
    await store.commit_turn(commit(await store.load(WHO), first.id, outgoing=(row,)))
    if sending:
        await store.mark([under_way])
    await store.commit_turn(commit(await store.load(WHO), second.id, drop_queued=True))
    if not sending:
        await store.mark([under_way])
    await store.mark([replace(under_way, status=OutboxStatus.QUEUED, error="-32")])
    assert [(row.status, row.error) for row in await store.open_sends()] == [(OutboxStatus.QUEUED, UNWANTED)]
    await store.mark([replace(row, status=OutboxStatus.FAILED, error="refused 100")])
    (letter,) = await store.dead()
    assert letter.reason == "refused 100"


async def test_a_payload_is_proved_by_its_answer_or_an_echo(store: SqlStore) -> None:
    (stored,) = await store.accept([event("a")], NOW)
    assert stored is not None
    rows = (payload("1:0", 1), payload("1:1", 2))
    await store.commit_turn(commit(await store.load(WHO), stored.id, outgoing=rows))
    assert await store.proof("1:0") is None
    await store.mark([replace(rows[0], status=OutboxStatus.SENT, platform_id="m1")])
    echo = replace(event("echo", kind=EventKind.ECHO_OURS), metadata="1:1", platform_id="m2")
    await store.accept([echo], NOW)
    assert [await store.proof(key) for key in ("1:0", "1:1", "9:0")] == ["m1", "m2", None]


async def test_erasing_leaves_no_bytes_and_keeps_repeats_known(store: SqlStore, tmp_path: Path) -> None:
    words = "một câu rất riêng của người này"
    (stored,) = await store.accept([event("a", words)], NOW)
    assert stored is not None
    await store.commit_turn(commit(await store.load(WHO), stored.id, outgoing=(payload("1:0", 1),)))
    await store.mark([replace(payload("1:0", 1), status=OutboxStatus.SENT)])
    assert await store.erase(WHO) > 0
    on_disk = bytes_on_disk(tmp_path)
    assert words.encode() not in on_disk
    assert WHO.encode() not in on_disk
    assert await store.accept([event("a", words)], NOW) == [None]


async def test_a_token_is_sealed_and_follows_its_version(store: SqlStore, tmp_path: Path) -> None:
    row = TokenRow(
        name="zalo:1", access_token="A-secret", refresh_token="R-secret", expires_at=NOW, refreshed_at=NOW, version=1
    )
    await store.put_token(row)
    assert await store.token("zalo:1") == row
    with pytest.raises(VersionConflictError):
        await store.put_token(row)
    on_disk = bytes_on_disk(tmp_path)
    assert b"secret" not in on_disk


async def test_retention_removes_old_rows(store: SqlStore) -> None:
    (stored,) = await store.accept([event("a")], NOW)
    assert stored is not None
    await store.commit_turn(commit(await store.load(WHO), stored.id))
    later = NOW + timedelta(days=1)
    assert await store.retain(NOW, NOW) == 0
    assert (await store.load(WHO)).version == 1
    assert await store.retain(later, later) == 3
    assert (await store.load(WHO)).version == 0


async def test_retention_keeps_what_is_remembered_of_somebody_who_still_writes(store: SqlStore) -> None:
    first, second = await store.accept([event("a"), event("b")], NOW)
    assert first is not None
    assert second is not None
    later = NOW + timedelta(days=1)
    await store.commit_turn(commit(await store.load(WHO), first.id))
    await store.commit_turn(replace(commit(await store.load(WHO), second.id), now=later))
    assert await store.retain(later, NOW) == 1
    assert (await store.load(WHO)).version == 2


async def test_retention_takes_little_at_a_time_and_all_in_the_end(store: SqlStore) -> None:
    for start in range(0, RETAINED_AT_ONCE + 1, 1000):
        many = [event(f"k{number}", kind=EventKind.SEEN) for number in range(start, start + 1000)]
        await store.accept(many, NOW)
    later = NOW + timedelta(days=1)
    assert [await store.retain(later, later) for _ in range(3)] == [RETAINED_AT_ONCE, 1000, 0]


async def test_an_error_of_the_database_repeats_nothing_that_was_written(store: SqlStore) -> None:
    nowhere, values = sql("SELECT 1 FROM nowhere WHERE said = :said"), {"said": "079203004551"}
    with pytest.raises(StoreError) as caught:
        await store._read(lambda connection: connection.scalar(nowhere, values))
    told = "".join(traceback.format_exception(caught.value))
    assert "nowhere" in told
    assert values["said"] not in told


async def test_a_closed_store_refuses(store: SqlStore) -> None:
    await store.close()
    with pytest.raises(StoreError):
        await store.ping()


async def test_what_was_told_of_frauds_is_found_again(store: SqlStore) -> None:
    told = (
        (Outcome.ANSWERED_VERDICT, "", "bhxh.co thật không"),
        (Outcome.FLOW_DIGRESSED, "scam.call", "nó gọi đòi mã"),
        (Outcome.ANSWERED_FAQ, "huu_tuoi", "tuổi nghỉ hưu"),
    )
    for number, (outcome, intent, text) in enumerate(told, 1):
        await store.accept([event(str(number))], NOW)
        turn = commit(await store.load(WHO), number)
        await store.commit_turn(replace(turn, outcome=outcome, record=replace(turn.record, text=text, intent=intent)))
    found = await store.told_of_fraud(NOW - timedelta(hours=1))
    assert {text for _, text in found} == {"bhxh.co thật không", "nó gọi đòi mã"}
    assert {at for at, _ in found} == {NOW}
    assert await store.told_of_fraud(NOW + timedelta(hours=1)) == []


async def test_who_has_waited_longest_is_known_until_the_reply_is_out(store: SqlStore) -> None:
    assert await store.waiting_since([ChannelName.ZALO]) is None
    (first,) = await store.accept([event("a")], NOW)
    await store.accept([event("b"), event("c", kind=EventKind.SEEN)], NOW + timedelta(minutes=1))
    assert first is not None
    assert await store.waiting_since([ChannelName.ZALO]) == NOW
    row = payload(f"{first.id}:0", first.id * SEQ_STEP)
    await store.commit_turn(commit(Conversation(key=WHO), first.id, outgoing=(row,)))
    assert await store.waiting_since([ChannelName.ZALO]) == NOW
    assert await store.waiting_since([ChannelName.MESSENGER]) is None
    await store.mark([replace(row, status=OutboxStatus.SENT)])
    assert await store.waiting_since([ChannelName.ZALO]) == NOW + timedelta(minutes=1)
    await store.bury([first.id + 1], Failure("ZeroDivisionError", 3))
    assert await store.waiting_since([ChannelName.ZALO]) is None


async def test_a_named_lock_is_held_by_one_process_at_a_time(place: Path | str, tmp_path: Path) -> None:
    stores: list[SqlStore] = [
        open_sqlite(place) if isinstance(place, Path) else open_postgres(place, tmp_path) for _ in range(2)
    ]
    inside: list[int] = []

    async def enter(number: int) -> None:
        async with stores[number].exclusive("zalo:1"):
            inside.append(number)
            await stores[number].setting("x")
            assert inside == [number]
            inside.pop()

    await asyncio.gather(*(enter(number % 2) for number in range(6)))
    async with stores[0].exclusive("zalo:1"), stores[1].exclusive("zalo:2"):
        assert await stores[1].setting("x") is None
    for store in stores:
        await store.close()
