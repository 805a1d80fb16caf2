"""Other Messenger bots in the same harness: Bottender and Botkit from npm, with one fixed answer and no understanding.

They are installed into var/ (`npm install --ignore-scripts`), never kept here. Botkit always calls https: its Graph API
speaks TLS with a certificate of the moment.
"""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks import repeats
from benchmarks.certificate import certificate
from benchmarks.lab import Found, Lab
from benchmarks.load import Drive, drive
from benchmarks.measure import wait_for_quiet
from benchmarks.program import APP_ID, APP_SECRET, PAGE_ID, ROOT, Served, bot
from benchmarks.world import World, world
from tests.ports import free_port

HERE: Final = ROOT / "benchmarks" / "peers"
START_S: Final = 60.0
INSTALL_S: Final = 180.0
HOW_TO_INSTALL: Final = "not measured: needs node and npm"
ANSWER: Final = (
    "Dạ, mẹ sinh con được nghỉ 6 tháng, tính cả trước và sau khi sinh; sinh đôi trở lên thì từ con thứ hai mỗi con "
    "thêm 1 tháng ạ. Căn cứ: Điều 53 Luật BHXH 2024."
)
"""What the rivals answer to everything."""


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


async def measure(lab: Lab, found: Found) -> None:
    """Each one's replies a second against ours, its processor time, memory, and what it makes of repeats."""
    if sentence := missing():
        found.add("Rivals from npm", sentence)
        return
    home = await installed(lab)
    count = lab.pick(300, 1500, 4000)
    lab.say("rivals: ours first")
    async with world() as meta, bot(lab.folder / "ours", meta.url, lab.cache) as served:
        ours, cpu = await _drive(served, meta, lab.texts, count)
        found.add("Ours (understanding, SQLite, different questions): replies/s", f"{ours.rate:,.0f}")
        found.add("... processor time a reply, memory", f"{cpu:.2f} ms, {served.memory_mib:.0f} MiB")
        same, cpu = await _drive(served, meta, lab.texts[:1], count)
        found.add("Ours, the same question from everybody: replies/s; ms a reply", f"{same.rate:,.0f}; {cpu:.2f} ms")
    for rival in RIVALS:
        lab.say(f"rivals: {rival.name}")
        await _compare(rival, home, lab, found, ours, count)


def missing() -> str:
    """Why they cannot be run, or ""."""
    return HOW_TO_INSTALL if shutil.which("npm") is None or shutil.which("node") is None else ""


async def installed(lab: Lab) -> Path:
    """The packages, installed again only when package.json changed. Raises RuntimeError, TimeoutError."""
    home = ROOT / "var" / "benchmark-peers"
    wanted = (HERE / "package.json").read_bytes()
    shutil.copytree(HERE, home, dirs_exist_ok=True)
    mark = home / ".installed"
    if mark.exists() and mark.read_bytes() == wanted:
        return home
    lab.say("rivals: npm install (once)")
    command = ("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    process = await asyncio.create_subprocess_exec(*command, cwd=home, stderr=asyncio.subprocess.PIPE)
    try:
        async with asyncio.timeout(INSTALL_S):
            _, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise RuntimeError(f"npm install failed: {said.decode()[-500:]}")
    mark.write_bytes(wanted)
    return home


async def _compare(rival: Rival, home: Path, lab: Lab, found: Found, ours: Drive, count: int) -> None:
    async with rival_world(rival, lab.folder) as meta, started(rival, home, meta) as served:
        seen, cpu = await _drive(served, meta, ["xin chào"], count)
        memory = served.memory_mib
        repeated = await repeats.replies_to_each(served.origin, meta)
    times = ours.rate / seen.rate
    found.add(
        f"{rival.name}: replies/s, no store, no understanding",
        f"{seen.rate:,.0f}; ours {times:.2f} times",
        f"ours >= {rival.times:g} times",
        times >= rival.times,
    )
    found.add("... processor time a reply, memory", f"{cpu:.2f} ms, {memory:.0f} MiB")
    found.add("... the same event 5 times: replies", f"{repeated:g}")


async def _drive(served: Served, meta: World, texts: "tuple[str, ...] | list[str]", count: int) -> tuple[Drive, float]:
    """Warm, then measured; also the milliseconds of processor time a reply."""
    await drive(served.origin, meta, texts, count // 4)
    await asyncio.to_thread(wait_for_quiet)
    used = served.cpu_seconds
    seen = await drive(served.origin, meta, texts[count // 4 :] or texts, count)
    return seen, (served.cpu_seconds - used) / count * 1000


@asynccontextmanager
async def rival_world(rival: Rival, folder: Path) -> AsyncIterator[World]:
    """The Graph API as the rival can reach it."""
    async with world(certificate(folder) if rival.tls else None) as meta:
        yield meta


@asynccontextmanager
async def started(rival: Rival, home: Path, meta: World, *, think_ms: int = 0) -> AsyncIterator[Served]:
    """The rival on a free port, thinking so long before each answer; it is killed at the end."""
    port = free_port()
    place = home / rival.folder
    if place != home and not (place / "node_modules").exists():
        (place / "node_modules").symlink_to(home / "node_modules")
    command = [part.format(port=port) for part in rival.command]
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=place,
        env={**_environment(port, meta), "THINK_MS": str(think_ms)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        await _until_it_listens(process, port)
        yield Served((process,), f"http://127.0.0.1:{port}")
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _environment(port: int, meta: World) -> Mapping[str, str]:
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
        "ANSWER": ANSWER,
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
