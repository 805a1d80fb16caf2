"""A PostgreSQL server that is there and refuses: the bot says why, waits, and gives nothing up."""

import asyncio
import json
import re
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import pytest
from typer.testing import CliRunner

from chatbot.cli.main import app
from chatbot.serve import Duty
from chatbot.storage.postgres import PostgresStore
from chatbot.storage.secret_box import SecretBox, key_from_file
from tests.crash.history import Verdict
from tests.crash.refusing import status, until_not_ready, until_said
from tests.crash.server import Server
from tests.crash.side_by_side import side_by_side, small_world
from tests.crash.test_several import END_ALL
from tests.crash.world import World
from tests.postgres import copy, execute
from tests.storage.conftest import NOW
from tests.storage.test_store import event

ROLE: Final = """
    CREATE ROLE {role} LOGIN PASSWORD 'right';
    GRANT pg_read_all_data, pg_write_all_data TO {role};
"""
REFUSALS: Final = {
    "crowd": ("CONNECTION LIMIT 0", "CONNECTION LIMIT -1", "takes no more connections"),
    "password": ("PASSWORD 'other'", "PASSWORD 'right'", "refuses the login"),
    "standby": (
        "SET default_transaction_read_only = on",
        "RESET default_transaction_read_only",
        "takes no writes",
    ),
}
"""What is done to the bot's role, what ends it, and what people are told."""

END_READERS: Final = f"{END_ALL} AND application_name LIKE 'chatbot reader %'"


def _as(role: str, url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{role}:right@127.0.0.1:{parts.port}"))


async def _start(here: World, url: str) -> None:
    await here.start(name="web", duty=Duty.INTAKE, database_url=url)
    await here.start(name="worker", duty=Duty.ANSWERS, database_url=url)
    await here.until_ready()
    await here.chat(0.3)


async def _settled(here: World) -> Verdict:
    await here.chat(0.3)
    assert not here.ended()
    await here.settle()
    assert await status(here) == 200
    return here.verdict()


async def test_a_server_that_refuses_sessions_is_waited_for(tmp_path: Path, own_server: Server, template: str) -> None:
    async def scenario(role: str) -> Verdict:
        begin, end, told = REFUSALS[role]
        async with small_world(tmp_path, role, template, latency_s=0.02) as here:
            await execute(own_server.url, ROLE.format(role=role))
            own_server.guard(role)
            own_server.control("reload")
            await _start(here, _as(role, here.database_url))
            await execute(own_server.url, f"ALTER ROLE {role} {begin}")
            here.rows(END_ALL)
            await here.chat(0.3)
            await until_not_ready(here, told)
            assert await status(here) == 503
            await execute(own_server.url, f"ALTER ROLE {role} {end}")
            return await _settled(here)

    await side_by_side({role: partial(scenario, role) for role in REFUSALS})


async def test_a_bot_that_can_only_write_takes_in_and_answers_later(
    tmp_path: Path, own_server: Server, template: str
) -> None:
    """Its session for commits lives on, and no other is let in."""
    async with small_world(tmp_path, "writes", template, latency_s=0.02) as here:
        await execute(own_server.url, ROLE.format(role="writes"))
        await _start(here, _as("writes", here.database_url))
        await execute(own_server.url, "ALTER ROLE writes CONNECTION LIMIT 0")
        here.rows(END_READERS)
        await here.chat(0.3)
        await until_said(here, 200, "store_reads: PostgreSQL at")
        assert await status(here) == 200
        await execute(own_server.url, "ALTER ROLE writes CONNECTION LIMIT -1")
        verdict = await _settled(here)
    assert verdict.fine, verdict


async def test_a_server_that_stops_and_starts_is_waited_for(tmp_path: Path, own_server: Server, template: str) -> None:
    async with small_world(tmp_path, "stops", template, latency_s=0.02) as here:
        await _start(here, here.database_url)
        own_server.control("stop", "-m", "smart", "-W")  # when the last session has ended
        here.rows(END_ALL)
        await until_not_ready(here, "is starting up, recovering or shutting down")
        assert await status(here) == 503
        await asyncio.to_thread(own_server.stop, "fast")
        await asyncio.to_thread(own_server.start)
        verdict = await _settled(here)
    assert verdict.fine, verdict


async def test_a_session_that_turns_read_only_is_given_up_for_one_that_may_write(
    tmp_path: Path, own_server: Server, template: str
) -> None:
    """A primary that became something else, while another took its place."""
    async with copy(template) as url:
        await execute(own_server.url, ROLE.format(role="turned"))
        box = SecretBox(key_from_file(tmp_path / "key"))
        store = PostgresStore(_as("turned", url), box, lambda: NOW)
        await store.ping()
        await execute(own_server.url, "ALTER ROLE turned SET default_transaction_read_only = off")
        own_server.configure(default_transaction_read_only="on")  # for all that live: a role's own counts at the login
        own_server.control("reload")
        try:
            accepted = await store.accept([event("a")], NOW)
        finally:
            own_server.configure(default_transaction_read_only="off")
            own_server.control("reload")
            await store.close()
    assert [one is not None for one in accepted] == [True]


@pytest.mark.parametrize("role", REFUSALS)
def test_the_doctor_says_why_the_server_refuses(
    tmp_path: Path, own_server: Server, template: str, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    begin, _, told = REFUSALS[role]
    name = f"doctor_{role}"
    asyncio.run(execute(own_server.url, f"CREATE ROLE {name} LOGIN PASSWORD 'right'", f"ALTER ROLE {name} {begin}"))
    own_server.guard(name)
    own_server.control("reload")
    monkeypatch.setenv("DATABASE_URL", _as(name, template))
    assert told in examined(tmp_path, monkeypatch)


def test_the_doctor_says_that_rows_can_be_stored_or_who_must_not(
    tmp_path: Path, own_server: Server, template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(execute(own_server.url, "CREATE ROLE reads LOGIN; GRANT pg_read_all_data TO reads"))
    monkeypatch.setenv("DATABASE_URL", _as("reads", template))
    assert "does not let this user do it" in examined(tmp_path, monkeypatch)
    monkeypatch.setenv("DATABASE_URL", template)
    assert "ghi được" in examined(tmp_path, monkeypatch)
    parts = urlsplit(template)
    monkeypatch.setenv("DATABASE_URL", urlunsplit(parts._replace(netloc=f"{parts.netloc},127.0.0.1:1")))
    found = examined(tmp_path, monkeypatch)
    assert "ghi được" in found
    assert re.search("Máy dự phòng.*127.0.0.1:1 cannot be reached", found)


def examined(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What `chatbot doctor` prints about a folder."""
    (folder / "config.yaml").write_text(json.dumps({"var": str(folder / "var")}), "utf-8")
    monkeypatch.setenv("CHATBOT_CONFIG", str(folder / "config.yaml"))
    monkeypatch.setenv("COLUMNS", "900")
    return CliRunner().invoke(app, ["doctor"]).stdout
