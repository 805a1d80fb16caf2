"""`chatbot doctor`: everything it looks at, and what it says where something is not right."""

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chatbot.app import open_store, utc_now
from chatbot.cli.main import app
from chatbot.config import load_config
from chatbot.model import ChannelName, Event, EventKind
from chatbot.storage.port import Failure, TokenRow
from chatbot.storage.sqlite import sqlite_engine
from chatbot.storage.upgrade import current, upgrade

ROOT = Path(__file__).parents[2]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for what the doctor may write (the key)."""
    config = tmp_path / "config.yaml"
    config.write_text(json.dumps({"intents": str(ROOT / "intents"), "var": str(tmp_path / "var")}), "utf-8")
    monkeypatch.setenv("CHATBOT_CONFIG", str(config))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/var/chatbot.db")
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def test_a_fresh_folder_is_fine_with_notes(place: Path) -> None:
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0, result.output
    for part in (
        "Python",
        "Cấu hình",
        "Nội dung",
        "Mô hình",
        "Đĩa",
        "Cơ sở dữ liệu",
        "Khóa mã hóa",
        "Zalo OA",
        "Messenger",
    ):
        assert part in result.stdout
    assert "hỏng" not in result.stdout


def test_a_bad_configuration_is_the_first_finding(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZALO_APP_ID", "1")
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "ZALO_REFRESH_TOKEN" in result.stdout


@pytest.mark.parametrize("key", ["short", "c2hvcnQ=", "é" * 44])
def test_a_key_that_is_none_is_found(place: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("CHATBOT_SECRET_KEY", key)
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1, result.output
    assert "CHATBOT_SECRET_KEY must be base64 of 32 bytes" in result.stdout


def test_broken_content_is_found(place: Path) -> None:
    (place / "intents").mkdir()
    (place / "config.yaml").write_text(
        json.dumps({"intents": str(place / "intents"), "var": str(place / "v")}), "utf-8"
    )
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "chatbot check" in result.stdout


def test_an_old_database_is_found(place: Path) -> None:
    (place / "var").mkdir()
    (place / "var" / "chatbot.db").write_bytes(b"")
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "chatbot db upgrade" in result.stdout


def test_a_file_that_is_no_database_is_found(place: Path) -> None:
    (place / "var").mkdir()
    (place / "var" / "chatbot.db").write_bytes(b"this is no database" * 100)
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "file is not a database" in result.stdout
    upgrade = CliRunner().invoke(app, ["db", "upgrade"])
    assert (upgrade.exit_code, "file is not a database" in upgrade.stderr) == (1, True)


ZALO = {
    "ZALO_APP_ID": "1",
    "ZALO_APP_SECRET": "app-secret-of-a-test",
    "ZALO_OA_ID": "77",
    "ZALO_OA_SECRET_KEY": "oa-secret-of-a-test",
    "ZALO_REFRESH_TOKEN": "seed",
}


async def _stored(place: Path, state: str, days: int) -> None:
    """A grant in the database that was refreshed so many days ago."""
    engine = sqlite_engine(place / "var" / "chatbot.db")
    upgrade(engine)
    engine.dispose()
    store = await open_store(load_config(), utc_now)
    row = TokenRow(
        name="zalo:77",
        access_token="access-of-a-test",
        refresh_token="refresh-of-a-test",
        expires_at=utc_now() + timedelta(hours=20, minutes=1),
        refreshed_at=utc_now() - timedelta(days=days),
        version=1,
        state=state,
    )
    await store.put_token(row)
    await store.close()


@pytest.mark.parametrize(
    ("state", "days", "words", "code"),
    [
        ("good", 0, "mã truy cập còn 20 giờ", 0),
        ("good", 80, "mã làm mới chỉ còn 9 ngày", 1),
        ("unsure", 0, "thử lại mỗi 15 phút", 1),
        ("lost", 0, "không nhận mã làm mới", 1),
        ("revoked", 0, "gỡ quyền", 1),
    ],
)
def test_the_grant_is_told_and_how_to_consent_again(
    place: Path, monkeypatch: pytest.MonkeyPatch, state: str, days: int, words: str, code: int
) -> None:
    monkeypatch.setenv("COLUMNS", "900")
    for name, value in ZALO.items():
        monkeypatch.setenv(name, value)
    (place / "var").mkdir(exist_ok=True)
    asyncio.run(_stored(place, state, days))
    result = CliRunner().invoke(app, ["doctor"])
    assert words in result.stdout, result.stdout
    assert result.exit_code == code
    assert ("chatbot connect zalo" in result.stdout) is bool(code)
    assert "of-a-test" not in result.stdout


def test_a_grant_that_was_never_used_is_fine(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ZALO.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0, result.stdout
    assert "ZALO_REFRESH_TOKEN" in result.stdout
    assert not (place / "var" / "chatbot.db").exists()


def test_a_database_of_a_newer_program_asks_for_that_program(place: Path) -> None:
    assert CliRunner().invoke(app, ["db", "upgrade"]).exit_code == 0
    with closing(sqlite3.connect(place / "var" / "chatbot.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    result = CliRunner().invoke(app, ["doctor"])
    assert (result.exit_code, "chương trình mới hơn" in result.stdout) == (1, True)
    assert "db upgrade" not in result.stdout


def test_looking_changes_no_schema(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ZALO.items():
        monkeypatch.setenv(name, value)
    (place / "var").mkdir(exist_ok=True)
    engine = sqlite_engine(place / "var" / "chatbot.db")
    upgrade(engine, "0001")
    assert CliRunner().invoke(app, ["doctor"]).exit_code == 1
    assert current(engine) == "0001"
    engine.dispose()


def test_who_waits_and_what_was_given_up_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "900")
    assert CliRunner().invoke(app, ["db", "upgrade"]).exit_code == 0
    assert "không có ai chờ lâu" in CliRunner().invoke(app, ["doctor"]).stdout

    async def fill() -> None:
        store = await open_store(load_config(), utc_now)
        events = [
            Event(
                key=key, channel=ChannelName.ZALO, conversation="zalo:1:7", kind=EventKind.TEXT, at=utc_now(), text=key
            )
            for key in "ab"
        ]
        first, _ = await store.accept(events, utc_now() - timedelta(hours=1))
        assert first is not None
        await store.bury([first.id], Failure("ZeroDivisionError", 3))
        await store.close()

    asyncio.run(fill())
    told = CliRunner().invoke(app, ["doctor"])
    assert "1 mục đã bỏ cuộc" in told.stdout
    assert "Kênh zalo" in told.stdout
    assert "1 tin hoặc câu trả lời chờ từ" in told.stdout
    assert told.exit_code == 1
    for name, value in ZALO.items():
        monkeypatch.setenv(name, value)
    told = CliRunner().invoke(app, ["doctor"])
    assert "có người chờ trả lời" in told.stdout
    assert "Kênh zalo" not in told.stdout
    assert told.exit_code == 0


def test_on_postgresql_the_key_must_be_everybodys(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "900")
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:x@127.0.0.1:9/none")
    monkeypatch.delenv("CHATBOT_SECRET_KEY", raising=False)
    result = CliRunner().invoke(app, ["doctor"])
    assert "mọi máy phải dùng cùng khóa" in result.stdout
    assert result.stdout.count("127.0.0.1:9") == 1
