"""Group read: while one question is under way the next keys gather, and are then asked for together.

Each turn begins with its conversation. Asked one by one, the way to the database and back costs more than the row.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
LARGEST_QUESTION: Final = 512


class GroupRead(Generic[Key, Value]):
    """`read` answers many keys at once. An answer is never older than the moment in which its key was asked for."""

    def __init__(self, read: Callable[[Sequence[Key]], Awaitable[Mapping[Key, Value]]]) -> None:
        self._read = read
        self._waiting: list[tuple[Key, asyncio.Future[Value | None]]] = []
        self._reading: asyncio.Task[None] | None = None

    async def get(self, key: Key) -> Value | None:
        """The value, None where there is none. Raises what `read` raises."""
        answer: asyncio.Future[Value | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, answer))
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_all())
        return await answer

    async def _read_all(self) -> None:
        try:
            while self._waiting:
                asked, self._waiting = self._waiting[:LARGEST_QUESTION], self._waiting[LARGEST_QUESTION:]
                await self._answer(asked)
        finally:
            self._reading = None

    async def _answer(self, asked: Sequence[tuple[Key, asyncio.Future[Value | None]]]) -> None:
        try:
            found = await self._read([key for key, _ in asked])
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the callers' to handle, and none may wait on
            for _, answer in asked:
                if not answer.done():
                    answer.set_exception(error)
            return
        for key, answer in asked:
            if not answer.done():
                answer.set_result(found.get(key))
