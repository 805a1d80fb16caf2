"""What a killed run leaves behind, the next one stops and removes."""

import asyncio
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.crash.server import PREFIX, remove_orphans, required_programs

ROOT: Final = Path(__file__).parents[2]
PROGRAM: Final = """
import time
from tests.crash.server import running_server
with running_server() as server:
    print(server.port, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that the server's own user may enter, too."""
    required_programs()
    made = Path(tempfile.mkdtemp(prefix="crash-long-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.mark.slow
async def test_the_server_of_a_killed_run_is_stopped_by_the_next(folder: Path) -> None:
    maker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM),
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(folder)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert maker.stdout is not None
    place = ("127.0.0.1", int(await maker.stdout.readline()))
    remove_orphans(folder)
    socket.create_connection(place, 5).close()  # one that is in use is left alone
    maker.kill()
    await maker.wait()
    remove_orphans(folder)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(place, 5)
    assert not [*folder.glob(f"{PREFIX}*")]  # noqa: ASYNC240 - nothing waits for this loop
