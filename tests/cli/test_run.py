"""`chatbot run`: what it refuses to start with, and what it says then."""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path

import aiohttp
import pytest
from typer.testing import CliRunner

from chatbot.cli.main import app
from tests.ports import free_port

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.20", "::", "example.vn", "1.1.1.1"])  # noqa: S104 - refused
def test_the_simulator_refuses_a_host_that_others_can_reach(host: str) -> None:
    result = CliRunner().invoke(app, ["run", "--simulator", "--host", host])
    assert result.exit_code == 2
    assert "chỉ chạy trên máy này" in result.stderr
    assert host in result.stderr


def test_a_taken_port_is_said_at_once() -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        port = str(door.getsockname()[1])
        result = CliRunner().invoke(app, ["run", "--simulator", "--port", port])
    assert result.exit_code == 1
    assert f"Không mở được 127.0.0.1:{port}" in result.stderr
    assert "--port" in result.stderr


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_a_port_that_is_none_is_a_sentence(port: str) -> None:
    result = CliRunner().invoke(app, ["run", "--simulator", "--port", port])
    assert (result.exit_code, "--port" in result.stderr) == (2, True)


def test_half_a_channel_is_refused_before_anything_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZALO_APP_ID", "1")
    monkeypatch.setenv("MESSENGER_PAGE_ID", "2")
    result = CliRunner().invoke(app, ["run"])
    assert result.exit_code == 2
    for name in ("ZALO_REFRESH_TOKEN", "MESSENGER_APP_SECRET"):
        assert name in result.stderr


def test_a_missing_configuration_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATBOT_CONFIG", str(tmp_path / "none.yaml"))
    result = CliRunner().invoke(app, ["run"])
    assert (result.exit_code, "not found" in result.stderr) == (2, True)


@pytest.mark.parametrize("command", ["run", "web", "worker"])
def test_a_server_that_cannot_be_reached_is_a_sentence(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://u:secret@127.0.0.1:{free_port()}/db")
    result = CliRunner().invoke(app, [command, "--port", "0"])
    assert result.exit_code == 1
    assert "cannot be reached" in result.stderr
    assert "secret" not in result.stderr


@pytest.mark.parametrize("command", ["web", "worker"])
def test_the_halves_need_postgresql(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///var/chatbot.db")
    result = CliRunner().invoke(app, [command, "--port", "0"])
    assert result.exit_code == 2
    assert "DATABASE_URL=postgresql://" in result.stderr


async def get(url: str) -> tuple[int, str]:
    """GET; 0 when nobody listens."""
    try:
        async with aiohttp.ClientSession() as http, http.get(url) as response:
            return response.status, await response.text()
    except aiohttp.ClientError:
        return 0, ""


async def test_the_simulator_runs_answers_and_stops(tmp_path: Path) -> None:
    """The command that the README begins with, as a process in a folder of its own."""
    port = free_port()
    config = tmp_path / "config.yaml"
    config.write_text(json.dumps({"intents": str(ROOT / "intents"), "var": str(ROOT / "var")}), "utf-8")
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    env = {**plain, "CHATBOT_CONFIG": str(config), "PYTHONPATH": str(ROOT), "ZALO_APP_ID": "ignored here"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chatbot", "run", "--simulator", "--port", str(port)),
        cwd=tmp_path,
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(150):
            while (await get(f"{base}/readyz"))[0] != 200:
                assert process.returncode is None
                await asyncio.sleep(0.1)
        assert (await get(f"{base}/simulator"))[0] == 200
        wish = {"channel": "zalo", "citizen": "7610001", "act": "text", "text": "xin chào"}
        async with aiohttp.ClientSession() as http, http.post(f"{base}/simulator/act", json=wish) as response:
            assert await response.json() == {"accepted": True, "status": 200}
        async with asyncio.timeout(20):
            while 'chatbot_sends_total{channel="zalo",result="sent"} 1' not in (await get(f"{base}/metrics"))[1]:
                await asyncio.sleep(0.05)
    finally:
        process.send_signal(signal.SIGTERM)
        said, logged = await asyncio.wait_for(process.communicate(), 10)
        assert process.returncode == 0
    assert f"Mở {base}/simulator" in said.decode()
    assert [json.loads(line)["event"] for line in logged.splitlines()][-2:] == ["stopping", "stopped"]
    assert (tmp_path / "var" / "simulator.db").exists()
