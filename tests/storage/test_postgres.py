"""What only a shared store must hold: lost connections, parts, locks between processes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from chatbot.app import open_store
from chatbot.config import load_config
from chatbot.model import EventKind
from chatbot.storage.port import Conversation, OutboxStatus, StoreError, TokenRow, VersionConflictError
from chatbot.storage.postgres import SPACE, PostgresStore
from chatbot.storage.postgres_connect import Servers
from chatbot.storage.postgres_upgrade import current_postgres, upgrade_postgres
from chatbot.storage.rows import PARTS, part_of
from chatbot.storage.secret_box import SecretBox, key_from_file
from chatbot.storage.upgrade import OldSchemaError
from tests.crash.proxy import Proxy, Weather
from tests.postgres import ask, empty_database
from tests.storage.conftest import NOW, open_postgres
from tests.storage.test_store import WHO, commit, event, payload

END_WORKERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Listener:
    """Remembers what it heard."""

    def __init__(self) -> None:
        self.losses = 0
        self.heard = asyncio.Event()

    def lost(self) -> None:
        self.losses += 1

    def news(self) -> None:
        self.heard.set()

    def freed(self) -> None:
        """Not asked for here."""


@pytest.fixture
async def worker(postgres_url: str, tmp_path: Path) -> AsyncIterator[PostgresStore]:
    """A worker that owns every part."""
    made = open_postgres(postgres_url, tmp_path, worker=True)
    made.listener = Listener()
    made.mine |= await made.take(range(PARTS))
    yield made
    await made.close()


async def test_a_lost_connection_takes_the_parts_with_it_and_what_was_to_be_written_under_them(
    worker: PostgresStore, postgres_url: str
) -> None:
    (stored,) = await worker.accept([event("a")], NOW)
    assert stored is not None
    session, turn = worker.session, commit(Conversation(key=WHO), stored.id, outgoing=(payload("1:0", 64),))
    ask(postgres_url, END_WORKERS)
    with pytest.raises(StoreError):
        await worker.commit_turn(turn)
    assert isinstance(worker.listener, Listener)
    assert (worker.session > session, worker.mine, worker.listener.losses) == (True, set(), 1)
    assert ask(postgres_url, "SELECT count(*) FROM turn") == [(0,)]


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ended: asyncio.Event) -> None:
    while chunk := await reader.read(65536):
        writer.write(chunk)
    ended.set()


@asynccontextmanager
async def relay(url: str) -> AsyncIterator[tuple[str, asyncio.Event]]:
    """An address behind which connections never end: what the server says last arrives, and that it hung up does not.
    The event tells that one has hung up."""
    ended, tasks = asyncio.Event(), set()
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, away = await asyncio.open_connection(urlsplit(url).hostname, urlsplit(url).port)
        writers.extend((writer, away))
        tasks.add(asyncio.create_task(_pump(reader, away, asyncio.Event())))
        tasks.add(asyncio.create_task(_pump(there, writer, ended)))

    door = await asyncio.start_server(serve, "127.0.0.1", 0)
    user = urlsplit(url).netloc.rpartition("@")[0]
    place = f"{user}@127.0.0.1:{door.sockets[0].getsockname()[1]}"
    yield urlunsplit(urlsplit(url)._replace(netloc=place)), ended
    door.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for writer in writers:
        writer.transport.abort()


@pytest.mark.parametrize("asks_first", ["accept", "census", "nobody"])
async def test_the_servers_last_word_ends_the_session_and_not_the_writer(
    postgres_url: str, tmp_path: Path, asks_first: str
) -> None:
    """Who wakes after a long sleep reads first why the server ended the session, and then that it has ended."""
    async with relay(postgres_url) as (address, ended), asyncio.timeout(20):
        worker = open_postgres(address, tmp_path, worker=True)
        worker.listener = Listener()
        worker.mine |= await worker.take([1])
        session = worker.session
        ask(postgres_url, END_WORKERS)
        await ended.wait()
        if asks_first == "census":
            with pytest.raises(StoreError):
                await worker.census()
        elif asks_first == "nobody":
            while worker.session == session:
                await asyncio.sleep(0.01)
        assert [one is not None for one in await worker.accept([event("a")], NOW)] == [True]
        assert (worker.mine, (await worker.census()).workers) == (set(), 1)
        await worker.close()


async def test_events_outlive_a_lost_connection(worker: PostgresStore, postgres_url: str) -> None:
    ask(postgres_url, END_WORKERS)
    accepted = await asyncio.gather(*(worker.accept([event(key)], NOW) for key in "abca"))
    assert sum(one is not None for result in accepted for one in result) == 3
    assert ask(postgres_url, "SELECT count(*) FROM inbox") == [(3,)]


async def test_reads_outlive_a_lost_connection(worker: PostgresStore, postgres_url: str) -> None:
    await worker.load(WHO)
    ask(postgres_url, END_WORKERS)
    assert (await worker.load(WHO)).version == 0


async def test_a_part_has_one_owner(worker: PostgresStore, postgres_url: str, tmp_path: Path) -> None:
    other = open_postgres(postgres_url, tmp_path, worker=True)
    assert await other.take(range(PARTS)) == frozenset()
    await worker.give_back([3, 5])
    assert await other.take(range(PARTS)) == {3, 5}
    census = await other.census()
    assert (census.workers, sorted(census.mine), sorted(census.free)) == (2, [3, 5], [])
    await other.close()
    while not (await worker.census()).free:
        await asyncio.sleep(0.01)
    assert (await worker.census()).workers == 1


async def test_a_worker_that_falls_silent_in_the_middle_of_a_question_loses_its_parts(
    worker: PostgresStore, postgres_url: str
) -> None:
    """Between Parse and Bind a session is "active" for ever: no time-out of the server's own ends it."""
    await worker.give_back([3])
    silence = {"idle_session_timeout": "1s", "idle_in_transaction_session_timeout": "1s", "statement_timeout": "1s"}
    silent = await Servers(postgres_url).dial("worker", **silence)
    await silent.fetch(f"SELECT pg_advisory_lock({SPACE}, 3)")
    await silent.prepare("SELECT 1, 2, 3")  # asyncpg has no answer to wait for, and says no more
    assert not (await worker.census()).free
    async with asyncio.timeout(15):
        while not (await worker.census()).free:
            await asyncio.sleep(0.1)
    silent.terminate()


