"""A backup put back in the place of a SQLite database: whole or not at all, and the old file stays beside it.

What has happened since the backup is not forgotten where the old file still tells it: Zalo's refresh token works once,
so the newer one counts; an event that was answered since is not answered again, a reply that went out not sent again,
and one that waits to go out still does; what was given up stays on its list; a conversation that was erased stays
erased.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from chatbot.storage.backup import backup
from chatbot.storage.durable import sync_folder
from chatbot.storage.lock import FileLock
from chatbot.storage.port import ERASED, RESTORED, StoreError
from chatbot.storage.rows import hashed
from chatbot.storage.sqlite import sqlite_engine
from chatbot.storage.upgrade import current, revisions, upgrade

_EVENT: Final = "channel, event_key, conversation, part, kind, platform_at, received_at, body, status, error, attempts"
_AS_IT_IS: Final = (
    "channel, event_key, CASE status WHEN 1 THEN '' ELSE conversation END, part, kind, platform_at, received_at,"
    " CASE status WHEN 1 THEN NULL ELSE body END, status, error, attempts"
)
"""Of what is done only the key is left: that a repeat is one."""
_CARRY_OVER: Final = (
    "DELETE FROM token",
    "INSERT INTO token SELECT * FROM old.token",
    "INSERT INTO token_journal (name, at, raw) SELECT name, at, raw FROM old.token_journal",
    "UPDATE inbox SET status = 1 WHERE status = 0 AND EXISTS (SELECT 1 FROM old.inbox AS was"
    " WHERE was.channel = inbox.channel AND was.event_key = inbox.event_key AND was.status <> 0)",
    "UPDATE outbox SET status = (SELECT was.status FROM old.outbox AS was WHERE was.key = outbox.key)"
    " WHERE status IN (0, 1, 4) AND EXISTS (SELECT 1 FROM old.outbox AS was"
    " WHERE was.key = outbox.key AND was.status IN (2, 3, 5))",
    f"INSERT OR IGNORE INTO inbox (id, {_EVENT}) SELECT id, {_AS_IT_IS} FROM old.inbox",  # noqa: S608 - our own names
    f"INSERT OR IGNORE INTO inbox ({_EVENT}) SELECT {_AS_IT_IS} FROM old.inbox",  # noqa: S608 - where the number is taken
    "INSERT OR IGNORE INTO outbox SELECT was.* FROM old.outbox AS was JOIN inbox ON inbox.id = CAST(was.key AS INTEGER)"
    " JOIN old.inbox AS event ON event.id = inbox.id AND event.event_key = inbox.event_key"
    " AND event.channel = inbox.channel WHERE was.status IN (0, 1, 3, 4)",
)

_ERASED_SINCE: Final = (
    "SELECT name, value, updated_at FROM old.setting AS was WHERE name LIKE ? AND updated_at >"
    " ifnull((SELECT updated_at FROM main.setting WHERE name = was.name), 0)"
)
_ERASE: Final = (
    "DELETE FROM main.conversation WHERE gone(key)",
    "DELETE FROM main.turn WHERE gone(conversation)",
    "DELETE FROM main.outbox WHERE gone(conversation)",
    "UPDATE main.inbox SET conversation = '', body = NULL, status = 1 WHERE conversation <> '' AND gone(conversation)"
    " AND NOT EXISTS (SELECT 1 FROM old.inbox AS was WHERE was.channel = inbox.channel"
    " AND was.event_key = inbox.event_key AND was.status = 0)",
)


class NotABackupError(Exception):
    """The file cannot take the database's place; the message says why."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done. `kept` is where the old database is now (None: there was none); `carried` tells whether what has
    happened since the backup could be read from it."""

    size: int
    kept: Path | None
    carried: bool


def restore(source: Path, target: Path, progress: Callable[[int, int], None] | None = None) -> Restored:
    """Put `source` in the place of `target`, which no bot may be using.

    Raises InUseError, NotABackupError, OSError, sqlite3.Error; whatever is raised, `target` is what it was.
    """
    examine(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(target.with_name(target.name + ".lock"))
    fresh = target.with_name(target.name + ".restoring")
    try:
        size = backup(source, fresh, progress)
        engine = sqlite_engine(fresh)
        upgrade(engine)
        engine.dispose()
        carried = target.exists() and _carry_over(fresh, target)
        _note(fresh)
        kept = _set_aside(target)
        fresh.replace(target)
        sync_folder(target.parent)
        return Restored(size, kept, carried)
    finally:
        for leftover in (fresh, *_beside(fresh)):
            leftover.unlink(missing_ok=True)
        lock.release()


def examine(source: Path) -> None:
    """A sound database of this program's, not of a newer one. Raises NotABackupError."""
    if not source.is_file():
        raise NotABackupError(f"{source}: không có tệp này")
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as database:
            state = database.execute("PRAGMA integrity_check").fetchone()[0]
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            version = database.execute("SELECT version_num FROM alembic_version").fetchone() if tables else None
    except sqlite3.Error as error:
        raise NotABackupError(f"{source}: không phải bản sao lưu của bot ({error})") from error
    if state != "ok":
        raise NotABackupError(f"{source}: bản sao lưu bị hỏng ({state})")
    if version is None or not {"inbox", "outbox", "conversation"} <= tables:
        raise NotABackupError(f"{source}: không phải bản sao lưu của bot")
    if version[0] not in revisions():
        raise NotABackupError(f"{source}: của một phiên bản mới hơn ({version[0]}); cập nhật chương trình trước")


