"""People hear of a dying grant days before answers stop."""

from datetime import datetime, timedelta

import pytest

from chatbot.channels.zalo.tokens import ZaloApp, ZaloTokens
from chatbot.delivery.token_watch import NAME, tell
from chatbot.observe import Alarms, make_metrics
from chatbot.storage.port import TokenRow
from tests.channels.fakes import platform
from tests.channels.zalo.fakes import MemoryTokens
from tests.delivery.conftest import START, Clock


async def told(clock: Clock, refreshed_at: datetime, state: str = "good") -> str:
    """The alarm's sentence for a grant that was last refreshed then, "" when there is none."""
    store, metrics = MemoryTokens(), make_metrics()
    alarms = Alarms(metrics)
    store.rows["zalo:oa"] = TokenRow(
        name="zalo:oa",
        access_token="a1",
        refresh_token="r1",
        expires_at=clock() + timedelta(hours=20),
        refreshed_at=refreshed_at,
        version=1,
        state=state,
    )
    app = ZaloApp(id="app", secret="app-secret", oauth_url="http://127.0.0.1:1")
    tokens = ZaloTokens(store, app, oa_id="oa", now=clock, timeout=timedelta(seconds=1))
    await tokens.maintain()
    tell(tokens, metrics, alarms)
    await tokens.close()
    gauge = metrics.exposition().decode()
    assert 'chatbot_token_expires_seconds{channel="zalo_refresh"}' in gauge
    return alarms.standing.get(NAME, "")


@pytest.mark.parametrize(("days", "words"), [(0, ""), (75, ""), (77, "dies in 13 days"), (89, "dies in 1 days")])
async def test_a_refresh_token_that_nears_its_end_is_told(clock: Clock, days: int, words: str) -> None:
    sentence = await told(clock, START - timedelta(days=days))
    assert words in sentence
    assert bool(sentence) is bool(words)


@pytest.mark.parametrize("state", ["unsure", "lost", "revoked"])
async def test_a_grant_that_is_not_good_is_told_at_once(clock: Clock, state: str) -> None:
    assert "chatbot connect zalo" in await told(clock, START, state)


async def test_a_store_that_does_not_give_the_grant_is_named(clock: Clock) -> None:
    store, alarms = MemoryTokens(broken=True), Alarms(make_metrics())
    tokens = ZaloTokens(store, ZaloApp(id="app", secret="s"), oa_id="oa", now=clock)
    await tokens.maintain()
    tell(tokens, alarms.metrics, alarms)
    assert "disk full" in alarms.standing[NAME]
    assert "OAuth" not in alarms.standing[NAME]
    await tokens.close()


async def test_a_grant_that_the_database_has_not_taken_is_told(clock: Clock) -> None:
    store, alarms = MemoryTokens(), Alarms(make_metrics())
    async with platform({"access_token": "a1", "refresh_token": "r1", "expires_in": "90000"}) as zalo:
        zalo.seen = lambda _request: setattr(store, "broken", True)
        app = ZaloApp(id="app", secret="s", oauth_url=zalo.url)
        tokens = ZaloTokens(store, app, oa_id="oa", now=clock, seed_refresh="r0")
        await tokens.maintain()
        tell(tokens, alarms.metrics, alarms)
        assert "do not restart" in alarms.standing[NAME]
        store.broken = False
        await tokens.maintain()
        tell(tokens, alarms.metrics, alarms)
        assert NAME not in alarms.standing
        await tokens.close()
