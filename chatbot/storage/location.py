"""DATABASE_URL in our words: which store, and where."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError


class DatabaseUrlError(ValueError):
    """DATABASE_URL is not one we can use; the message says what is."""


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A SQLite database file."""

    path: Path


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A PostgreSQL database; `url` without a driver, e.g. postgresql://user:password@host/db."""

    url: str


Location = SqliteFile | PostgresServer


def locate(database_url: str) -> Location:
    """The store that a DATABASE_URL names. Raises DatabaseUrlError."""
    try:
        url = make_url(database_url)
    except ArgumentError as error:
        raise DatabaseUrlError("DATABASE_URL must look like sqlite:///var/chatbot.db") from error
    backend = url.get_backend_name()
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return SqliteFile(Path(url.database))
    if backend in {"postgresql", "postgres"}:
        return PostgresServer(database_url)
    raise DatabaseUrlError("DATABASE_URL must name a SQLite file: sqlite:///var/chatbot.db")
