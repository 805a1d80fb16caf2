"""Delivers webhooks over HTTP as the platforms do: signed bytes, their own headers, and their ladder of repeats."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

import aiohttp

ZALO_LADDER: Final = tuple(timedelta(seconds=seconds) for seconds in (30, 300, 900, 1800, 3600))
"""Zalo's redelivery times after a failed delivery (zalo-oa reference, 2.2)."""
_TIMEOUT: Final = aiohttp.ClientTimeout(total=20)


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a webhook ended: the last HTTP status (0 = no answer) and how often it was tried."""

    status: int
    attempts: int

    @property
    def accepted(self) -> bool:
        """Did the bot answer 200?"""
        return self.status == HTTPStatus.OK


class Courier:
    """Posts webhooks to one address. `ladder` are the pauses before each repeat; empty = one try."""

    def __init__(self, url: str, ladder: Sequence[timedelta] = ()) -> None:
        self.url = url
        self.ladder = tuple(ladder)
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    async def deliver(self, raw: bytes, headers: Mapping[str, str], retry_header: str = "") -> Delivery:
        """Post until it is answered 200 or the ladder ends. Without an address nothing is posted."""
        if not self.url:
            return Delivery(0, 0)
        status = await self._post(raw, headers)
        for attempt, pause in enumerate(self.ladder, 1):
            if status == HTTPStatus.OK:
                return Delivery(status, attempt)
            await asyncio.sleep(pause.total_seconds())
            repeat = {**headers, retry_header: str(attempt)} if retry_header else headers
            status = await self._post(raw, repeat)
        return Delivery(status, len(self.ladder) + 1)

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something in the background; `settle` waits for it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Stop what is under way and close the connections."""
        for task in self._tasks:
            task.cancel()
        await self.settle()
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _post(self, raw: bytes, headers: Mapping[str, str]) -> int:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        full = {**headers, "Content-Type": "application/json"}
        try:
            async with self._session.post(self.url, data=raw, headers=full) as response:
                await response.read()
                return response.status
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            return 0
