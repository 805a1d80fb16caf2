"""The program under test as a process of its own: the real `chatbot run`, or one of the servers for comparison."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
import yaml

from benchmarks.measure import cpu_seconds, memory_mib
from tests.ports import free_port

ROOT: Final = Path(__file__).parents[1]
APP_SECRET: Final = "benchmark-app-secret"  # noqa: S105 - opens nothing
PAGE_ID: Final = "100000000000101"
APP_ID: Final = "700000000000007"
NOWHERE: Final = "http://127.0.0.1:9"
"""A Graph API that nobody is at."""
SAID: Final = 600
"""Characters of its last words that an error repeats."""
STOP_S: Final = 30.0
"""After SIGTERM; then it is killed."""
START_S: Final = 240.0
"""Cold training included."""


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


async def until_ready(process: asyncio.subprocess.Process, url: str, said: Path) -> None:
    """Wait for the process's first 200. Raises RuntimeError with what it `said` when it ends instead."""
    async with asyncio.timeout(START_S), aiohttp.ClientSession() as http:
        while process.returncode is None:
            try:
                async with http.get(url) as response:
                    if response.status == 200:  # noqa: PLR2004 - HTTP's OK
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.01)
    last = (await asyncio.to_thread(said.read_text, "utf-8", "replace")).strip()[-SAID:]
    raise RuntimeError(f"the program ended with {process.returncode} before it was ready: {last}")


@asynccontextmanager
async def started(
    command: Sequence[str], env: Mapping[str, str], url: str, said: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that is ready; what it says on stderr goes to the file `said`. It is stopped at the end."""
    with said.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=dict(env), stdout=asyncio.subprocess.DEVNULL, stderr=errors
        )
    try:
        await until_ready(process, url, said)
        yield process
    finally:
        await _stopped(process)


async def _stopped(process: asyncio.subprocess.Process) -> None:
    """SIGTERM; one that does not end is killed."""
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


@dataclass(frozen=True, slots=True)
class Served:
    """A bot of one or more processes (the webhook's first) that answers at `origin`."""

    processes: tuple[asyncio.subprocess.Process, ...]
    origin: str

    @property
    def cpu_seconds(self) -> float:
        """Processor time used so far, all processes together."""
        return sum(cpu_seconds(process.pid) for process in self.processes)

    @property
    def memory_mib(self) -> float:
        """Resident memory, all processes together."""
        return sum(memory_mib(process.pid) for process in self.processes)

    async def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        for process in self.processes:
            process.kill()
            await process.wait()


def bot(folder: Path, api_url: str, cache: Path | None, database_url: str = "") -> AbstractAsyncContextManager[Served]:
    """`chatbot run` on a free port, with SQLite or the given database."""
    return _served(("chatbot", "run", "--port"), folder, api_url, cache, database_url, "readyz")


def server(
    mode: str, folder: Path, api_url: str = NOWHERE, cache: Path | None = None
) -> AbstractAsyncContextManager[Served]:
    """`benchmarks.server` in a mode ("bare", "intake", "memory") on a free port."""
    return _served(("benchmarks.server", mode), folder, api_url, cache, "", "healthz")


@asynccontextmanager
async def halves(folder: Path, api_url: str, cache: Path, database_url: str, workers: int) -> AsyncIterator[Served]:
    """`chatbot web` and so many `chatbot worker`, on one PostgreSQL database that has the schema."""
    async with AsyncExitStack() as undo:
        made: list[Served] = []
        for name in ("web", *["worker"] * workers):
            command = ("chatbot", name, "--port")
            made.append(
                await undo.enter_async_context(_served(command, folder, api_url, cache, database_url, "readyz"))
            )
        yield Served(tuple(process for one in made for process in one.processes), made[0].origin)


@asynccontextmanager
async def _served(
    command: Sequence[str], folder: Path, api_url: str, cache: Path | None, database_url: str, ready: str
) -> AsyncIterator[Served]:
    """`python -m command PORT` until it is ready."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    env = environment(write_config(folder, cache), api_url)
    if database_url:
        env["DATABASE_URL"] = database_url
    said = folder / f"stderr-{port}"
    async with started((sys.executable, "-m", *command, str(port)), env, f"{origin}/{ready}", said) as process:
        yield Served((process,), origin)
