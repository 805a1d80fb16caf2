"""A bad network between the bot and the platforms: slow, swallowing, cutting, resetting."""

from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from tests.crash.history import Verdict
from tests.crash.proxy import Proxy, Weather
from tests.crash.side_by_side import side_by_side, small_world
from tests.crash.world import World

BAD_S = 1.6
"""Longer than a send's time-out."""


async def _proxied(here: World, stack: AsyncExitStack) -> list[Proxy]:
    """Both platforms behind proxies of their own."""
    proxies = []
    for name in ("ZALO_API_URL", "MESSENGER_API_URL"):
        place = urlsplit(here.environment[name])
        assert place.hostname is not None
        assert place.port is not None
        proxy = await stack.enter_async_context(Proxy(place.hostname, place.port, slow_s=0.05))
        here.environment[name] = f"http://127.0.0.1:{proxy.port_here}"
        proxies.append(proxy)
    return proxies


async def test_a_bad_network_to_the_platforms_loses_and_doubles_nothing(tmp_path: Path) -> None:
    async def scenario(weather: Weather) -> Verdict:
        async with small_world(tmp_path, weather.name) as here, AsyncExitStack() as stack:
            proxies = await _proxied(here, stack)
            await here.start()
            await here.until_ready()
            await here.chat(0.3)
            for proxy in proxies:
                proxy.turn(weather)
            await here.chat(BAD_S)
            for proxy in proxies:
                proxy.turn(Weather.FINE)
            await here.chat(0.3)
            await here.settle()
            assert all(proxy.passed for proxy in proxies)
            assert all(proxy.spoilt for proxy in proxies) or weather is Weather.SLOW
            return here.verdict()

    await side_by_side({kind.name: partial(scenario, kind) for kind in Weather if kind is not Weather.FINE})
