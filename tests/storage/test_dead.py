"""Dead letters in the store: what is given up is listed, put back or dismissed; and how old a payload is."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from chatbot.model import ChannelName, EventKind, Outcome, Session
from chatbot.storage.port import REQUEUED, UNREADABLE, Conversation, Failure, OutboxStatus
from chatbot.storage.rows import hashed
from chatbot.storage.store import SqlStore
from tests.postgres import execute
from tests.storage.conftest import NOW
from tests.storage.test_store import WHO, commit, event, payload

SPOKEN = frozenset({EventKind.TEXT})


async def failed(store: SqlStore, error: str) -> None:
    """One turn whose only reply FAILED."""
    await store.accept([event(error)], NOW)
    (stored,) = await store.pending(1)
    row = payload(f"{stored.id}:0", 0)
    await store.commit_turn(commit(await store.load(WHO), stored.id, outgoing=(row,)))
    await store.mark([replace(row, status=OutboxStatus.FAILED, error=error, attempts=2)])


async def test_an_event_given_up_is_listed_with_its_reason_and_comes_back_when_it_is_revived(
    store: SqlStore,
) -> None:
    await store.accept([event("a", "hỏng")], NOW)
    await store.commit_turn(
        commit(Conversation(key=WHO), 1, outgoing=(payload("1:0", 64),), failure=Failure("KeyError", 2))
    )
    assert await store.pending(10) == []
    (letter,) = await store.dead()
    assert (letter.id, letter.reason, letter.attempts, letter.text, letter.is_send) == (
        "1",
        "KeyError",
        2,
        "hỏng",
        False,
    )
    assert await store.revive(["1", "77", "1:5", "x", "9" * 40]) == 1
    assert [one.id for one in await store.pending(10)] == [1]
    assert await store.dead() == []
    await store.commit_turn(commit(await store.load(WHO), 1, outgoing=(payload("1:0", 64),)))
    assert len(await store.open_sends()) == 2, "the new reply is not taken for the old apology"


async def test_buried_events_are_dead_letters_too(store: SqlStore) -> None:
    await store.accept([event("a")], NOW)
    await store.bury([1], Failure("KeyError", 3))
    assert [(one.id, one.attempts) for one in await store.dead()] == [("1", 3)]
    assert await store.troubles() == 1
    assert await store.dismiss(["1"]) == 1
    assert await store.dead() == []
    assert await store.dismiss(["1"]) == 0


async def test_a_failed_send_goes_back_into_the_queue_and_says_so(store: SqlStore) -> None:
    await failed(store, "refused 100")
    assert [one.id for one in await store.dead()] == ["1:0"]
    assert await store.requeued() == []
    assert await store.revive(["1:0"]) == 1
    (row,) = await store.requeued()
    assert (row.key, row.status, row.error, row.attempts) == ("1:0", OutboxStatus.QUEUED, REQUEUED, 0)
    assert await store.revive(["1:0"]) == 0


async def test_what_the_citizens_side_closed_is_listed_and_troubles_nobody(store: SqlStore) -> None:
    for error in ("closed -230", "doubtful", "refused 100"):
        await failed(store, error)
    assert {one.reason for one in await store.dead()} == {"closed -230", "doubtful", "refused 100"}
    assert await store.troubles() == 2


async def test_an_erased_conversation_leaves_no_dead_letter(store: SqlStore) -> None:
    await failed(store, "refused 100")
    await store.accept([event("b")], NOW)
    await store.bury([2], Failure("KeyError", 3))
    await store.erase(WHO)
    assert await store.dead() == []
    assert await store.troubles() == 0


async def test_the_age_of_a_payload_is_that_of_its_question_and_of_the_citizens_last_word(store: SqlStore) -> None:
    said = event("a")
    await store.accept([said], NOW + timedelta(seconds=3))
    row = payload("1:0", 64)
    emergency = replace(commit(Conversation(key=WHO), 1, outgoing=(row,)), outcome=Outcome.ANSWERED_EMERGENCY)
    await store.commit_turn(emergency)
    await store.accept([replace(event("b"), at=NOW + timedelta(hours=1))], NOW)
    await store.accept([replace(event("c", kind=EventKind.SEEN), at=NOW + timedelta(hours=2))], NOW)
    age = await store.age(row, SPOKEN)
    assert (age.asked_at, age.heard_at, age.urgent) == (NOW + timedelta(seconds=3), NOW + timedelta(hours=1), True)


async def test_the_newest_event_of_a_channel_tells_when_it_was_last_heard(store: SqlStore) -> None:
    assert await store.last_heard(ChannelName.ZALO) is None
    await store.accept([event("a")], NOW)
    await store.accept([event("b")], NOW + timedelta(minutes=1))
    assert await store.last_heard(ChannelName.ZALO) == NOW + timedelta(minutes=1)
    assert await store.last_heard(ChannelName.MESSENGER) is None


async def test_old_failed_sends_go_with_the_retention(store: SqlStore) -> None:
    await failed(store, "refused 100")
    await store.retain(NOW + timedelta(days=1), NOW + timedelta(days=1))
    assert await store.dead() == []


async def test_blame_counts_for_open_events_only(store: SqlStore) -> None:
    await store.accept([event("a"), event("b")], NOW)
    await store.commit_turn(commit(await store.load(WHO), 1))
    await store.blame([hashed("a")])
    for _ in range(3):
        await store.blame([hashed("b")])
    assert [(one.id, one.attempts) for one in await store.pending(10)] == [(2, 3)]


async def test_a_turn_of_several_makes_each_a_suspect_and_no_more(store: SqlStore) -> None:
    await store.accept([event("a"), event("b")], NOW)
    await store.blame([hashed("a")])
    for _ in range(3):
        await store.blame([hashed("a"), hashed("b"), hashed("nobody")])
    assert [one.attempts for one in await store.pending(10)] == [1, 1]


async def spoil(place: Path | str, statement: str) -> None:
    """As another version of the program, or a bad disk, would leave it."""
    if isinstance(place, str):
        await execute(place, statement)
        return
    with closing(sqlite3.connect(place / "chatbot.db")) as database, database:
        database.execute(statement)


async def test_a_message_that_cannot_be_read_is_given_up_and_its_neighbours_are_found(
    place: Path | str, store: SqlStore
) -> None:
    await store.accept([event("a"), event("b")], NOW)
    await spoil(place, "UPDATE inbox SET body = '{' WHERE id = 1")
    assert [one.id for one in await store.pending(10)] == [2]
    (letter,) = await store.dead()
    assert (letter.id, letter.reason, letter.text) == ("1", UNREADABLE, "")


async def test_dead_letters_of_messages_wait_longer_than_what_is_done(store: SqlStore) -> None:
    await store.accept([event("a"), event("b")], NOW)
    await store.commit_turn(commit(await store.load(WHO), 1))
    await store.bury([2], Failure("KeyError", 3))
    await store.retain(NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert [one.id for one in await store.dead()] == ["2"]
    await store.retain(NOW + timedelta(days=1), NOW + timedelta(days=1))
    assert await store.dead() == []


async def test_a_session_of_a_version_that_noted_less_is_read(place: Path | str, store: SqlStore) -> None:
    held = Session(topic="huu_tuoi", held_until=NOW + timedelta(minutes=5), staff_at=NOW)
    await store.accept([event("a")], NOW)
    await store.commit_turn(commit(Conversation(key=WHO, session=held), 1))
    assert (await store.load(WHO)).session == held
    older = """UPDATE conversation SET session = '{"topic":"huu_tuoi","held_until":"2026-11-22T03:05:00Z"}'"""
    await spoil(place, older)
    assert (await store.load(WHO)).session == replace(held, staff_at=None)


async def test_a_session_that_cannot_be_read_begins_anew(place: Path | str, store: SqlStore) -> None:
    await store.accept([event("a")], NOW)
    await store.commit_turn(commit(Conversation(key=WHO, session=Session(topic="huu_tuoi")), 1))
    await spoil(place, "UPDATE conversation SET session = '{'")
    found = await store.load(WHO)
    assert (found.session, found.version) == (Session(), 1)
