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
AT_ONCE: Final = 0.2
"""Share of a period's sends that may go out at once."""
_TROUBLE: Final = frozenset({SendVerdict.NOT_SENT, SendVerdict.TOKEN, SendVerdict.DOUBTFUL})


class Pass(Enum):
    """On what terms a send was let through."""

    ORDINARY = "ordinary"
    PROBE = "probe"  # the one send that finds out whether the platform is well again


def bucket(most: float, period_s: float) -> AsyncLimiter:
    """A bucket that lets no more than `most` through in any stretch of a period: a part of it at once, the rest
    evenly (a bucket of the whole would let twice as many through in its first period)."""
    at_once, steady = most * AT_ONCE, most * (1 - AT_ONCE)
    return _limiter(at_once, period_s * at_once / steady)


def _limiter(rate: float, period_s: float) -> AsyncLimiter:
    """The rate, also below one a period: the bucket holds at least one."""
    return AsyncLimiter(rate, period_s) if rate >= 1 else AsyncLimiter(1, period_s / rate)


class Gate:
    """Every send of a channel passes here. Nothing fails at a closed gate: it waits, for however long."""

    def __init__(self, limiter: AsyncLimiter, now: Callable[[], datetime]) -> None:
        self._limiter = limiter
        self._whole = (limiter.max_rate, limiter.time_period)
        self._now = now
        self._failures = 0
        self._failed_last = ""  # the conversation
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
        self._limiter = _limiter(rate * fraction, period)

    async def enter(self) -> Pass:
        """Wait for the bucket and, while the gate is shut, until it is time for a probe; one probe at a time. Who
        waits for the bucket while the gate is shut waits at the gate again."""
        while True:
            admitted = await self._admitted()
            try:
                await self._take(self._price())
            except asyncio.CancelledError:
                self.leave(admitted)
                raise
            if admitted is Pass.PROBE or self._shut_until is None:
                return admitted

    async def _admitted(self) -> Pass:
        while self._shut_until is not None:
            wait = (self._shut_until - self._now()).total_seconds()
            if wait <= 0 and not self._probing:
                self._probing = True
                return Pass.PROBE
            await self._until_changed(wait if wait > 0 else None)
        return Pass.ORDINARY

    async def _take(self, tokens: float) -> None:
        """From the bucket, which may hold less than that at once."""
        while tokens > 0:
            some = min(tokens, self._limiter.max_rate)
            await self._limiter.acquire(some)
            tokens -= some

    async def pace(self) -> None:
        """Wait for the bucket alone: for calls that are no sends and count all the same."""
        await self._limiter.acquire()

    def leave(self, admitted: Pass) -> None:
        """Nothing was sent after all: another may be the probe."""
        if admitted is Pass.PROBE:
            self._probing = False
            self._tell()

    def saw(self, admitted: Pass, result: SendResult, conversation: str = "") -> None:
        """Learn from an attempt's result. What left before the gate was shut does not open it, and one conversation
        that fails again and again does not shut it for the others."""
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
                self._count_failure(conversation)
        elif not late:
            self._failures, self._shut_until = 0, None
            self._failed_last = ""
        self._tell()

    def _count_failure(self, conversation: str) -> None:
        again = bool(conversation) and conversation == self._failed_last
        if again and self._shut_until is None:
            return
        self._failed_last = conversation
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
        return 1 / max(1 - self._load, 0.01)

    async def _until_changed(self, seconds: float | None) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()

    def _tell(self) -> None:
        """Wake everybody who waits; who comes later waits for the next change."""
        self._changed.set()
        self._changed.clear()
