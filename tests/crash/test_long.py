"""The long form that is ended in the middle leaves nothing behind: no server, no victim, no folder."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.crash.server import PREFIX, remove_orphans, required_programs

ROOT: Final = Path(__file__).parents[2]
VICTIMS: Final = 4


def _processes(folder: Path) -> list[int]:
    """Who has this folder for its temporary files; the database server forgets it, but has a pid file there."""
    files = [path.read_text("utf-8").split() for path in folder.glob(f"{PREFIX}*/data/postmaster.pid")]
    found = [int(words[0]) for words in files if words]
    for path in Path("/proc").glob("[0-9]*"):
        try:
            environment = (path / "environ").read_bytes()
        except OSError:  # it has just ended
            continue
        if f"TMPDIR={folder}".encode() in environment:
            found.append(int(path.name))
    return [pid for pid in set(found) if Path(f"/proc/{pid}").exists()]


@contextmanager
def _open_folder() -> Iterator[Path]:
    """One that the server's own user may enter, too. In the end no server's folder is in it."""
    made = Path(tempfile.mkdtemp(prefix="crash-long-"))
    made.chmod(0o755)
    yield made
    left = list(made.glob(f"{PREFIX}*"))
    shutil.rmtree(made)
    assert not left


@pytest.mark.slow
async def test_nothing_stays_behind() -> None:
    """Of one that was killed the victims die at once; the next start stops its server."""
    required_programs()
    await asyncio.gather(_end(signal.SIGTERM), _end(signal.SIGKILL))


async def _end(number: signal.Signals) -> None:
    program = [sys.executable, "-m", "tests.crash.long", "--kills", "1000", "--store", "postgresql"]
    with _open_folder() as folder:
        quiet, environment = asyncio.subprocess.DEVNULL, os.environ | {"TMPDIR": str(folder)}
        process = await asyncio.create_subprocess_exec(*program, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet)
        async with asyncio.timeout(60):
            while len(_processes(folder)) < 3 + VICTIMS:  # itself, the server, whoever starts the victims
                await asyncio.sleep(0.1)
            process.send_signal(number)
            status = await process.wait()
            if number is signal.SIGKILL:
                while len(_processes(folder)) > 1:
                    await asyncio.sleep(0.05)
                remove_orphans(folder)
            while _processes(folder):  # helpers of Python's see the end a moment later
                await asyncio.sleep(0.05)
    assert status == (-number if number is signal.SIGKILL else 128 + signal.SIGINT)
