"""What an operator put back into the database is taken up, and what was given up is told to people."""

import asyncio
from contextlib import suppress
from typing import Protocol

from chatbot.delivery.lanes import Lanes
from chatbot.delivery.outbox import Outbox
from chatbot.observe import Alarms, Metrics
from chatbot.storage.port import WAKE, StoreError


class Board(Protocol):
    """The part of the store on which processes leave each other a sign."""

    async def setting(self, name: str) -> str | None:
        """A small named value."""

    async def troubles(self) -> int:
        """How many dead letters need a person."""


async def take_up(board: Board, lanes: Lanes, outbox: Outbox, every_s: float) -> None:
    """For ever: look at the queues again whenever an operator's command changed them."""
    seen = None
    with suppress(StoreError):
        seen = await board.setting(WAKE)
    while True:
        await asyncio.sleep(every_s)
        with suppress(StoreError):
            sign = await board.setting(WAKE)
            if sign != seen:
                lanes.look()
                await outbox.look()
                seen = sign


async def report(board: Board, outbox: Outbox, metrics: Metrics, alarms: Alarms, every_s: float) -> None:
    """For ever: count the dead letters that need a person, and tell people while there are any."""
    while True:
        with suppress(StoreError):
            refused = outbox.refused()
            count = await board.troubles()
            metrics.queue_depth.labels("dead").set(count)
            if count:
                alarms.raise_("dead_letters", f"{count} messages or replies were given up: see `chatbot dead list`.")
            else:
                alarms.clear("dead_letters")
                outbox.dealt_with(refused)
        await asyncio.sleep(every_s)