async def test_a_worker_sees_only_its_parts_and_hears_of_their_events(
    worker: PostgresStore, postgres_url: str, tmp_path: Path
) -> None:
    web = open_postgres(postgres_url, tmp_path)
    others = replace(event("b"), conversation="zalo:1:78")
    assert part_of(others.conversation) != part_of(WHO)
    worker.mine.discard(part_of(others.conversation))
    assert isinstance(worker.listener, Listener)
    await web.accept([others, event("seen", kind=EventKind.SEEN)], NOW)
    await web.accept([event("a")], NOW)
    await asyncio.wait_for(worker.listener.heard.wait(), 5)
    assert [one.event.key for one in await worker.pending(10)] == ["a"]
    await web.close()


async def test_a_worker_hears_of_what_was_stored_before_its_own_commit_ends(
    worker: PostgresStore, postgres_url: str, tmp_path: Path
) -> None:
    """The lanes rely on it: what comes later than another process's event must not be taken for the only one."""
    web = open_postgres(postgres_url, tmp_path)
    assert isinstance(worker.listener, Listener)
    for number in range(100):
        worker.listener.heard.clear()
        await web.accept([event(f"web {number}")], NOW)
        await worker.accept([event(f"own {number}")], NOW)
        assert worker.listener.heard.is_set(), number
    await web.close()


