"""A PostgreSQL server of the tests' own, which they may stop in the middle of anything."""

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from chatbot.storage.lock import FileLock, InUseError

OWNER: Final = "postgres"
"""Root may not run a server; this user may."""
PREFIX: Final = "crash-pg-"
LOCK: Final = "owner"
"""Held by the process that made the server, as long as it lives."""
_SETTINGS: Final = {"max_connections": "200", "shared_buffers": "32MB", "max_wal_size": "256MB"}


@cache
def programs() -> Path | None:
    """Where initdb and pg_ctl are; None when PostgreSQL's server is not installed."""
    found = shutil.which("pg_config")
    told = subprocess.run([found, "--bindir"], capture_output=True, text=True, check=False).stdout if found else ""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name), reverse=True)
    return next((one for one in (Path(told.strip() or "/none"), *installed) if (one / "initdb").exists()), None)


def required_programs() -> Path:
    """The same, or the end of the test: skipped, or failed where nothing may be skipped (CI_REQUIRE_ALL=1)."""
    if (found := programs()) is not None and (os.geteuid() != 0 or _account() is not None):
        return found
    sentence = "PostgreSQL's server programs (initdb, pg_ctl) are missing: apt-get install postgresql"
    if os.environ.get("CI_REQUIRE_ALL") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)


def _account() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(OWNER)
    except KeyError:
        return None


@dataclass(frozen=True, slots=True)
class Server:
    """A cluster in a folder, on a port of its own on loopback; its commits reach the disk."""

    bin: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """The maintenance database."""
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        """initdb, and settings."""
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        mine = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            **_SETTINGS,
        }
        with (self.folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in mine.items())

    def start(self) -> None:
        """Start it; returns when it takes connections, after its recovery."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-l", str(self.folder / "log"), "-w", "-t", "60", "start")

    def stop(self, mode: str = "immediate") -> None:
        """`immediate` is a crash: nothing is written, every connection is cut."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", mode, "-w", "stop")

    def remove(self) -> None:
        """Stop it if it runs, and leave nothing."""
        if (self.folder / "data" / "postmaster.pid").exists():
            with suppress(AssertionError):  # it had crashed, and only its file was left
                self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        owner = OWNER if os.geteuid() == 0 else None
        done = subprocess.run(
            [str(self.bin / program), *arguments],
            user=owner,
            group=owner,
            extra_groups=() if owner else None,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # a pipe would stay open as long as the server runs
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=90,
        )
        assert done.returncode == 0, f"{program} failed ({done.returncode}), see {self.folder / 'log'}"


@contextmanager
def running_server() -> Iterator[Server]:
    """A new server; it and everything on it are gone at the end, at the latest when the next one is made."""
    found = required_programs()
    remove_orphans(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    lock, server = FileLock(folder / LOCK), Server(found, folder, _free_port())
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER, OWNER)
        server.make()
        server.start()
        yield server
    finally:
        server.remove()
        lock.release()


def remove_orphans(place: Path) -> None:
    """Stop the servers in this folder whose makers were killed: nobody holds their locks any more."""
    for path in place.glob(f"{PREFIX}*/{LOCK}"):
        with suppress(OSError, InUseError):  # in use, or removed by another at this moment
            lock = FileLock(path)
            Server(required_programs(), path.parent, 0).remove()
            lock.release()


@asynccontextmanager
async def interrupted(server: Server) -> AsyncIterator[None]:
    """The server crashes, stays away as long as the block takes, and comes back."""
    await asyncio.to_thread(server.stop)
    try:
        yield
    finally:
        await asyncio.to_thread(server.start)


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
