"""`chatbot doctor`: everything it looks at, and what it says where something is not right."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chatbot.cli.main import app

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
