"""Bringing a database to the schema of this program, and telling whether it is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from chatbot.storage.port import StoreError

_FOLDER = Path(__file__).parent / "migrations"


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


@contextmanager
def _told() -> Iterator[None]:
    """A database that cannot be used is said in a sentence."""
    try:
        yield
    except DatabaseError as error:
        reason = str(error.orig)
        raise StoreError(f"the database cannot be used ({reason}); restore a backup or move the file away") from error


def current(engine: Engine) -> str | None:
    """The schema revision of the database; None for an empty one. Raises StoreError."""
    with _told(), engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing; harmless when there are none. Raises StoreError."""
    config = _config()
    with _told(), engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
