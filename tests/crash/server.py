"""A PostgreSQL server of the tests' own, which they may stop in the middle of anything."""

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from chatbot.storage.lock import FileLock, InUseError
from tests.ports import free_port

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
    environment: Mapping[str, str] = field(default_factory=dict)
    """Its own variables."""

    @property
    def url(self) -> str:
        """The maintenance database."""
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/postgres"

    @property
    def data(self) -> Path:
        """What is the server's."""
        return self.folder / "data"

    def make(self) -> None:
        """initdb, and settings."""
        data = str(self.data)
        small = ("--wal-segsize=1", "--no-sync")
        self._run("initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", *small)
        self.configure(**_SETTINGS)

    def copy_of(self, other: "Server") -> None:
        """A standby of another server: what that commits is streamed here. It is not started yet."""
        self._run("pg_basebackup", "-d", other.url, "-D", str(self.data), "-R", "-X", "stream", "-c", "fast", "-N")
        self.configure()

    def configure(self, **settings: str) -> None:
        """Settings, and where it listens: read when it starts or is told to reload."""
        mine = {"listen_addresses": "127.0.0.1", "port": str(self.port), "unix_socket_directories": str(self.folder)}
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in {**mine, **settings}.items())

    def guard(self, role: str) -> None:
        """From the next reload on this role needs its password."""
        rules = self.data / "pg_hba.conf"
        rules.write_text(f"host all {role} 127.0.0.1/32 scram-sha-256\n{rules.read_text('utf-8')}", "utf-8")

    def start(self) -> None:
        """Start it; returns when it takes connections, after its recovery."""
        self.control("start", "-l", str(self.folder / "log"), "-t", "60")

    def stop(self, mode: str = "immediate") -> None:
        """`immediate` is a crash: nothing is written, every connection is cut."""
        self.control("stop", "-m", mode)

    def control(self, what: str, *how: str) -> None:
        """pg_ctl; returns when it is done, unless `how` says -W."""
        self._run("pg_ctl", "-D", str(self.data), "-w", *how, what)

    @property
    def started(self) -> bool:
        """Does it run, or was it killed?"""
        return (self.data / "postmaster.pid").exists()

    def remove(self) -> None:
        """Stop it if it runs, and leave nothing."""
        if self.started:
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
            env={**os.environ, **self.environment},
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
    with a_place() as server:
        server.make()
        server.start()
        yield server


@contextmanager
def a_place() -> Iterator[Server]:
    """A folder and a port for a server. What runs there is stopped at the end, and nothing is left."""
    found = required_programs()
    remove_orphans(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    lock, server = FileLock(folder / LOCK), Server(found, folder, free_port())
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER, OWNER)
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
