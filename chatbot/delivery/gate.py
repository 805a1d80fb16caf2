"""The gate of a channel: a token bucket, and a breaker that pauses the queue and lets one probe through."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from aiolimiter import AsyncLimiter

from chatbot.channels.base import SendResult, SendVerdict
from chatbot.delivery.retry import backoff

OPENS_AFTER: Final = 5
"""Failures in a row that are the platform's, not one message's."""
_TROUBLE: Final = frozenset({SendVerdict.NOT_SENT, SendVerdict.TOKEN, SendVerdict.DOUBTFUL})


class Gate:
    """Every send of a channel passes here. Nothing fails at a closed gate: it waits."""

    def __init__(self, limiter: AsyncLimiter, now: Callable[[], datetime]) -> None:
        self._limiter = limiter
        self._now = now
        self._failures = 0
        self._shut_until: datetime | None = None
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Do sends pass at the moment?"""
        return self._shut_until is None

    async def enter(self) -> None:
        """Wait for the bucket and, while the gate is shut, until it is time for a probe; one probe at a time."""
        while self._shut_until is not None:
            wait = (self._shut_until - self._now()).total_seconds()
            if wait <= 0 and not self._probing:
                self._probing = True
                break
            await asyncio.sleep(max(wait, 0.05))
        await self._limiter.acquire()

    def leave(self) -> None:
        """Nothing was sent after all: another may be the probe."""
        self._probing = False

    def saw(self, result: SendResult) -> None:
        """Learn from an attempt's result."""
        self._probing = False
        if result.verdict is SendVerdict.PAUSED:
            self._shut(result.retry_after or max(backoff(self._failures + 1), timedelta(seconds=1)))
            self._failures += 1
            return
        if result.verdict not in _TROUBLE:
            self._failures, self._shut_until = 0, None
            return
        self._failures += 1
        if self._failures >= OPENS_AFTER or self._shut_until is not None:
            self._shut(max(backoff(self._failures - OPENS_AFTER + 1), timedelta(seconds=1)))

    def _shut(self, wait: timedelta) -> None:
        self._shut_until = self._now() + wait
