"""Zalo's refresh token works once: the process dies before, during and after each write around its use.

Whatever is on disk is taken up again. Only a pair that had not reached the disk is lost with the process, as Zalo gives
it once; then a person is told.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import aiohttp

from chatbot.channels.zalo.grant import TokenState
from chatbot.channels.zalo.tokens import ZaloApp, ZaloTokens
from chatbot.delivery.crash_points import EXIT_CODE
from chatbot.simulator import FaultKind, Operation, ZaloPlatform
from chatbot.storage.secret_box import SecretBox, key_from_file
from chatbot.storage.sqlite import SqliteStore, sqlite_engine
from chatbot.storage.upgrade import upgrade
from tests.crash.history import Verdict
from tests.crash.side_by_side import side_by_side, small_world
from tests.crash.world import World

KEPT = (
    "tokens.before_put:1",  # the seed
    "store.token.before_commit:1",
    "store.token.after_commit:1",
    "tokens.after_put:1",
    "tokens.before_intent",
    "store.journal.before_commit:1",  # the intent
    "store.journal.after_commit:1",
    "tokens.before_ask",
    "store.journal.after_commit:2",  # Zalo's answer
    "tokens.before_put:2",  # the pair
    "store.token.before_commit:2",
    "store.token.after_commit:2",
    "tokens.after_put:2",
)
Lock = Callable[[], AbstractAsyncContextManager[object]]
GONE = ("tokens.after_answer", "store.journal.before_commit:2")


async def _dies_while_refreshing(here: World, point: str) -> None:
    await here.start(point)
    assert await here.until_dead() == EXIT_CODE
    await here.start()


async def test_the_grant_survives(tmp_path: Path) -> None:
    async def scenario(point: str) -> Verdict:
        async with small_world(tmp_path, point) as here:
            await _dies_while_refreshing(here, point)
            await here.until_ready()
            here.say("z1")
            await here.settle()
            assert here.phone("z1") == ["#1 e1"]
            assert len(here.zalo.grant.spent) == 1
            return here.verdict()

    await side_by_side({point: partial(scenario, point) for point in KEPT})


async def test_a_pair_that_died_with_the_process_is_told_and_costs_zalos_replies_only(tmp_path: Path) -> None:
    async def scenario(point: str) -> Verdict:
        async with small_world(tmp_path, point) as here:
            await _dies_while_refreshing(here, point)
            here.say("m1")
            await here.settle()
            assert here.phone("m1") == ["#1 e1"]
            await _until_told(here)
            return here.verdict()

    await side_by_side({point: partial(scenario, point) for point in GONE})


async def _until_told(here: World) -> None:
    async with aiohttp.ClientSession() as http, asyncio.timeout(10):
        while True:
            async with http.get(f"{here.url}/readyz") as answer:
                warnings = (await answer.json())["warnings"]
            if any("chatbot connect zalo" in one for one in warnings):
                return
            await asyncio.sleep(0.05)


def _now() -> datetime:
    return datetime.now(UTC)


def _tokens(store: SqliteStore, zalo: ZaloPlatform, seed: str, lock: Lock = nullcontext) -> ZaloTokens:
    app = ZaloApp(id=zalo.account.app_id, secret=zalo.account.app_secret, oauth_url=zalo.url)
    wait = timedelta(seconds=2)
    return ZaloTokens(store, app, oa_id=zalo.account.oa_id, now=_now, seed_refresh=seed, timeout=wait, exclusive=lock)


def _store(folder: Path) -> SqliteStore:
    path = folder / "chatbot.db"
    engine = sqlite_engine(path)
    upgrade(engine)
    engine.dispose()
    return SqliteStore(path, SecretBox(key_from_file(folder / "key")), _now)


async def _close(zalo: ZaloPlatform, *others: ZaloTokens | SqliteStore) -> None:
    for other in others:
        await other.close()
    await zalo.close()


async def test_two_refreshers_at_once_end_with_the_living_pair(tmp_path: Path) -> None:
    """Two processes without a lock between them: one spends the token, the other is refused; nobody loses the pair."""
    zalo = ZaloPlatform()
    await zalo.start()
    stores = [_store(tmp_path), _store(tmp_path)]
    seed = zalo.grant.refresh_token
    both = [_tokens(store, zalo, seed) for store in stores]
    await asyncio.gather(*(one.access() for one in both), return_exceptions=True)
    assert [await one.access() for one in both] == [zalo.grant.access_token] * 2
    row = await stores[0].token(both[0].name)
    assert row is not None
    assert (row.refresh_token, row.state) == (zalo.grant.refresh_token, TokenState.GOOD)
    await _close(zalo, *both, *stores)


async def test_a_command_beside_the_bot_takes_the_pair_that_the_bot_gets(tmp_path: Path) -> None:
    zalo = ZaloPlatform()
    await zalo.start()
    stores = [_store(tmp_path), _store(tmp_path)]
    both = [_tokens(store, zalo, zalo.grant.refresh_token, partial(store.exclusive, "zalo")) for store in stores]
    assert await asyncio.gather(*(one.access() for one in both)) == [zalo.grant.access_token] * 2
    assert [path for _, path in zalo.server.calls] == ["/v4/oa/access_token"]
    await _close(zalo, *both, *stores)


async def test_a_lost_answer_is_told_and_not_asked_for_again_and_again(tmp_path: Path) -> None:
    zalo = ZaloPlatform()
    await zalo.start()
    zalo.faults.next(FaultKind.ACCEPT_THEN_DROP, operation=Operation.TOKEN)
    zalo.faults.next(FaultKind.CLOSE, operation=Operation.TOKEN)
    store = _store(tmp_path)
    one = _tokens(store, zalo, zalo.grant.refresh_token)
    for _ in range(5):
        await one.maintain()
    asked = [path for _, path in zalo.server.calls]
    assert (len(asked), one.state) == (2, TokenState.UNSURE)
    await _close(zalo, one, store)
