"""Which conversations this process works on, where several share one store: its parts, a fair share of all.

A part is owned while the store's connection holds its lock. Newly owned: its unfinished sends and events are taken up.
Given up: its lanes and senders finish first. Lost with the connection: everything in memory is dropped at once, for
another process may be at work on it; what is on disk is all there is.
"""

import asyncio
import random
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Final

from chatbot.delivery.lanes import Lanes
from chatbot.delivery.outbox import Outbox
from chatbot.observe import log
from chatbot.storage.port import PartStore, StoreError
from chatbot.storage.rows import PARTS

TICK_S: Final = 0.5
"""How often the share is looked at: a dead worker's parts are free as soon as the server has noticed."""
DRAIN_S: Final = 5.0
"""How long lanes, and then senders, may take to finish a part that is given up."""
RESIGN_S: Final = 1.0
"""How long the end waits for the server to hear that the parts are free; it finds out when the connection ends."""


class Ownership:
    """Keeps this process's share. It hears from the store when the parts are lost and when there is news."""

    def __init__(self, store: PartStore, lanes: Lanes, outbox: Outbox, share: Callable[[float], None]) -> None:
        """`share` is told how much of all conversations is ours (above 0 to 1), for what is limited in common."""
        self._share = share
        self._store = store
        self._lanes = lanes
        self._outbox = outbox
        self._wake = asyncio.Event()
        self._ending: list[asyncio.Task[None]] = []

    def lost(self) -> None:
        """The connection is gone: drop everything."""
        self._ending += [*self._lanes.abandon(), *self._outbox.abandon()]
        log.parts_lost()
        self._wake.set()

    def news(self) -> None:
        """Another process stored an event of ours."""
        self._lanes.look()

    def freed(self) -> None:
        """Another process gave parts up."""
        self._wake.set()

    async def run(self) -> None:
        """For ever: take a fair share, give up what is more."""
        while True:
            with suppress(StoreError):
                await self._tick()
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):
                    await self._wake.wait()
            self._wake.clear()

    async def resign(self) -> None:
        """Give everything back, so that the others need not wait. For after lanes and outbox have been drained."""
        parts = set(self._store.mine)
        self._store.mine.clear()
        if not parts:
            return  # lost, and perhaps with a server that does not answer
        with suppress(StoreError, TimeoutError):
            async with asyncio.timeout(RESIGN_S):
                await self._store.give_back(parts)

    async def _tick(self) -> None:
        if self._ending:
            await asyncio.gather(*self._ending, return_exceptions=True)
            self._ending.clear()
        session = self._store.session
        census = await self._store.census()
        if interrupted := census.mine - self._store.mine:
            await self._begin(interrupted, session)
        share = -(-PARTS // max(1, census.workers))
        surplus = len(census.mine) - share
        if surplus > 0:
            await self._give_up(random.sample(sorted(census.mine), surplus))
        elif surplus < 0 and census.free:
            wanted = random.sample(sorted(census.free), min(-surplus, len(census.free)))
            await self._begin(await self._store.take(wanted), session)

    async def _begin(self, parts: frozenset[int], session: int) -> None:
        """Work on locked parts: unfinished sends first, for new turns are answered behind them."""
        rows = await self._store.open_sends(parts)
        if not parts or session != self._store.session:
            return
        self._outbox.take_up(rows)
        self._store.mine |= parts
        self._lanes.look()
        self._tell()

    async def _give_up(self, parts: Collection[int]) -> None:
        self._store.mine.difference_update(parts)
        await self._lanes.let_go(parts, DRAIN_S)
        await self._outbox.let_go(parts, DRAIN_S)
        await self._store.give_back(parts)
        self._tell()

    def _tell(self) -> None:
        owned = len(self._store.mine)
        self._share(max(1, owned) / PARTS)
        log.parts(owned)
