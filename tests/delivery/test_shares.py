"""The platforms limit the sends of all processes together: each uses its share of the rate."""

import pytest
from aiolimiter import AsyncLimiter

from chatbot.delivery.gate import Gate
from tests.delivery.conftest import Clock


@pytest.mark.parametrize(("fraction", "at_once"), [(1.0, 4), (0.5, 2), (0.25, 1), (1 / 64, 1)])
async def test_a_gate_lets_its_share_through(fraction: float, at_once: int) -> None:
    limiter = AsyncLimiter(4, 3600)
    gate = Gate(limiter, Clock())
    gate.share(fraction)
    for _ in range(at_once):
        await gate.pace()
    assert not gate.has_room


async def test_a_share_that_grows_again_is_the_whole(clock: Clock) -> None:
    gate = Gate(AsyncLimiter(4, 3600), clock)
    gate.share(1 / 64)
    gate.share(1.0)
    for _ in range(4):
        await gate.pace()
    assert not gate.has_room
