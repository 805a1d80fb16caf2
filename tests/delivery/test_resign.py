"""What a process gives back at its end: its parts, if it has any and the server is there to hear of it."""

import asyncio
from collections.abc import Collection, Sequence

import pytest

from chatbot.delivery.ownership import RESIGN_S, Ownership
from chatbot.storage.port import Census, Outgoing, PartListener
from tests.delivery.conftest import Rig


class SilentServer:
    """Parts that are held at a server that never answers."""

    def __init__(self, parts: set[int]) -> None:
        self.mine = parts
        self.listener: PartListener | None = None
        self.session = 1
        self.asked = 0

    def owns(self, _conversation: str) -> bool:
        return True

    async def census(self) -> Census:
        return Census(workers=1, mine=frozenset(self.mine), free=frozenset())

    async def take(self, _parts: Collection[int]) -> frozenset[int]:
        return frozenset()

    async def give_back(self, _parts: Collection[int]) -> None:
        self.asked += 1
        await asyncio.Event().wait()

    async def open_sends(self, _parts: Collection[int] | None = None) -> Sequence[Outgoing]:
        return ()

    async def confirm(self) -> None:
        """They are ours."""


@pytest.mark.parametrize(("parts", "asked"), [({3, 4}, 1), (set(), 0)])
async def test_the_end_does_not_wait_for_a_server_that_is_silent(rig: Rig, parts: set[int], asked: int) -> None:
    store = SilentServer(parts)
    async with asyncio.timeout(3 * RESIGN_S):
        await Ownership(store, rig.lanes, rig.outbox, lambda _fraction: None).resign()
    assert (store.asked, store.mine) == (asked, set())
