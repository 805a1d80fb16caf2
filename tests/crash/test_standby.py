"""A primary with a synchronous standby: what was answered is on both, whichever of them dies."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import pytest

from chatbot.serve import Duty
from chatbot.storage.port import StoreError
from chatbot.storage.postgres import PostgresStore
from chatbot.storage.secret_box import SecretBox, key_from_file
from tests.crash.standby import Pair, pair
from tests.crash.world import world
from tests.postgres import ask, fresh
from tests.storage.conftest import NOW
from tests.storage.test_store import event

SESSIONS: Final = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'chatbot writer %'"
LET_GO: Final = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
EVENTS: Final = "SELECT count(*) FROM inbox"


@pytest.fixture(scope="module")
def both() -> Iterator[Pair]:
    """One pair, of which the last test leaves one server."""
    with pair() as made:
        yield made


@asynccontextmanager
async def quick_store(url: str, folder: Path) -> AsyncIterator[PostgresStore]:
    """One that gives up soon."""
    made = PostgresStore(url, SecretBox(key_from_file(folder / "key")), lambda: NOW, answer_s=0.5)
    yield made
    await made.close()


async def test_what_has_not_reached_the_standby_is_not_stored_though_it_stands_there(
    tmp_path: Path, both: Pair
) -> None:
    """A commit whose wait for the standby was ended, by a crash or by somebody's hand, has happened on the primary."""
    url = await fresh(both.primary.url)
    async with quick_store(url, tmp_path) as store:
        await store.ping()
        await asyncio.to_thread(both.standby.stop)
        with pytest.raises(StoreError, match="synchronous standby away"):
            await store.accept([event("a")], NOW)
        assert len(ask(url, SESSIONS)) <= 2, "sessions that nobody needs pile up, waiting for the standby"
        await asyncio.to_thread(both.primary.stop)
        await asyncio.to_thread(both.primary.start)
        assert ask(url, EVENTS) == [(1,)]
        repeated = asyncio.create_task(store.accept([event("a")], NOW))
        while not (repeated.done() or ask(url, LET_GO)):
            await asyncio.sleep(0.01)
        with pytest.raises(StoreError):
            await repeated
        await asyncio.to_thread(both.standby.start)
        assert await store.accept([event("a")], NOW) == [None]
        assert store.trouble
        await store.ping()
        assert not store.trouble
    there = urlunsplit(urlsplit(url)._replace(netloc=urlsplit(both.standby.url).netloc))
    async with asyncio.timeout(10):
        while ask(there, EVENTS) != [(1,)]:  # it is on the standby's disk, and soon to be seen
            await asyncio.sleep(0.01)


async def test_a_failover_loses_and_doubles_nothing(tmp_path: Path, both: Pair) -> None:
    url = both.url(await fresh(both.primary.url))
    async with world(tmp_path, latency_s=0.02, database_url=url) as here:
        await here.start(name="web", duty=Duty.INTAKE)
        await here.start(name="worker", duty=Duty.ANSWERS)
        await here.until_ready()
        await here.chat(0.5)
        await asyncio.to_thread(both.fail_over)
        await here.chat(1)
        assert not here.ended()
        await here.settle()
        verdict = here.verdict()
    assert verdict.fine, verdict
