"""Other Messenger bots in the same harness: Bottender and Botkit from npm, with one fixed answer and no understanding.

They are installed into var/ (`npm install --ignore-scripts`), never kept here. Botkit always calls https: its Graph API
speaks TLS with a certificate of the moment.
"""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks import repeats
from benchmarks.certificate import certificate
from benchmarks.measure import Result, cpu_seconds, memory_mib, wait_for_quiet
from benchmarks.program import APP_ID, APP_SECRET, PAGE_ID, ROOT, free_port
from benchmarks.replies import Drive, drive
from benchmarks.world import World, world

HERE: Final = ROOT / "benchmarks" / "peers"
START_S: Final = 60.0
HOW_TO_INSTALL: Final = "not measured: needs node and npm"


@dataclass(frozen=True, slots=True)
class Rival:
    """A program to compare with: how many times our replies a second are wanted, how it is started, and where."""

    name: str
    times: float
    command: tuple[str, ...]
    folder: str
    tls: bool = False


RIVALS: Final = (
    Rival("Bottender 1.5.5", 2.0, ("node_modules/.bin/bottender", "start", "-p", "{port}"), "bottender"),
    Rival("Botkit 4.15.0", 2.5, ("node", "botkit.js"), ".", tls=True),
)


async def measure(folder: Path, ours: Drive, answer: str, count: int, say: Callable[[str], None]) -> list[Result]:
    """Each rival's replies a second against `ours`, its processor time, memory, and what it makes of repeats."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        return [Result("Rivals from npm", HOW_TO_INSTALL)]
    say("rivals: npm install (once)")
    home = await _installed(ROOT / "var" / "benchmark-peers")
    found: list[Result] = []
    for rival in RIVALS:
        found += await _compare(rival, home, folder, ours, answer, count, say)
    return found


async def _installed(home: Path) -> Path:
    """The packages, installed again only when package.json changed. Raises RuntimeError."""
    wanted = (HERE / "package.json").read_bytes()
    shutil.copytree(HERE, home, dirs_exist_ok=True)
    mark = home / ".installed"
    if mark.exists() and mark.read_bytes() == wanted:
        return home
    command = ("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    process = await asyncio.create_subprocess_exec(*command, cwd=home, stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"npm install failed: {said.decode()[-500:]}")
    mark.write_bytes(wanted)
    return home


async def _compare(
    rival: Rival, home: Path, folder: Path, ours: Drive, answer: str, count: int, say: Callable[[str], None]
) -> list[Result]:
    say(f"rival: {rival.name}")
    tls = certificate(folder) if rival.tls else None
    async with world(tls) as meta, _started(rival, home, meta, answer) as (process, origin):
        await drive(origin, meta, ["xin chào"], count // 4)
        await asyncio.to_thread(wait_for_quiet)
        used = cpu_seconds(process.pid)
        seen = await drive(origin, meta, ["xin chào"], count)
        used = cpu_seconds(process.pid) - used
        memory = memory_mib(process.pid)
        repeated = await repeats.replies_to_each(origin, meta)
    times = ours.rate / seen.rate
    return [
        Result(
            f"{rival.name}: replies/s, no store, no understanding",
            f"{seen.rate:,.0f}; ours {times:.2f} times",
            f"ours >= {rival.times:g} times",
            times >= rival.times,
        ),
        Result("... processor time a reply, memory", f"{used / count * 1000:.2f} ms, {memory:.0f} MiB"),
        Result("... the same event 5 times: replies", f"{repeated:g}"),
    ]


@asynccontextmanager
async def _started(
    rival: Rival, home: Path, meta: World, answer: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """The rival on a free port: its process and origin; it is killed at the end."""
    port = free_port()
    place = home / rival.folder
    if place != home and not (place / "node_modules").exists():
        (place / "node_modules").symlink_to(home / "node_modules")
    command = [part.format(port=port) for part in rival.command]
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=place,
        env=_environment(port, meta, answer),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        await _until_it_listens(process, port)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _environment(port: int, meta: World, answer: str) -> Mapping[str, str]:
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "PORT": str(port),
        "NODE_ENV": "production",
        "NODE_TLS_REJECT_UNAUTHORIZED": "0",
        "MESSENGER_PAGE_ID": PAGE_ID,
        "MESSENGER_APP_ID": APP_ID,
        "MESSENGER_APP_SECRET": APP_SECRET,
        "MESSENGER_VERIFY_TOKEN": "benchmark",
        "MESSENGER_PAGE_ACCESS_TOKEN": "benchmark",
        "MESSENGER_API_URL": meta.url,
        "API_HOST": meta.url.partition("://")[2],
        "ANSWER": answer,
    }


async def _until_it_listens(process: asyncio.subprocess.Process, port: int) -> None:
    """Raises RuntimeError when it ends instead, TimeoutError when it takes too long."""
    async with asyncio.timeout(START_S):
        while process.returncode is None:
            try:
                _, door = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                door.close()
                return
    raise RuntimeError(f"the rival ended with {process.returncode}")