def _carry_over(fresh: Path, old: Path) -> bool:
    """Write into the copy what only the old file knows, in one transaction; False when it cannot be read."""
    try:
        engine = sqlite_engine(old)
        revision = current(engine)
        engine.dispose()
        with closing(sqlite3.connect(fresh, isolation_level=None)) as database:
            if database.execute("SELECT version_num FROM alembic_version").fetchone() != (revision,):
                return False
            database.execute("ATTACH DATABASE ? AS old", (str(old),))
            database.execute("BEGIN IMMEDIATE")
            for statement in _CARRY_OVER:
                database.execute(statement)
            _erase_again(database)
            database.execute("COMMIT")
    except (sqlite3.Error, StoreError):
        return False
    return True


def _erase_again(database: sqlite3.Connection) -> None:
    """What was erased since the backup stays erased."""
    notes = database.execute(_ERASED_SINCE, (f"{ERASED}%",)).fetchall()
    if not notes:
        return
    erased = {name.removeprefix(ERASED) for name, *_ in notes}
    database.execute("PRAGMA main.secure_delete=ON")
    database.create_function("gone", 1, lambda key: hashed(key) in erased, deterministic=True)
    for statement in _ERASE:
        database.execute(statement)
    database.executemany("REPLACE INTO main.setting (name, value, updated_at) VALUES (?, ?, ?)", notes)


def _note(fresh: Path) -> None:
    now = datetime.now(UTC)
    with closing(sqlite3.connect(fresh)) as database, database:
        database.execute("REPLACE INTO setting VALUES (?, ?, ?)", (RESTORED, now.isoformat(), now.timestamp()))
    with closing(sqlite3.connect(fresh, isolation_level=None)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("PRAGMA journal_mode=DELETE")


def _set_aside(target: Path) -> Path | None:
    """Keep the old database under another name as well; its log is worked in, or goes along."""
    if not target.exists():
        return None
    kept = target.with_name(f"{target.name}.before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    with suppress(sqlite3.Error), closing(sqlite3.connect(target, isolation_level=None)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    try:
        os.link(target, kept)
    except OSError:  # a file system without hard links
        shutil.copy2(target, kept)
    for part in _beside(target):
        if part.exists():
            part.replace(kept.with_name(kept.name + part.name.removeprefix(target.name)))
    return kept


def _beside(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + ending) for ending in ("-wal", "-shm", "-journal"))
