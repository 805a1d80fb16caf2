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


@pytest.mark.parametrize("ending", ["", "-wal", ".lock"])
async def test_a_backup_never_takes_the_place_of_the_database_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    async with whole_bot(tmp_path) as whole:
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{whole.database}")
        target = whole.database.with_name(whole.database.name + ending)
        before = target.stat().st_ino
        result = CliRunner().invoke(app, ["db", "backup", str(whole.database.parent / ".." / "var" / target.name)])
        assert (result.exit_code, "chọn tệp khác" in result.stderr) == (2, True)
        assert target.stat().st_ino == before
        await whole.zalo.text("7610001", "vẫn chạy")
        await whole.settle()
        assert whole.rows("SELECT text FROM turn") == [("vẫn chạy",)]


def test_a_backup_replaces_an_older_one_and_nothing_else(database: Path, tmp_path: Path) -> None:
    CliRunner().invoke(app, ["db", "upgrade"])
    settings, copy = tmp_path / "config.yaml", tmp_path / "copy.db"
    settings.write_text("handlers: handlers", "utf-8")
    refused = CliRunner().invoke(app, ["db", "backup", str(settings)])
    assert (refused.exit_code, settings.read_text("utf-8")) == (2, "handlers: handlers")
    assert [CliRunner().invoke(app, ["db", "backup", str(copy)]).exit_code for _ in range(2)] == [0, 0]
    assert not list(tmp_path.glob("*.partial"))


def test_a_backup_into_a_folder_is_named_after_the_moment(database: Path, tmp_path: Path) -> None:
    CliRunner().invoke(app, ["db", "upgrade"])
    folder = tmp_path / "usb"
    folder.mkdir()
    assert CliRunner().invoke(app, ["db", "backup", str(folder)]).exit_code == 0
    (copy,) = folder.iterdir()
    assert (copy.suffix, copy.read_bytes()[:6]) == (".db", b"SQLite")


def test_a_copy_that_fails_leaves_nothing_behind(database: Path, tmp_path: Path) -> None:
    database.parent.mkdir()
    database.write_text("no database " * 100, "utf-8")
    assert CliRunner().invoke(app, ["db", "backup", str(tmp_path / "copy.db")]).exit_code == 1
    assert list(tmp_path.iterdir()) == [database.parent]


@pytest.mark.parametrize(
    "command",
    [
        ("db", "upgrade"),
        ("db", "restore", "{copy}", "--yes"),
        ("run", "--port", "0"),
        ("db", "move", "--from", "{dev}"),
    ],
    ids=" ".join,
)
def test_a_place_that_cannot_be_written_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    copy = tmp_path / "copy.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{copy}")
    assert CliRunner().invoke(app, ["db", "upgrade"]).exit_code == 0
    nowhere = "postgresql://nobody@127.0.0.1:9/none" if "move" in command else "sqlite:////proc/none/chatbot.db"
    monkeypatch.setenv("DATABASE_URL", nowhere)
    result = CliRunner().invoke(app, [part.format(copy=copy, dev="/proc/version") for part in command])
    assert result.exit_code in {1, 2}
    assert isinstance(result.exception, SystemExit), result.exception
    assert "/proc" in result.stderr
