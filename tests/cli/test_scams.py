"""`chatbot scams`: what staff see of the frauds that citizens told of."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chatbot.app import load_brain
from chatbot.cli.main import app
from chatbot.config import Settings
from tests.app.whole import whole_bot

ROOT = Path(__file__).parents[2]


async def test_indicators_are_listed_and_private_numbers_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brain = load_brain(Settings(intents=ROOT / "intents", var=ROOT / "var"))
    async with whole_bot(tmp_path, brain) as whole:
        await whole.zalo.text("7611", "trang bhxh.co có phải thật không")
        await whole.messenger.text("8611", "bhxh.co là gì")
        await whole.zalo.text("7612", "số 0912345678 gọi xưng bhxh bảo tôi đọc otp, tôi đọc cho nó rồi")
        await whole.settle()
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{whole.database}")
        listed = await asyncio.to_thread(CliRunner().invoke, app, ["scams"])
        lines = await asyncio.to_thread(CliRunner().invoke, app, ["scams", "--json"])
    assert listed.exit_code == 0, listed.stderr
    assert "bhxh[.]co" in listed.stdout
    rows = [json.loads(line) for line in lines.stdout.splitlines()]
    assert (rows[0]["shown"], rows[0]["times"], rows[0]["verdict"]) == ("bhxh[.]co", 2, "known_fake")
    assert "di động" in {row["shown"] for row in rows}
    assert "0912345678" not in lines.stdout


def test_before_the_first_message_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'chatbot.db'}")
    result = CliRunner().invoke(app, ["scams"])
    assert (result.exit_code, "chạy `chatbot run` trước" in result.stderr) == (2, True)
