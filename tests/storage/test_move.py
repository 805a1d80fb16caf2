"""`chatbot db move`: everything arrives in PostgreSQL, or nothing does; and the bot goes on where it was."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chatbot.cli.main import app
from chatbot.storage.lock import FileLock
from chatbot.storage.move import MoveError, move
from chatbot.storage.port import TokenRow
from chatbot.storage.tables import metadata
from tests.postgres import ask
from tests.storage.conftest import NOW, open_postgres, open_sqlite
from tests.storage.test_store import WHO, commit, event, payload


def nowhere(done: int, total: int) -> None:
    """Nobody looks at the progress."""


async def fill(folder: Path) -> None:
    """A file with something in every table: an answered and a waiting event, a waiting send, a token, a journal."""
    store = open_sqlite(folder)
    first, _ = [one for one in await store.accept([event("a", "số\x00không"), event("b")], NOW) if one]
    turn = commit(await store.load(WHO), first.id, outgoing=(payload("1:0", 64),))
    await store.commit_turn(turn)
    await store.put_token(
        TokenRow(name="zalo:1", access_token="A", refresh_token="R", expires_at=NOW, refreshed_at=NOW, version=1)
    )
    await store.journal_token("zalo:1", "raw")
    await store.put_setting("zalo_endpoint:1", "v2")
    await store.close()


async def test_everything_arrives_and_goes_on(tmp_path: Path, postgres_url: str) -> None:
    await fill(tmp_path)
    seen: list[tuple[int, int]] = []
    counts = await move(tmp_path / "chatbot.db", postgres_url, lambda done, total: seen.append((done, total)))
    assert counts == {name: 2 if name == "inbox" else 1 for name in metadata.tables}
    assert seen[-1] == (sum(counts.values()), sum(counts.values()))
    store = open_postgres(postgres_url, tmp_path)
    assert [one.event.text for one in await store.pending(10)] == ["chào"]
    assert [row.key for row in await store.open_sends()] == ["1:0"]
    assert (await store.load(WHO)).version == 1
    token = await store.token("zalo:1")
    assert token is not None
    assert (token.refresh_token, await store.setting("zalo_endpoint:1")) == ("R", "v2")
    assert await store.accept([event("a")], NOW) == [None]
    (new,) = await store.accept([event("c")], NOW)
    assert new is not None
    assert new.id > 2
    await store.journal_token("zalo:1", "another")
    await store.close()


async def test_a_database_that_is_not_empty_is_left_alone(tmp_path: Path, postgres_url: str) -> None:
    await fill(tmp_path)
    store = open_postgres(postgres_url, tmp_path)
    await store.accept([event("somebody's")], NOW)
    await store.close()
    with pytest.raises(MoveError, match="not empty"):
        await move(tmp_path / "chatbot.db", postgres_url, nowhere)
    assert ask(postgres_url, "SELECT count(*) FROM conversation") == [(0,)]


class InterruptedMoveError(Exception):
    """Somebody pressed Ctrl+C."""


async def test_an_interrupted_move_leaves_nothing_and_is_begun_again(tmp_path: Path, postgres_url: str) -> None:
    await fill(tmp_path)

    def interrupt(done: int, total: int) -> None:
        if done == total:
            raise InterruptedMoveError

    with pytest.raises(InterruptedMoveError):
        await move(tmp_path / "chatbot.db", postgres_url, interrupt)
    assert ask(postgres_url, "SELECT count(*) FROM inbox") == [(0,)]
    await move(tmp_path / "chatbot.db", postgres_url, nowhere)
    assert ask(postgres_url, "SELECT count(*) FROM inbox") == [(2,)]


def test_the_command_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'chatbot.db'}")
    result = CliRunner().invoke(app, ["db", "move", "--from", str(tmp_path / "none.db")])
    assert (result.exit_code, "--from" in result.stderr) == (2, True)
    (tmp_path / "chatbot.db").touch()
    result = CliRunner().invoke(app, ["db", "move", "--from", str(tmp_path / "chatbot.db")])
    assert (result.exit_code, "DATABASE_URL=postgresql://" in result.stderr) == (2, True)


def test_a_running_bot_keeps_its_file(tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(fill(tmp_path))
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    wish = ["db", "move", "--from", str(tmp_path / "chatbot.db")]
    held = FileLock(tmp_path / "chatbot.db.lock")
    assert CliRunner().invoke(app, wish).exit_code == 2
    held.release()
    result = CliRunner().invoke(app, wish)
    assert (result.exit_code, "inbox: 2" in result.stdout) == (0, True)
