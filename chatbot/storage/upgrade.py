"""Bringing a database to the schema of this program, and telling whether it is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from chatbot.storage.port import StoreError

_FOLDER = Path(__file__).parent / "migrations"


class OldSchemaError(StoreError):
    """The database is not of this program's version; the message names the command."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config


def newest() -> str:
    """The schema revision this program writes."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise LookupError("there are no migrations")
    return head


def revisions() -> frozenset[str]:
    """Every schema revision this program knows."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


@contextmanager
def told() -> Iterator[None]:
    """A database that cannot be used is said in a sentence."""
    try:
        yield
    except DBAPIError as error:
        reason = str(error.orig)
        raise StoreError(f"the database cannot be used ({reason}); restore a backup or move the file away") from error


def current(engine: Engine) -> str | None:
    """The schema revision of a SQLite database; None for an empty one. Raises StoreError."""
    with told(), engine.connect() as connection:
        return revision(connection)


def upgrade(engine: Engine, to: str = "head") -> None:
    """Run the migrations that are missing on SQLite; harmless when there are none. Raises StoreError."""
    with told(), engine.begin() as connection:
        migrate(connection, to)


def revision(connection: Connection) -> str | None:
    """The schema revision that stands in the database."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(connection: Connection, to: str) -> None:
    """Run what is missing, inside the open transaction. Raises StoreError for a schema of a newer program."""
    found = revision(connection)
    scripts = ScriptDirectory.from_config(_config())
    if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
        raise StoreError(f"the database has schema {found}, which this program does not know: use the newer program")
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)
