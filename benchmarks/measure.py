"""Measuring fairly: percentiles, a quiet second before each run, the machine's description, one result."""

import asyncio
import os
import platform
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

QUIET_SHARE: Final = 0.85
"""Idle share of the machine that counts as quiet."""
PATIENCE_S: Final = 8.0
"""How long a quiet second is waited for before measuring anyway."""


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table. `met` is None where there is no goal."""

    what: str
    value: str
    goal: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        """For people."""
        return {True: "met", False: "**missed**", None: ""}[self.met]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie (nearest rank). Raises ValueError for no values."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def idle_share(seconds: float = 1.0) -> float:
    """The idle share of all cores over so many seconds (Linux)."""
    before = _jiffies()
    time.sleep(seconds)
    after = _jiffies()
    spent = [late - early for early, late in zip(before, after, strict=True)]
    return (spent[3] + spent[4]) / max(1, sum(spent))


def _jiffies() -> list[int]:
    return [int(word) for word in Path("/proc/stat").read_text("ascii").splitlines()[0].split()[1:9]]


def wait_for_quiet() -> bool:
    """Wait for a quiet second, at most PATIENCE_S. Was there one?"""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if idle_share() >= QUIET_SHARE:
            return True
    return False


def memory_mib(pid: int) -> float:
    """Resident memory of a process, in MiB (Linux)."""
    return _status_mib(pid, "VmRSS:")


def peak_memory_mib(pid: int) -> float:
    """The most it was so far. `getrusage` would tell of whoever started the process, too, if that was larger."""
    return _status_mib(pid, "VmHWM:")


def _status_mib(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    raise ValueError(f"process {pid} has no memory")


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used, in seconds (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_seconds_of_all(name: str) -> float:
    """The same of every process of a name, as a database server's (Linux)."""
    used = 0.0
    for found in Path("/proc").glob("[0-9]*/comm"):
        with suppress(OSError, ValueError):
            if found.read_text("utf-8").strip() == name:
                used += cpu_seconds(int(found.parent.name))
    return used


@dataclass(slots=True)
class Peak:
    """The highest value seen."""

    value: float = 0.0


@asynccontextmanager
async def peak_of(read: Callable[[], float], every_s: float = 0.2) -> AsyncIterator[Peak]:
    """Watch a value while the block runs."""
    peak = Peak(read())

    async def watch() -> None:
        while True:
            peak.value = max(peak.value, read())
            await asyncio.sleep(every_s)

    watching = asyncio.create_task(watch())
    try:
        yield peak
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


def slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    """The least-squares slope of ys over xs. Raises ValueError for fewer than two different xs."""
    mean_x, mean_y = sum(xs) / max(1, len(xs)), sum(ys) / max(1, len(ys))
    spread = sum((x - mean_x) ** 2 for x in xs)
    if not spread:
        raise ValueError("a slope needs two different xs")
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread


def distribution(values: Sequence[float], points: int = 200) -> tuple[list[float], list[float]]:
    """The values and the percentage at or below them, thinned for a plot (the largest is kept)."""
    ordered = sorted(values)
    step = max(1, len(ordered) // points)
    places = sorted({*range(0, len(ordered), step), len(ordered) - 1})
    return [ordered[place] for place in places], [100 * (place + 1) / len(ordered) for place in places]


def commit() -> str:
    """The program's commit, marked when files differ from it; "unknown" outside a repository."""
    here = Path(__file__).parent
    try:
        asked = ("git", "describe", "--always", "--abbrev=9", "--dirty=+changes", "--exclude=*")
        return subprocess.run(asked, cwd=here, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def cpu_count() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0))


def machine() -> list[str]:
    """What it ran on."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    libraries = ", ".join(f"{name} {version(name)}" for name in ("aiohttp", "SQLAlchemy", "msgspec", "numpy"))
    return [
        f"{cpu}, {cpu_count()} cores",
        f"{platform.system()} {platform.release()}",
        f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}, {libraries}",
    ]
