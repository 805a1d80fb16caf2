"""DATABASE_URL in our words: which store, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

EXPECTED: Final = (
    "DATABASE_URL must look like sqlite:///var/chatbot.db or postgresql://user:password@host/database "
    "(several servers: host1:5432,host2:5432)"
)
POSTGRESQL: Final = frozenset({"postgresql", "postgres"})
WHERE: Final = frozenset({"host", "port", "connect_timeout", "target_session_attrs"})
"""What an address may say behind its "?" about how to get there; we see to that."""


class DatabaseUrlError(ValueError):
    """DATABASE_URL is not one we can use; the message says what is."""


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A SQLite database file."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A PostgreSQL database; `url` without a driver, e.g. postgresql://user:password@host/db."""

    url: str

    def __str__(self) -> str:
        """The address without user and password, for people."""
        return place(self.url)


Location = SqliteFile | PostgresServer


@dataclass(frozen=True, slots=True)
class Host:
    """One of the servers that an address names: its name for people, and the address of it alone."""

    name: str
    url: str


def locate(database_url: str) -> Location:
    """The store that a DATABASE_URL names. Raises DatabaseUrlError."""
    scheme, colon, rest = database_url.partition("://")
    try:
        if scheme.partition("+")[0] in POSTGRESQL and colon:
            server = PostgresServer(f"postgresql://{rest}")
            hosts(server.url)
            connect_timeout(server.url)
            return server
        url = make_url(database_url)
    except (ArgumentError, ValueError) as error:
        raise DatabaseUrlError(EXPECTED) from error
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        return SqliteFile(Path(url.database))
    raise DatabaseUrlError(EXPECTED)


def place(url: str) -> str:
    """A PostgreSQL address without user and password, for people."""
    return f"PostgreSQL at {','.join(host.name for host in hosts(url))}{urlsplit(url).path}"


def hosts(url: str) -> Sequence[Host]:
    """The servers of a PostgreSQL address, in its order: one, or a primary and its standbys. Raises ValueError."""
    parts = urlsplit(url)
    user, at, listed = parts.netloc.rpartition("@")
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in WHERE]
    if listed:
        alone = parts._replace(query=urlencode(kept))
        found = [Host(unquote(one), urlunsplit(alone._replace(netloc=f"{user}{at}{one}"))) for one in listed.split(",")]
    else:
        found = [
            Host(
                where.get("host", "the local socket"),
                urlunsplit(parts._replace(query=urlencode([*where.items(), *kept]))),
            )
            for where in _named(parts)
        ]
    for host in found:
        _check(host.name)
    return found


def connect_timeout(url: str) -> float | None:
    """How many seconds one server may take, if the address says so. Raises ValueError."""
    told = _asked(urlsplit(url), "connect_timeout")
    return float(told[-1]) if told else None


def _named(parts: SplitResult) -> Sequence[dict[str, str]]:
    """The servers behind the "?": host=h1,h2&port=1,2, or host=h1:1&host=h2:2."""
    names, ports = _asked(parts, "host"), _asked(parts, "port")
    if not names:
        return [{"port": ports[0]}] if ports else [{}]
    if len(ports) not in {0, 1, len(names)}:
        raise ValueError("as many ports as hosts, or one for all")
    every = ports * len(names) if len(ports) == 1 else ports or [""] * len(names)
    return [{"host": name, **({"port": port} if port else {})} for name, port in zip(names, every, strict=True)]


def _asked(parts: SplitResult, wanted: str) -> list[str]:
    return [one for name, value in parse_qsl(parts.query) if name == wanted for one in value.split(",")]


def _check(host: str) -> None:
    """Raises ValueError where a port is none."""
    _, colon, port = host.rpartition("]")[2].rpartition(":")
    if colon and not host.startswith("/"):
        int(port)
