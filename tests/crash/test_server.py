"""The PostgreSQL server crashes under load, and the network to it is bad: nothing is lost, nothing is said twice."""

from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from chatbot.serve import Duty
from chatbot.storage.rows import PARTS
from tests.crash.history import Verdict
from tests.crash.proxy import Proxy, Weather
from tests.crash.server import Server, interrupted
from tests.crash.side_by_side import side_by_side, small_world
from tests.crash.test_several import TAKEOVER_S, until_shared
from tests.crash.world import World

BAD_S: Final = TAKEOVER_S + 1
"""Long enough for the other worker to take over."""


async def _start(here: World, *, through: str = "") -> None:
    """One web and two workers; the web and one worker reach the database by another address."""
    await here.start(name="web", duty=Duty.INTAKE, database_url=through)
    await here.start(name="worker0", duty=Duty.ANSWERS, database_url=through)
    await here.start(name="worker1", duty=Duty.ANSWERS)
    await here.until_ready()
    await until_shared(here, PARTS // 2, PARTS // 2)


async def test_a_server_that_crashes_under_load_loses_and_doubles_nothing(
    tmp_path: Path, own_server: Server, template: str
) -> None:
    async with small_world(tmp_path, "crashes", template, latency_s=0.02) as here:
        await _start(here)
        await here.chat(0.5)
        async with interrupted(own_server):
            await here.chat(1)  # webhooks are refused and come again
        await here.chat(0.5)
        async with interrupted(own_server):
            pass
        await here.chat(0.5)
        assert not here.ended(), "a process did not outlive the server's absence"
        await here.settle()
        verdict = here.verdict()
    assert verdict.fine, verdict


async def test_a_bad_network_to_the_server_loses_and_doubles_nothing(tmp_path: Path, template: str) -> None:
    async def scenario(weather: Weather) -> Verdict:
        async with AsyncExitStack() as stack:
            here = await stack.enter_async_context(small_world(tmp_path, weather.name, template, latency_s=0.02))
            parts = urlsplit(here.database_url)
            proxy = await stack.enter_async_context(Proxy("127.0.0.1", parts.port or 0, slow_s=0.05))
            await _start(here, through=urlunsplit(parts._replace(netloc=f"postgres@127.0.0.1:{proxy.port_here}")))
            await here.chat(0.3)
            proxy.turn(weather)
            await here.chat(BAD_S if weather is Weather.HOLE else 1.5)
            proxy.turn(Weather.FINE)
            await here.chat(0.5)
            assert not here.ended()
            await here.settle()
            assert proxy.spoilt or weather is Weather.SLOW
            return here.verdict()

    await side_by_side({kind.name: partial(scenario, kind) for kind in Weather if kind is not Weather.FINE})
