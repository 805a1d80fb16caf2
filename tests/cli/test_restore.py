"""`chatbot db restore`: whole or not at all, never under a running bot, and nothing is said twice afterwards."""

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from chatbot.cli.main import app
from chatbot.storage.port import RESTORED
from tests.app.whole import Whole, whole_bot


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands find the database of the folder."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/var/chatbot.db")
    monkeypatch.setenv("COLUMNS", "200")


async def db(*arguments: str | Path) -> Result:
    """A command about the database."""
    return await asyncio.to_thread(CliRunner().invoke, app, ["db", *map(str, arguments)])


async def says(whole: Whole, *words: str) -> None:
    """A citizen says this, and is answered."""
    for word in words:
        await whole.zalo.text("7610001", word)
        await whole.settle()


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    """What stands in a database."""
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


async def test_the_backup_is_in_place_and_the_old_file_beside_it(tmp_path: Path) -> None:
    copy, database = tmp_path / "copy.db", tmp_path / "var" / "chatbot.db"
    async with whole_bot(tmp_path) as whole:
        await says(whole, "một")
        assert (await db("backup", copy)).exit_code == 0
        await says(whole, "hai")
        grant = whole.rows('SELECT version, "grant" FROM token')
    result = await db("restore", copy, "--yes")
    assert result.exit_code == 0, result.output
    assert rows(database, "SELECT text FROM turn") == [("một",)]
    assert database.stat().st_mode & 0o777 == 0o600
    (kept,) = (path for path in database.parent.iterdir() if "before-restore" in path.name)
    assert rows(kept, "SELECT text FROM turn ORDER BY id") == [("một",), ("hai",)]
    assert rows(database, 'SELECT version, "grant" FROM token') == grant
    assert (RESTORED,) in rows(database, "SELECT name FROM setting")
    assert not list(database.parent.glob("*.restoring*"))


