"""Several processes take in and answer on one PostgreSQL: what one took in is not overtaken by another's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from chatbot.delivery.ownership import Ownership
from chatbot.storage.postgres import PostgresStore
from chatbot.storage.rows import PARTS
from chatbot.storage.secret_box import SecretBox, key_from_file
from tests.delivery.conftest import MOMENT_S, START, Clock, Rig, make_rig, text
from tests.delivery.slow_reading import SlowReading
from tests.postgres import database

SETTLE = timedelta(milliseconds=150)
NEVER = timedelta(hours=1)


class SlowPostgres(SlowReading, PostgresStore):
    """A server that is slow to answer."""


@asynccontextmanager
async def two_takers(folder: Path, clock: Clock) -> AsyncIterator[tuple[Rig, SlowPostgres, PostgresStore]]:
    """The owner of every conversation, and the store of another process."""
    async with database() as url:
        box = SecretBox(key_from_file(folder / "key"))
        store, other = SlowPostgres(url, box, clock, worker=True), PostgresStore(url, box, clock)
        store.asked, store.go = asyncio.Event(), asyncio.Event()
        store.go.set()
        rig = make_rig(store, clock, settle=SETTLE, refill=NEVER)
        store.listener = Ownership(store, rig.lanes, rig.outbox, lambda _share: None)
        store.mine |= await store.take(range(PARTS))
        await rig.lanes.start()
        await rig.settle()
        yield rig, store, other
        await rig.stop()
        await other.close()


async def test_what_comes_here_does_not_overtake_what_another_process_stored_before(
    tmp_path: Path, clock: Clock
) -> None:
    """The lane is open, and what the other stored is still being read when the lane goes on."""
    async with two_takers(tmp_path, clock) as (rig, store, other):
        await rig.inbox.accept([text("k1", "một")])
        store.asked.clear()
        store.go.clear()
        await other.accept([text("k2", "hai", after=1)], START)
        await rig.inbox.accept([text("k3", "ba", after=2)])
        await store.asked.wait()
        async with asyncio.timeout(10):
            while not rig.phone.arrived:
                await asyncio.sleep(MOMENT_S)
        store.go.set()
        await rig.settle()
        heard = [word for _, said in rig.phone.arrived for word in said.partition(": ")[2].split(" + ")]
    assert heard == ["một", "hai", "ba"]


async def test_quick_messages_through_two_processes_are_joined(tmp_path: Path, clock: Clock) -> None:
    """Within the settle time, that is without the look around once a second."""
    async with two_takers(tmp_path, clock) as (rig, _store, other):
        await rig.inbox.accept([text("k1", "một")])
        await other.accept([text("k2", "hai", after=1)], START)
        await rig.inbox.accept([text("k3", "ba", after=2)])
        await rig.settle()
    assert [said for _, said in rig.phone.arrived] == ["3: một + hai + ba"]
