"""Forgetting one citizen beside the running bot: by an operator, by chat, by Zalo's withdrawal of consent."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chatbot.app import load_brain
from chatbot.cli.main import app
from chatbot.config import Settings
from tests.app.whole import Whole, whole_bot

ROOT = Path(__file__).parents[2]
WHO, OTHER = "76110001", "76110002"
WORDS = "con gái út nhà tôi quên mật khẩu vssid mà không có email"
TABLES = ("conversation", "turn", "outbox")


@pytest.fixture
async def talked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Whole]:
    """A running bot with two conversations on Zalo."""
    brain = load_brain(Settings(intents=ROOT / "intents", var=ROOT / "var"))
    async with whole_bot(tmp_path, brain) as whole:
        for who in (WHO, OTHER):
            await whole.zalo.text(who, f"{WORDS} {who[-1]}")
        await whole.settle()
        for name, value in whole.zalo.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{whole.database}")
        yield whole


def on_disk(whole: Whole) -> bytes:
    return b"".join(path.read_bytes() for path in whole.database.parent.iterdir() if path.is_file())


def kept(whole: Whole, who: str) -> int:
    queries = (f"SELECT * FROM {table}" for table in TABLES)
    return sum(who in str(row) for query in queries for row in whole.rows(query))


async def test_an_operator_erases_one_citizen_and_nobody_else(talked: Whole) -> None:
    assert kept(talked, WHO)
    result = await asyncio.to_thread(CliRunner().invoke, app, ["erase", "zalo", WHO, "--yes"])
    assert result.exit_code == 0, result.stderr
    assert "Đã xóa" in result.stdout
    assert kept(talked, WHO) == 0
    assert kept(talked, OTHER) > 0
    assert f"{WORDS} 1".encode() not in on_disk(talked)
    assert f"{WORDS} 2".encode() in on_disk(talked)
    hashed = talked.rows("SELECT event_key FROM inbox")
    assert len(hashed) >= 2, "hashed keys stay, so that a repeat stays a repeat"
    assert WHO.encode() not in on_disk(talked)


async def test_by_chat_the_conversation_is_forgotten(talked: Whole) -> None:
    await talked.zalo.text(WHO, "xóa dữ liệu của tôi")
    await talked.settle()
    assert "em xóa phần trò chuyện ngay" in talked.heard[-1]
    assert f"{WORDS} 1".encode() not in on_disk(talked)
    assert f"{WORDS} 2".encode() in on_disk(talked)


async def test_a_consent_taken_back_is_silence_and_no_bytes(talked: Whole) -> None:
    said = len(talked.heard)
    await talked.zalo.withdraw(WHO)
    await talked.settle()
    assert len(talked.heard) == said
    assert f"{WORDS} 1".encode() not in on_disk(talked)
    assert f"{WORDS} 2".encode() in on_disk(talked)


async def test_nobody_of_this_name(talked: Whole) -> None:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["erase", "zalo", "99999", "--yes"])
    assert (result.exit_code, "Không có gì" in result.stdout) == (0, True)
