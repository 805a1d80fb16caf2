"""The program under test as a process of its own: the real `chatbot run`, or one of the servers for comparison."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp
import yaml

ROOT: Final = Path(__file__).parents[1]
APP_SECRET: Final = "benchmark-app-secret"  # noqa: S105 - opens nothing
PAGE_ID: Final = "100000000000101"
APP_ID: Final = "700000000000007"
START_S: Final = 240.0
"""Cold training included."""


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


def write_config(folder: Path, model_cache: Path | None = None) -> Path:
    """A config.yaml in the folder: no settle window, no limits on people or sends. `model_cache` links a cache."""
    var = folder / "var"
    var.mkdir(parents=True, exist_ok=True)
    if model_cache is not None and not (var / "model").exists():
        (var / "model").symlink_to(model_cache)
    settings = {
        "var": str(var),
        "intents": str(ROOT / "intents"),
        "lanes": {"settle_ms": 0},
        "rate_limit": {"per_minute": 1_000_000},
        "messenger": {"sends_per_second": 100_000},
        "log": {"level": "ERROR"},
    }
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(settings), "utf-8")
    return path


def environment(config: Path, api_url: str) -> dict[str, str]:
    """The settings of a bot with a Page, whose Graph API is at `api_url`."""
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "PYTHONPATH": str(ROOT),
        "CHATBOT_CONFIG": str(config),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MESSENGER_PAGE_ID": PAGE_ID,
        "MESSENGER_APP_ID": APP_ID,
        "MESSENGER_APP_SECRET": APP_SECRET,
        "MESSENGER_VERIFY_TOKEN": "benchmark",
        "MESSENGER_PAGE_ACCESS_TOKEN": "benchmark",
        "MESSENGER_API_URL": api_url,
    }


async def until_ready(process: asyncio.subprocess.Process, url: str) -> None:
    """Wait for the process's first 200. Raises RuntimeError when it ends instead."""
    async with asyncio.timeout(START_S), aiohttp.ClientSession() as http:
        while process.returncode is None:
            try:
                async with http.get(url) as response:
                    if response.status == 200:  # noqa: PLR2004 - HTTP's OK
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.01)
    said = (await process.stderr.read()).decode() if process.stderr else ""
    raise RuntimeError(f"the program ended with {process.returncode} before it was ready: {said[-1500:]}")


@asynccontextmanager
async def started(
    command: Sequence[str], env: Mapping[str, str], url: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that is ready; it is stopped at the end."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=dict(env), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    try:
        await until_ready(process, url)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


@asynccontextmanager
async def bot(folder: Path, api_url: str, cache: Path | None) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """`chatbot run` on a free port: the process and its origin."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    command = (sys.executable, "-m", "chatbot", "run", "--port", str(port))
    env = environment(write_config(folder, cache), api_url)
    async with started(command, env, f"{origin}/readyz") as process:
        yield process, origin


@asynccontextmanager
async def server(mode: str, folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """`benchmarks.server` in a mode ("bare", "intake") on a free port: the process and its origin."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    command = (sys.executable, "-m", "benchmarks.server", mode, str(port))
    env = environment(write_config(folder), "http://127.0.0.1:9")
    async with started(command, env, f"{origin}/healthz") as process:
        yield process, origin