async def test_two_processes_that_get_one_event_keep_it_once(
    worker: PostgresStore, postgres_url: str, tmp_path: Path
) -> None:
    webs = [open_postgres(postgres_url, tmp_path) for _ in range(2)]
    batches = [[event(f"{number}") for number in order] for order in (range(40), reversed(range(40)))]
    results = await asyncio.gather(*(web.accept(batch, NOW) for web, batch in zip(webs, batches, strict=True)))
    assert sum(one is not None for result in results for one in result) == 40
    assert len(await worker.pending(100)) == 40
    for web in webs:
        await web.close()


async def test_two_that_refresh_the_first_token_at_once_do_not_overwrite_each_other(
    postgres_url: str, tmp_path: Path
) -> None:
    stores = [open_postgres(postgres_url, tmp_path) for _ in range(2)]
    row = TokenRow(name="zalo:1", access_token="A", refresh_token="R", expires_at=NOW, refreshed_at=NOW, version=1)
    results = await asyncio.gather(*(store.put_token(row) for store in stores), return_exceptions=True)
    kinds = {type(one) for one in results}
    assert kinds == {type(None), VersionConflictError}
    for store in stores:
        await store.close()


async def test_what_postgresql_cannot_hold_is_left_out(worker: PostgresStore) -> None:
    (stored,) = await worker.accept([event("a", "không\x00")], NOW)
    assert stored is not None
    long = replace(payload("1:0", 64), text="a\x00b", platform_id="m" * 300, status=OutboxStatus.SENT)
    await worker.commit_turn(commit(Conversation(key=WHO), stored.id, outgoing=(long,)))
    assert await worker.matched_ids(WHO, NOW) == {"m" * 160}


@pytest.mark.parametrize("worker_too", [True, False])
async def test_an_old_schema_is_refused_with_the_command_and_upgraded_by_it(
    tmp_path: Path, *, worker_too: bool
) -> None:
    (tmp_path / "config.yaml").write_text(f"var: {tmp_path}\n", "utf-8")
    async with empty_database() as url:
        config = load_config({"DATABASE_URL": url}, tmp_path)
        with pytest.raises(OldSchemaError, match="chatbot db upgrade"):
            await open_store(config, lambda: NOW, answers=worker_too)
        await asyncio.gather(upgrade_postgres(url), upgrade_postgres(url))
        assert await current_postgres(url) is not None
        store = await open_store(config, lambda: NOW, answers=worker_too)
        await store.ping()
        await store.close()


async def test_a_question_that_nobody_answers_is_given_up_and_the_next_one_works(
    postgres_url: str, tmp_path: Path
) -> None:
    parts = urlsplit(postgres_url)
    assert parts.hostname
    async with Proxy(parts.hostname, parts.port or 5432) as proxy, asyncio.timeout(20):
        there = parts._replace(
            netloc=f"{parts.username}:{parts.password}@127.0.0.1:{proxy.port_here}", query="connect_timeout=0.3"
        )
        box = SecretBox(key_from_file(tmp_path / "key"))
        store = PostgresStore(urlunsplit(there), box, lambda: NOW, answer_s=0.3)
        await store.load(WHO)
        proxy.turn(Weather.HOLE)
        with pytest.raises(StoreError):
            await asyncio.gather(store.load(WHO), store.load("zalo:1:78"))
        proxy.turn(Weather.FINE)
        assert (await store.load(WHO)).version == 0
        await store.close()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"path": "/none_such"}, "createdb"),
        ({"netloc": "nobody_such:x@{host}"}, "user and password"),
        ({"netloc": "x:x@127.0.0.1:9"}, "is it running"),
    ],
)
async def test_a_server_that_cannot_be_used_is_a_sentence_that_says_what_to_do(
    postgres_url: str, change: dict[str, str], words: str
) -> None:
    parts = urlsplit(postgres_url)
    host = parts.netloc.rpartition("@")[2]
    url = urlunsplit(parts._replace(**{name: value.format(host=host) for name, value in change.items()}))
    with pytest.raises(StoreError, match=words):
        await upgrade_postgres(url)
