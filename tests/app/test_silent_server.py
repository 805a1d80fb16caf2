"""A bot whose PostgreSQL server does not answer any more is told to stop."""

import asyncio
from pathlib import Path

from tests.app.whole import whole_bot
from tests.crash.proxy import Weather
from tests.postgres import database
from tests.storage.test_sessions import behind, hole


async def test_it_stops_in_time_though_the_server_is_silent(tmp_path: Path) -> None:
    async with database() as url, hole(url) as proxy:
        address = {"DATABASE_URL": behind(url, proxy.port_here)}
        async with whole_bot(tmp_path, changes={"lanes": {"shutdown_s": 1}}, extra=address) as whole:
            await whole.zalo.text("7610001", "một")
            await whole.settle()
            proxy.turn(Weather.HOLE)
            assert not (await whole.zalo.text("7610001", "hai")).accepted
            async with asyncio.timeout(6):
                await whole.bot.stop()
