"""What does not fit in memory waits in the database, is never forgotten there, and is not overtaken."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from chatbot.model import ChannelName, Event, EventKind
from chatbot.storage.secret_box import SecretBox, key_from_file
from chatbot.storage.sqlite import SqliteStore
from tests.delivery.conftest import START, Clock, Rig, make_rig, open_store, text
from tests.delivery.slow_reading import SlowReading

BUSY, QUICK = "zalo:1:77", "zalo:1:88"


class SlowSqlite(SlowReading, SqliteStore):
    """A file that is slow to read."""


def slow_reading(folder: Path, clock: Clock) -> SlowSqlite:
    store = SlowSqlite(folder / "chatbot.db", SecretBox(key_from_file(folder / "key")), clock)
    store.asked, store.go = asyncio.Event(), asyncio.Event()
    return store


async def begin(folder: Path, clock: Clock, events: Sequence[Event], active: int = 100) -> tuple[Rig, SlowSqlite]:
    """A store in which events wait from before, and lanes whose first look at it has begun."""
    before = open_store(folder, clock)
    await before.accept(events, START)
    await before.close()
    store = slow_reading(folder, clock)
    rig = make_rig(store, clock, settle=timedelta(milliseconds=150), active=active)
    await rig.lanes.start()
    await store.asked.wait()
    return rig, store


def tapped(key: str, who: str) -> Event:
    return Event(key=key, channel=ChannelName.ZALO, conversation=who, kind=EventKind.OPENED, at=START)


async def test_what_came_while_the_database_was_read_is_not_forgotten_behind_a_busy_lane(
    tmp_path: Path, clock: Clock
) -> None:
    """The quick conversation ends first and has the database read again while the busy one waits for more words."""
    rig, store = await begin(tmp_path, clock, [text("k1", "một", BUSY), tapped("k2", QUICK)])
    await rig.inbox.accept([text("k3", "hai", BUSY, after=1)])
    store.go.set()
    await rig.settle()
    assert not await store.pending(10), "an accepted message is left in the database and nobody looks for it"
    assert [said for who, said in rig.phone.arrived if who == BUSY] == ["1: một", "2: hai"]
    await rig.stop()


async def test_what_comes_later_does_not_overtake_what_waits_in_the_database(tmp_path: Path, clock: Clock) -> None:
    rig, store = await begin(tmp_path, clock, [text("k1", "một", BUSY)])
    await rig.inbox.accept([text("k2", "hai", BUSY, after=1)])
    store.go.set()
    async with asyncio.timeout(5):
        while not rig.lanes.depth:  # the lane is open, with the first message
            await asyncio.sleep(0)
    await rig.inbox.accept([text("k3", "ba", BUSY, after=2)])
    await rig.settle()
    heard = [word for _, said in rig.phone.arrived for word in said.partition(": ")[2].split(" + ")]
    assert heard == ["một", "hai", "ba"]
    await rig.stop()


async def test_of_a_long_queue_in_the_database_nothing_is_overtaken(tmp_path: Path, clock: Clock) -> None:
    """One look brings only as much as there is room for; the conversation's next message waits behind the rest."""
    rig, store = await begin(
        tmp_path, clock, [text("k1", "một", BUSY), text("k2", "x", QUICK), text("k3", "hai", BUSY, after=1)], active=2
    )
    store.go.set()
    async with asyncio.timeout(5):
        while not rig.lanes.depth:
            await asyncio.sleep(0)
    await rig.inbox.accept([text("k4", "ba", BUSY, after=2)])
    await rig.settle()
    heard = [word for who, said in rig.phone.arrived if who == BUSY for word in said.partition(": ")[2].split(" + ")]
    assert heard == ["một", "hai", "ba"]
    await rig.stop()
