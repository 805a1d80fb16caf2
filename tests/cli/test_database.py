"""`chatbot db upgrade | backup`: harmless when repeated, sound while the bot runs."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chatbot.cli.main import app
from chatbot.storage.upgrade import newest
from tests.app.whole import whole_bot


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database file that is not there yet."""
    path = tmp_path / "var" / "chatbot.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    return path


def test_an_upgrade_may_be_repeated(database: Path) -> None:
    first = CliRunner().invoke(app, ["db", "upgrade"])
    second = CliRunner().invoke(app, ["db", "upgrade"])
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert f"trống → {newest()}" in first.stdout.replace("\n", "")
    assert f"{newest()} → {newest()}" in second.stdout.replace("\n", "")


def test_there_is_nothing_to_back_up_yet(database: Path) -> None:
    result = CliRunner().invoke(app, ["db", "backup"])
    assert result.exit_code == 2
    assert "chatbot db upgrade" in result.stderr
    assert not database.exists()


@pytest.mark.parametrize("url", ["mysql://h/db", "nonsense", "sqlite://"])
def test_another_kind_of_database_is_a_sentence(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    result = CliRunner().invoke(app, ["db", "upgrade"])
    assert (result.exit_code, "DATABASE_URL must" in result.stderr) == (2, True)


async def test_a_backup_while_the_bot_runs_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "copy" / "bhxh.db"
    async with whole_bot(tmp_path) as whole:
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{whole.database}")
        for number in range(20):
            await whole.zalo.text(f"761{number}", "chào")
        await whole.settle()
        result = CliRunner().invoke(app, ["db", "backup", str(target)])
        assert result.exit_code == 0, result.stderr
        await whole.zalo.text("7610001", "vẫn chạy")
        await whole.settle()
        assert len(whole.zalo.sent) == 21
    assert target.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT count(*) FROM turn").fetchone() == (20,)


def test_a_backup_that_cannot_be_written_leaves_the_old_one(database: Path, tmp_path: Path) -> None:
    CliRunner().invoke(app, ["db", "upgrade"])
    (tmp_path / "file").write_text("not a folder", "utf-8")
    result = CliRunner().invoke(app, ["db", "backup", str(tmp_path / "file" / "copy.db")])
    assert result.exit_code == 1
    assert "Sao lưu không xong" in result.stderr
