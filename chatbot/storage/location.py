"""DATABASE_URL in our words: which store, and where."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

EXPECTED: Final = "DATABASE_URL must look like sqlite:///var/chatbot.db or postgresql://user:password@host/database"


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
        parts = urlsplit(self.url)
        return f"PostgreSQL {parts.netloc.rpartition('@')[2]}{parts.path}"


Location = SqliteFile | PostgresServer


def locate(database_url: str) -> Location:
    """The store that a DATABASE_URL names. Raises DatabaseUrlError."""
    try:
        url = make_url(database_url)
    except ArgumentError as error:
        raise DatabaseUrlError(EXPECTED) from error
    backend = url.get_backend_name()
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return SqliteFile(Path(url.database))
    if backend in {"postgresql", "postgres"}:
        return PostgresServer("postgresql" + database_url[database_url.index(":") :])
    raise DatabaseUrlError(EXPECTED)
