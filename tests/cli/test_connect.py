"""`chatbot connect zalo | messenger`: joins an OA and a Page, explained step by step and safe to repeat."""

import asyncio
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chatbot.cli.main import app
from tests.app.process import Machine, machine

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> tuple[int, str]:
    """The command's end and all it said."""
    result = CliRunner().invoke(app, ["connect", *arguments])
    return result.exit_code, result.output


def settle_in(world: Machine, monkeypatch: pytest.MonkeyPatch, *, without: str = "-") -> None:
    """Put the process into the folder, with the simulated platforms' settings."""
    for name, value in {**world.environment, "PUBLIC_URL": "https://bot.example.vn", "COLUMNS": "200"}.items():
        if not name.startswith(without):
            monkeypatch.setenv(name, value)
    monkeypatch.chdir(world.folder)


def test_without_settings_it_says_which_to_fill() -> None:
    assert run("zalo")[0] == 2
    code, said = run("messenger")
    assert (code, "MESSENGER_*" in said) == (2, True)


async def test_the_steps_for_zalo_end_in_a_link_to_consent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with machine(tmp_path) as world:
        settle_in(world, monkeypatch, without="ZALO_REFRESH_TOKEN")
        code, said = await in_thread("zalo")
        assert code == 0, said
        link = re.search(r"http\S+/v4/oa/permission\?\S+", said.replace("\n", ""))
        assert link
        assert "code_challenge=" in link[0]
        assert "https://bot.example.vn/webhooks/zalo" in said
        code, said = await in_thread("zalo", "--verifier", "zalo_verifierAbC.html")
        assert (code, "zalo_verifier" in said) == (0, True)
        code, said = await in_thread("zalo", "--code", "https://bot.example.vn/connect/zalo?code=x&state=unknown")
        assert (code, "Không thấy lần xin quyền này" in said) == (2, True)


@pytest.mark.parametrize("code", ["abc", "https://bot.example.vn/connect/zalo?code=x"])
async def test_a_code_without_its_state_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    async with machine(tmp_path) as world:
        settle_in(world, monkeypatch)
        ended, said = await in_thread("zalo", "--code", code)
        assert (ended, "state=" in said) == (2, True)


async def test_the_page_is_subscribed_and_its_profile_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with machine(tmp_path) as world:
        settle_in(world, monkeypatch)
        (tmp_path / "config.yaml").write_text(
            json.dumps({"intents": str(ROOT / "intents"), "var": str(ROOT / "var")}), "utf-8"
        )
        for _ in range(2):
            code, said = await in_thread("messenger")
            assert code == 0, said
        assert "messages" in world.messenger.api.subscribed
        assert {"greeting", "get_started"} <= set(world.messenger.api.profile)
        world.messenger.expire_token()
        code, said = await in_thread("messenger")
        assert (code, "190" in said) == (1, True)


async def in_thread(*arguments: str) -> tuple[int, str]:
    """The command beside the platforms' loop."""
    return await asyncio.to_thread(run, *arguments)
