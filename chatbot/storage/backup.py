"""A consistent copy of a SQLite database while the bot runs (SQLite's online backup)."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from chatbot.storage.durable import sync_folder

PAGES: Final = 256
_SQLITE: Final = b"SQLite format 3\0"
"""How every SQLite database begins."""
_BESIDE: Final = ("", "-wal", "-shm", "-journal", ".lock")
"""Endings of the files that belong to a database in use."""


class BadTargetError(Exception):
    """The copy may not take this file's place; the message says why."""


def backup(source: Path, target: Path, progress: Callable[[int, int], None] | None = None) -> int:
    """Copy `source` to `target` (replaced only when the copy is whole and sound). Returns its size in bytes.

    Raises FileNotFoundError, BadTargetError, OSError, sqlite3.Error; then `target` is what it was.
    """
    if not source.exists():
        raise FileNotFoundError(source)
    _examine(source, target)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _copy(source, partial, progress)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    sync_folder(target.parent)
    return target.stat().st_size


def _examine(source: Path, target: Path) -> None:
    """A database that is in use is never replaced, nor is a file that is no database."""
    if any(target.resolve() == source.resolve().with_name(source.resolve().name + ending) for ending in _BESIDE):
        raise BadTargetError(f"{target} là của cơ sở dữ liệu đang dùng: chọn tệp khác")
    if target.exists() and target.stat().st_size:
        with target.open("rb") as file:
            if file.read(len(_SQLITE)) != _SQLITE:
                raise BadTargetError(f"{target} đã có và không phải bản sao lưu: chọn tên khác")


def _copy(source: Path, partial: Path, progress: Callable[[int, int], None] | None) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(partial)) as new:
        old.backup(new, pages=PAGES, progress=lambda _status, left, total: progress and progress(total - left, total))
        check = new.execute("PRAGMA integrity_check").fetchone()[0]
        if check != "ok":
            raise sqlite3.DatabaseError(f"the copy is damaged: {check}")
