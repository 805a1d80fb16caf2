"""Sessions on PostgreSQL that end, hang or turn read-only, and the servers they are found on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import pytest

from chatbot.delivery.inbox import Inbox, IntakeBusyError
from chatbot.storage.port import StoreError
from chatbot.storage.postgres import PostgresStore
from chatbot.storage.postgres_connect import Servers
from chatbot.storage.postgres_trouble import TROUBLE
from chatbot.storage.secret_box import SecretBox, key_from_file
from tests.crash.proxy import Proxy, Weather
from tests.postgres import ask, execute
from tests.storage.conftest import NOW, open_postgres
from tests.storage.test_store import WHO, event

QUICK_S: Final = 5
"""Far less than what a server may take that does not answer."""
END_WRITERS: Final = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'chatbot writer %'
"""
READERS: Final = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'chatbot reader %'
"""
DEADLY: Final = (
    "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$",
    "CREATE TRIGGER die BEFORE INSERT ON inbox FOR EACH ROW WHEN (NEW.conversation = 'zalo:1:deadly')"
    " EXECUTE FUNCTION die()",
)


def behind(url: str, *ports: int, more: str = "") -> str:
    """The address with these ports of this machine for servers."""
    parts = urlsplit(url)
    places = ",".join(f"127.0.0.1:{port}" for port in ports)
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@{places}", query=more))


@asynccontextmanager
async def hole(url: str) -> AsyncIterator[Proxy]:
    """A way to the server that can swallow everything."""
    async with Proxy(urlsplit(url).hostname or "", urlsplit(url).port or 5432) as proxy:
        yield proxy


async def test_a_server_that_is_gone_without_a_word_is_passed_over_and_not_asked_first_again(postgres_url: str) -> None:
    async with hole(postgres_url) as gone, hole(postgres_url) as there, asyncio.timeout(QUICK_S):
        gone.turn(Weather.HOLE)
        servers = Servers(behind(postgres_url, gone.port_here, there.port_here, more="connect_timeout=0.3"))
        await (await servers.dial("test")).close()
        swallowed = gone.spoilt
        await (await servers.dial("test")).close()
        assert (swallowed > 0, gone.spoilt) == (True, swallowed)
        assert [name.split()[0] for name in await servers.missing()] == [f"127.0.0.1:{gone.port_here}"]


async def test_webhooks_that_a_server_refuses_together_do_not_wait_for_it_one_by_one(tmp_path: Path) -> None:
    store = PostgresStore("postgresql://u:p@127.0.0.1:1/none", box(tmp_path), lambda: NOW)
    inbox = Inbox(store, lambda _events: None, lambda: NOW, queue=100)
    async with asyncio.timeout(QUICK_S):
        refused = await asyncio.gather(*(inbox.accept([event(key)]) for key in "abcde"), return_exceptions=True)
    assert {type(one) for one in refused} == {IntakeBusyError}
    await store.close()


@asynccontextmanager
async def preset(url: str, setting: str, value: str) -> AsyncIterator[None]:
    """What new sessions in the database begin with."""
    name = urlsplit(url).path[1:]
    await execute(url, f"ALTER DATABASE {name} SET {setting} = '{value}'")
    try:
        yield
    finally:
        writing = "SET default_transaction_read_only = off"
        await execute(url, writing, "SET statement_timeout = 0", f"ALTER DATABASE {name} RESET {setting}")


async def test_a_server_that_takes_no_writes_is_none_and_of_each_it_is_told_why(postgres_url: str) -> None:
    servers = Servers(behind(postgres_url, urlsplit(postgres_url).port or 5432, 1))
    async with preset(postgres_url, "default_transaction_read_only", "on"):
        with pytest.raises(TROUBLE) as alone:
            await Servers(postgres_url).dial("test")
        with pytest.raises(TROUBLE) as both:
            await servers.dial("test")
    assert "takes no writes: it is a standby" in str(servers.why(alone.value))
    assert "takes no writes: it is a standby" in str(servers.why(both.value))
    assert "127.0.0.1:1 cannot be reached (ConnectionRefusedError)" in str(servers.why(both.value))
    assert str(urlsplit(postgres_url).password) not in str(servers.why(both.value)).replace("chatbot_test_", "")


@pytest.mark.parametrize("weak", ["off", "local", "remote_write"])
async def test_a_commit_is_on_disk_and_on_the_standby_whatever_is_preset(postgres_url: str, weak: str) -> None:
    async with preset(postgres_url, "synchronous_commit", weak):
        connection = await Servers(postgres_url).dial("test")
        assert await connection.fetchval("SHOW synchronous_commit") == "on"
        await connection.close()


async def test_no_time_limit_of_the_server_ends_the_wait_of_a_commit(postgres_url: str, tmp_path: Path) -> None:
    """It would be answered as if the standby had confirmed it."""
    async with preset(postgres_url, "statement_timeout", "1ms"):
        store = open_postgres(postgres_url, tmp_path)
        await store.accept([event(f"{number}") for number in range(500)], NOW)
        await store.close()
    assert ask(postgres_url, "SELECT count(*) FROM inbox") == [(500,)]


async def test_work_that_ends_every_session_is_not_done_for_ever(postgres_url: str, tmp_path: Path) -> None:
    """What brings the server down would bring it down again and again; its neighbours are stored."""
    store = open_postgres(postgres_url, tmp_path)
    await execute(postgres_url, *DEADLY)
    try:
        async with asyncio.timeout(3 * QUICK_S):
            with pytest.raises(StoreError):
                await store.accept([replace(event("a"), conversation="zalo:1:deadly")], NOW)
            assert [one is not None for one in await store.accept([event("b")], NOW)] == [True]
    finally:
        await execute(postgres_url, "DROP FUNCTION die() CASCADE")
        await store.close()


async def test_when_the_writer_had_to_connect_again_so_has_who_reads(postgres_url: str, tmp_path: Path) -> None:
    """The old sessions may be on a server that is not the primary any more, and never hears of what is new."""
    store = open_postgres(postgres_url, tmp_path)
    await store.ping()
    await store.load(WHO)
    before = ask(postgres_url, READERS)
    ask(postgres_url, END_WRITERS)
    await store.ping()
    await asyncio.gather(*(store.load(WHO) for _ in range(3)))
    after = ask(postgres_url, READERS)
    await store.close()
    assert (len(before), set(before) & set(after)) == (1, set())
    assert after


async def test_nobody_waits_for_the_good_bye_of_a_server_that_is_silent(postgres_url: str, tmp_path: Path) -> None:
    async with hole(postgres_url) as proxy, asyncio.timeout(QUICK_S):
        connection = await Servers(behind(postgres_url, proxy.port_here)).dial("test")
        store = PostgresStore(behind(postgres_url, proxy.port_here), box(tmp_path), lambda: NOW)
        await store.ping()
        proxy.turn(Weather.HOLE)
        accepting = asyncio.create_task(store.accept([event("a")], NOW))
        with pytest.raises(StoreError, match="does not answer"):
            await store.ping(within_s=0.2)
        assert "a write waits for more than 0.2 s" in store.trouble
        await connection.close()
        await store.close()
        with pytest.raises(StoreError):
            await accepting


def box(folder: Path) -> SecretBox:
    """A key of this test's own."""
    return SecretBox(key_from_file(folder / "key"))
