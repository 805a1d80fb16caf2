"""Platforms take their time; and what to think of one that stood still."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from aiohttp import web

STALL_LOOK_S: Final = 0.05
STALL_S: Final = 0.25
VERY_SLOW: Final = 8
"""So many times the ordinary time takes a call once in a while."""
VERY_SLOW_SHARE: Final = 0.03
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Stalls:
    """Knows when this process itself stood still for so long that its platforms are not to be trusted.

    A real platform does not take up a request whose sender hung up long ago. One that was starved of its processor
    would, after the bot has asked for the history in vain: the message would be there twice, and nobody is to blame.
    """

    suspicious_until: float = 0.0

    async def watch(self) -> None:
        """For ever."""
        while True:
            began = monotonic()
            await asyncio.sleep(STALL_LOOK_S)
            if monotonic() - began > STALL_LOOK_S + STALL_S:
                self.suspicious_until = monotonic() + 2

    def forbid(self, request: web.Request) -> bool:
        """Has the sender gone, and may that be long ago?"""
        gone = request.transport is None or request.transport.is_closing()
        return gone and monotonic() < self.suspicious_until


def slow(chance: random.Random, latency_s: float, stalls: Stalls) -> Any:
    """A middleware: half of `latency_s` (at random, on average) passes before a platform acts and half after."""

    @web.middleware
    async def slowly(request: web.Request, handler: Handler) -> web.StreamResponse:
        slowness = latency_s * (VERY_SLOW if chance.random() < VERY_SLOW_SHARE else 1)
        await asyncio.sleep(0.002 + chance.random() * slowness)
        if stalls.forbid(request):
            raise web.HTTPServiceUnavailable
        answer = await handler(request)
        await asyncio.sleep(chance.random() * slowness)
        return answer

    return slowly
