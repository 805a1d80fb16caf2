"""The bot is told to stop while Zalo, which gives a grant once, has been asked for it."""

import asyncio
from pathlib import Path

from chatbot.app import open_store, utc_now
from chatbot.storage.port import TokenRow
from tests.app.whole import Whole, whole_bot
from tests.channels.fakes import FakePlatform, platform


async def stopped_while_asking(whole: Whole, fake: FakePlatform) -> None:
    """Zalo answers when the chores have been cancelled."""
    await fake.asked.wait()
    stopping = asyncio.create_task(whole.bot.stop())
    await whole.until(lambda: "stopping" in whole.bot.readiness().reasons)
    fake.gate.set()
    await stopping


async def stored(whole: Whole) -> TokenRow | None:
    """The grant that the next start finds."""
    store = await open_store(whole.bot.config, utc_now)
    try:
        return await store.token(f"zalo:{whole.zalo.account.oa_id}")
    finally:
        await store.close()


async def test_the_grant_that_comes_while_it_stops_is_stored(tmp_path: Path) -> None:
    async with platform({"access_token": "a1", "refresh_token": "r1", "expires_in": "90000"}) as fake:
        fake.gate.clear()
        given = {"ZALO_OAUTH_URL": fake.url, "ZALO_ACCESS_TOKEN": ""}
        async with whole_bot(tmp_path, extra=given) as whole, asyncio.timeout(15):
            await stopped_while_asking(whole, fake)
            row = await stored(whole)
    assert row is not None
    assert (row.refresh_token, len(fake.requests)) == ("r1", 1)
