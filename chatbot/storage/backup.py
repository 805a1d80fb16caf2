"""A consistent copy of a SQLite database while the bot runs (SQLite's online backup)."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

PAGES = 256


def backup(source: Path, target: Path, progress: Callable[[int, int], None] | None = None) -> int:
    """Copy `source` to `target` (replaced only when the copy is whole and sound). Returns its size in bytes.

    Raises FileNotFoundError, sqlite3.Error.
    """
    if not source.exists():
        raise FileNotFoundError(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(partial)) as new:
        old.backup(new, pages=PAGES, progress=lambda _status, left, total: progress and progress(total - left, total))
        check = new.execute("PRAGMA integrity_check").fetchone()[0]
        if check != "ok":
            raise sqlite3.DatabaseError(f"the copy is damaged: {check}")
    partial.chmod(0o600)
    partial.replace(target)
    return target.stat().st_size