async def test_what_was_answered_since_the_backup_is_not_answered_again(tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    async with whole_bot(tmp_path) as whole:
        await says(whole, "một")
        assert (await db("backup", copy)).exit_code == 0
        event = whole.zalo.events.said("7610001", "text", {"text": "hai", "msg_id": "m2"})
        await whole.zalo.deliver(event)
        await whole.settle()
    assert (await db("restore", copy, "--yes")).exit_code == 0
    async with whole_bot(tmp_path) as whole:
        raw, headers = whole.zalo.events.signed(event)
        assert (await whole.post("/webhooks/zalo", raw, headers))[0] == 200
        await says(whole, "ba")
        assert [said.partition(": ")[2] for said in whole.heard] == ["ba"]


async def test_what_waited_or_was_given_up_since_the_backup_is_not_lost(tmp_path: Path) -> None:
    copy, database = tmp_path / "copy.db", tmp_path / "var" / "chatbot.db"
    async with whole_bot(tmp_path) as whole:
        await says(whole, "một")
        assert (await db("backup", copy)).exit_code == 0
        await says(whole, "hai", "ba")
    with closing(sqlite3.connect(database)) as old, old:  # the platform was away, and "ba" brought out a bug
        old.execute("UPDATE outbox SET status = 0, platform_id = '' WHERE text LIKE '%hai'")
        old.execute(
            "UPDATE inbox SET status = 2, error = 'KeyError', attempts = 3 WHERE CAST(body AS TEXT) LIKE '%\"ba\"%'"
        )
    assert (await db("restore", copy, "--yes")).exit_code == 0
    assert rows(database, "SELECT error, attempts FROM inbox WHERE status = 2") == [("KeyError", 3)]
    async with whole_bot(tmp_path) as whole:
        await whole.until(lambda: whole.zalo.sent)
        await says(whole, "bốn")
        assert [one.text.rpartition(" ")[2] for one in whole.zalo.sent] == ["hai", "bốn"]


async def erase(who: str, monkeypatch: pytest.MonkeyPatch, whole: Whole) -> None:
    """An operator's command."""
    for name, value in whole.zalo.environment().items():
        monkeypatch.setenv(name, value)
    assert (await asyncio.to_thread(CliRunner().invoke, app, ["erase", "zalo", who, "--yes"])).exit_code == 0


async def test_what_was_erased_since_the_backup_stays_erased(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy, later, database = tmp_path / "copy.db", tmp_path / "later.db", tmp_path / "var" / "chatbot.db"
    async with whole_bot(tmp_path) as whole:
        for who in ("7610001", "7610002"):
            await whole.zalo.text(who, f"tôi là {who}")
        await whole.settle()
        assert (await db("backup", copy)).exit_code == 0
        await erase("7610001", monkeypatch, whole)
        await says(whole, "tôi quay lại")
        assert (await db("backup", later)).exit_code == 0
    assert (await db("restore", copy, "--yes")).exit_code == 0
    everything = [rows(database, f"SELECT * FROM {table}") for table in ("conversation", "turn", "outbox", "inbox")]
    assert "7610001" not in str(everything)
    assert rows(database, "SELECT text FROM turn") == [("tôi là 7610002",)]
    assert b"7610001" not in database.read_bytes()
    assert (await db("restore", later, "--yes")).exit_code == 0
    assert rows(database, "SELECT text FROM turn ORDER BY id") == [("tôi là 7610002",), ("tôi quay lại",)]


async def test_it_refuses_while_the_bot_runs(tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    async with whole_bot(tmp_path) as whole:
        await says(whole, "một")
        assert (await db("backup", copy)).exit_code == 0
        result = await db("restore", copy, "--yes")
        assert (result.exit_code, "dừng bot" in result.stderr) == (2, True)
        await says(whole, "hai")
        assert len(whole.heard) == 2


def damaged(whole: Path, folder: Path) -> Path:
    """The backup with a hole in it."""
    path = folder / "damaged.db"
    content = bytearray(whole.read_bytes())
    content[8192:24576] = os.urandom(16384)
    path.write_bytes(content)
    return path


def strange(folder: Path) -> Path:
    """A database of somebody else's."""
    path = folder / "strange.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE inbox (x)")
    return path


def newer(whole: Path, folder: Path) -> Path:
    """A backup of a program that is not written yet."""
    path = folder / "newer.db"
    shutil.copy(whole, path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    return path


async def test_what_is_no_sound_backup_changes_nothing(tmp_path: Path) -> None:
    copy, database = tmp_path / "copy.db", tmp_path / "var" / "chatbot.db"
    async with whole_bot(tmp_path) as whole:
        await says(whole, "một")
        assert (await db("backup", copy)).exit_code == 0
    text = tmp_path / "text.db"
    text.write_text("no database" * 1000, "utf-8")
    before = database.read_bytes()
    bad = {
        tmp_path / "none.db": "không có tệp",
        text: "không phải bản sao lưu",
        strange(tmp_path): "không phải bản sao lưu",
        newer(copy, tmp_path): "phiên bản mới hơn",
        damaged(copy, tmp_path): "hỏng",
    }
    for path, words in bad.items():
        result = await db("restore", path, "--yes")
        assert result.exit_code in {1, 2}
        assert words in result.stderr or "không phải bản sao lưu" in result.stderr, (path, result.stderr)
    assert database.read_bytes() == before
    assert not list(database.parent.glob("*restor*"))


async def test_a_database_that_is_broken_itself_is_replaced_and_said(tmp_path: Path) -> None:
    copy, database = tmp_path / "copy.db", tmp_path / "var" / "chatbot.db"
    async with whole_bot(tmp_path) as whole:
        await says(whole, "một")
        assert (await db("backup", copy)).exit_code == 0
    database.write_bytes(b"broken" * 1000)
    result = await db("restore", copy, "--yes")
    assert (result.exit_code, "chatbot doctor" in result.stdout) == (0, True)
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]
    async with whole_bot(tmp_path) as whole:
        await says(whole, "hai")
        assert whole.rows("SELECT text FROM turn ORDER BY id") == [("một",), ("hai",)]


async def test_a_backup_of_the_first_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    from chatbot.storage.sqlite import sqlite_engine
    from chatbot.storage.upgrade import newest, upgrade

    copy = tmp_path / "copy.db"
    engine = sqlite_engine(copy)
    upgrade(engine, "0001")
    engine.dispose()
    result = await db("restore", copy)
    assert result.exit_code == 0, result.output
    assert rows(tmp_path / "var" / "chatbot.db", "SELECT version_num FROM alembic_version") == [(newest(),)]


async def test_without_a_yes_nothing_happens(tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    async with whole_bot(tmp_path) as whole:
        await says(whole, "một")
        assert (await db("backup", copy)).exit_code == 0
    before = (tmp_path / "var" / "chatbot.db").read_bytes()
    assert (await db("restore", copy)).exit_code == 1
    nothing = await db("restore", tmp_path / "none.db")
    assert (nothing.exit_code, "không có tệp" in nothing.stderr, "Thay" in nothing.output) == (2, True, False)
    assert (tmp_path / "var" / "chatbot.db").read_bytes() == before
