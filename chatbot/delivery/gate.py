"""The gate of a channel: a token bucket, and a breaker that pauses the queue and lets one probe through."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from aiolimiter import AsyncLimiter

from chatbot.channels.base import SendResult, SendVerdict
from chatbot.delivery.retry import backoff

OPENS_AFTER: Final = 5
"""Failures in a row that are the platform's, not one message's."""
BUSY_AT: Final = 0.8
"""Share of the platform's own allowance from which on we slow down (messenger.md, section 4)."""
_TROUBLE: Final = frozenset({SendVerdict.NOT_SENT, SendVerdict.TOKEN, SendVerdict.DOUBTFUL})


class Pass(Enum):
    """On what terms a send was let through."""

    ORDINARY = "ordinary"
    PROBE = "probe"  # the one send that finds out whether the platform is well again


class Gate:
    """Every send of a channel passes here. Nothing fails at a closed gate: it waits, for however long."""

    def __init__(self, limiter: AsyncLimiter, now: Callable[[], datetime]) -> None:
        self._limiter = limiter
        self._whole = (limiter.max_rate, limiter.time_period)
        self._now = now
        self._failures = 0
        self._shut_until: datetime | None = None
        self._probing = False
        self._load = 0.0
        self._changed = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Do sends pass at the moment?"""
        return self._shut_until is None

    @property
    def has_room(self) -> bool:
        """Would the bucket let one more through at this moment?"""
        return self._limiter.has_capacity()

    def share(self, fraction: float) -> None:
        """Use this much of the channel's rate (0 to 1): the rest is that of other processes."""
        rate, period = self._whole
        own = rate * fraction
        self._limiter = AsyncLimiter(own, period) if own >= 1 else AsyncLimiter(1, period / own)

    async def enter(self) -> Pass:
        """Wait for the bucket and, while the gate is shut, until it is time for a probe; one probe at a time."""
        admitted = Pass.ORDINARY
        while self._shut_until is not None:
            wait = (self._shut_until - self._now()).total_seconds()
            if wait <= 0 and not self._probing:
                self._probing = True
                admitted = Pass.PROBE
                break
            await self._until_changed(wait if wait > 0 else None)
        await self._limiter.acquire(self._price())
        return admitted

    async def pace(self) -> None:
        """Wait for the bucket alone: for calls that are no sends and count all the same."""
        await self._limiter.acquire()

    def leave(self, admitted: Pass) -> None:
        """Nothing was sent after all: another may be the probe."""
        if admitted is Pass.PROBE:
            self._probing = False
            self._tell()

    def saw(self, admitted: Pass, result: SendResult) -> None:
        """Learn from an attempt's result. What left before the gate was shut does not open it."""
        late = admitted is Pass.ORDINARY and self._shut_until is not None
        if admitted is Pass.PROBE:
            self._probing = False
        self._load = result.load
        if result.verdict is SendVerdict.PAUSED:
            if not late:
                self._failures += 1
            self._shut(result.retry_after or self._pause(self._failures))
        elif result.verdict in _TROUBLE:
            if not late:
                self._count_failure()
        elif not late:
            self._failures, self._shut_until = 0, None
        self._tell()

    def _count_failure(self) -> None:
        self._failures += 1
        if self._failures >= OPENS_AFTER or self._shut_until is not None:
            self._shut(self._pause(self._failures - OPENS_AFTER + 1))

    def _pause(self, failures: int) -> timedelta:
        return max(backoff(failures), timedelta(seconds=1))

    def _shut(self, wait: timedelta) -> None:
        self._shut_until = max(self._now() + wait, self._shut_until or self._now())

    def _price(self) -> float:
        """Tokens of one send: above 80 % of the platform's allowance what is left of it is made to last."""
        if self._load < BUSY_AT:
            return 1
        return min(1 / max(1 - self._load, 0.01), self._limiter.max_rate)

    async def _until_changed(self, seconds: float | None) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()

    def _tell(self) -> None:
        """Wake everybody who waits; who comes later waits for the next change."""
        self._changed.set()
        self._changed.clear()
