"""The store for commands that look into it or change it, beside a running bot as well."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from chatbot.app import database, open_store, utc_now
from chatbot.cli.screen import BAD_INPUT, config, stop
from chatbot.config import Config, ConfigError
from chatbot.storage.location import SqliteFile
from chatbot.storage.port import StoreError
from chatbot.storage.secret_box import SecretKeyError
from chatbot.storage.store import SqlStore

Result = TypeVar("Result")


def there(settings: Config) -> None:
    """End the command when there is no database yet."""
    try:
        place = database(settings)
    except ConfigError as error:
        stop(str(error), BAD_INPUT)
    if isinstance(place, SqliteFile) and not place.path.exists():
        stop(f"Chưa có {place}: chạy `chatbot run` trước.", BAD_INPUT)


def with_store(work: Callable[[SqlStore], Awaitable[Result]], settings: Config | None = None) -> Result:
    """Do the work on the configured store; ends the command with a sentence when the store cannot be used."""
    chosen = settings or config()
    there(chosen)
    try:
        return asyncio.run(_done(chosen, work))
    except (ConfigError, SecretKeyError, StoreError) as error:
        stop(str(error))


async def _done(settings: Config, work: Callable[[SqlStore], Awaitable[Result]]) -> Result:
    store = await open_store(settings, utc_now)
    try:
        return await work(store)
    finally:
        await store.close()
