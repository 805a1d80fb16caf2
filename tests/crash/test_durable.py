"""A 200 means "on disk": between reading a webhook and answering it, a sync of the database ended. Asked of the kernel.

With strace where it may trace, else with a recorder in front of libc (needs gcc), else it is not proved here.
"""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.crash.world import World, world

ROOT = Path(__file__).parents[2]
CALLS = "fsync,fdatasync,recvfrom,sendto"
ROUNDS = 12
VOLLEYS, AT_ONCE = 5, 24
_MARKS = (
    ("asked", re.compile(r'"POST /webhooks')),
    ("synced", re.compile(r"(?:(?:fsync|fdatasync)\([^)]*\)|<\.\.\. (?:fsync|fdatasync) resumed>\)) += 0")),
    ("answered", re.compile(r'sendto\(.*"HTTP/1\.1 200')),
)


def can_trace() -> bool:
    """Is strace there, and allowed to?"""
    if shutil.which("strace") is None:
        return False
    return (
        subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], check=False, capture_output=True).returncode == 0
    )


def marks_of_strace(text: str) -> list[str]:
    """The order of events in a trace."""
    return [name for line in text.splitlines() for name, pattern in _MARKS if pattern.search(line)]


@asynccontextmanager
async def recorded(here: World, folder: Path, way: str) -> AsyncIterator[Callable[[], list[str]]]:
    """The victim as a program of its own, with its calls on record."""
    orders, record = folder / "orders.json", folder / "record.txt"
    here.orders().save(orders)
    program = [sys.executable, "-m", "tests.crash.victim", str(orders)]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    if way == "strace":
        program = ["strace", "-f", "-qq", "-s", "24", "-e", f"trace={CALLS}", "-o", str(record), *program]
    else:
        library = folder / "recorder.so"
        source = Path(__file__).with_name("recorder.c")
        compiler = await asyncio.create_subprocess_exec("gcc", "-shared", "-fPIC", "-o", library, source, "-ldl")
        assert await compiler.wait() == 0
        environment |= {"LD_PRELOAD": str(library), "RECORDER_FILE": str(record)}
    process = await asyncio.create_subprocess_exec(*program, env=environment, cwd=ROOT, start_new_session=True)
    try:
        await here.until_ready(60)
        read = marks_of_strace if way == "strace" else str.splitlines
        yield lambda: list(read(record.read_text("utf-8", "replace")))
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # strace would wait for its victim
        await process.wait()


@pytest.mark.parametrize("way", ["strace", "recorder"])
async def test_a_sync_of_the_disk_stands_before_every_200(tmp_path: Path, way: str) -> None:
    if way == "strace" and not can_trace():
        pytest.skip("strace is missing or may not trace here; the recorder proves the same")
    if way == "recorder":
        _need_gcc()
    async with world(tmp_path) as here, recorded(here, tmp_path, way) as marks:
        before = len(marks())
        for number in range(ROUNDS):  # events that need no turn: nothing but their own commit syncs the disk
            seen = here.zalo.events.seen("z1", [f"m{number}"])
            assert (await here.zalo.deliver(seen)).accepted
        found = [mark.partition(" ")[0] for mark in marks()[before:]]
    told = [mark for mark in found if mark in {"asked", "answered"}]
    assert told == ["asked", "answered"] * ROUNDS, found
    for place, mark in enumerate(found):
        if mark == "answered":
            since_asked = found[max(i for i in range(place) if found[i] == "asked") : place]
            assert "synced" in since_asked, found


def _need_gcc() -> None:
    if shutil.which("gcc") is None:
        sentence = "gcc is missing: the recorder in front of libc cannot be built"
        pytest.fail(sentence) if os.environ.get("CI_REQUIRE_ALL") == "1" else pytest.skip(sentence)


async def test_a_sync_that_began_after_it_stands_before_every_200_of_a_batch(tmp_path: Path) -> None:
    """Many webhooks at once share commits; none of them is answered by a sync that was under way when it was read."""
    _need_gcc()
    async with world(tmp_path) as here, recorded(here, tmp_path, "recorder") as marks:
        before = len(marks())
        for volley in range(VOLLEYS):
            seen = [here.zalo.events.seen("z1", [f"m{volley}.{number}"]) for number in range(AT_ONCE)]
            assert all(one.accepted for one in await asyncio.gather(*map(here.zalo.deliver, seen)))
        found = marks()[before:]
    syncs = [place for place, mark in enumerate(found) if mark == "syncing"]
    open_since: dict[str, int] = {}
    answered = 0
    for place, (mark, _, socket) in enumerate(one.partition(" ") for one in found):
        if mark == "asked":
            open_since[socket] = place
        elif mark == "answered":
            answered += 1
            began = next((sync for sync in syncs if sync > open_since[socket]), place)
            assert "synced" in found[began:place], found[open_since[socket] : place + 1]
    assert answered == VOLLEYS * AT_ONCE
    assert len(syncs) < answered, "they did not share commits: nothing was proved"
