"""Worlds side by side in one loop: most of a crash test is waiting, for a grace, a time-out or a start."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

from tests.crash.history import Verdict
from tests.crash.world import World, world
from tests.postgres import copy

AT_ONCE: Final = 12
"""More would only wait for the processor."""
Scenario = Callable[[], Awaitable[Verdict]]


async def side_by_side(scenarios: Mapping[str, Scenario], at_once: int = AT_ONCE) -> None:
    """Raises an ExceptionGroup of all that went wrong, each with the name of its scenario."""
    gate = asyncio.Semaphore(at_once)

    async def attempt(scenario: Scenario) -> None:
        async with gate:
            verdict = await scenario()
        assert verdict.fine, verdict

    found = await asyncio.gather(*map(attempt, scenarios.values()), return_exceptions=True)
    wrong = [(name, error) for name, error in zip(scenarios, found, strict=True) if error is not None]
    for name, error in wrong:
        error.add_note(name)
    if wrong:
        raise BaseExceptionGroup(", ".join(name for name, _ in wrong), [error for _, error in wrong])


@asynccontextmanager
async def small_world(place: Path, name: str, template: str = "", **choices: Any) -> AsyncIterator[World]:
    """One in a new folder, on a copy of the template, or on a SQLite file (""); `choices` as `world` has them."""
    folder = place / name
    folder.mkdir()
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(copy(template)) if template else ""
        yield await stack.enter_async_context(world(folder, database_url=url, **choices))
