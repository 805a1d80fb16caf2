"""A primary and its standby, each a PostgreSQL server of the tests' own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from tests.crash.server import OWNER, Server, a_place, running_server
from tests.postgres import ask

NAMED: Final = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"


@dataclass(frozen=True, slots=True)
class Pair:
    """What is answered by the primary has reached the standby."""

    primary: Server
    standby: Server

    def url(self, database: str, *, ports: tuple[int, int] | None = None) -> str:
        """The address of a database on both, or behind other ports on this machine."""
        here = ",".join(f"127.0.0.1:{port}" for port in ports or (self.primary.port, self.standby.port))
        return urlunsplit(
            urlsplit(database)._replace(netloc=f"{OWNER}@{here}", query="target_session_attrs=read-write")
        )

    def fail_over(self) -> None:
        """The primary crashes and stays away; the standby takes its place."""
        self.primary.stop()
        self.standby.control("promote")


@contextmanager
def pair() -> Iterator[Pair]:
    """Both running, replicating synchronously."""
    with running_server() as primary, a_place() as standby:
        standby.copy_of(primary)
        standby.start()
        primary.configure(synchronous_standby_names="*")
        primary.control("reload")
        while ask(primary.url, NAMED) == [(0,)]:
            pass
        yield Pair(primary, standby)
