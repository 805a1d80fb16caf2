"""What a refresh token was spent for reaches the disk, whoever is cancelled, and whatever the disk said at first."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from chatbot.channels.zalo.grant import TokenState
from chatbot.channels.zalo.tokens import UNSAVED, TokenUnavailableError, ZaloTokens
from chatbot.storage.port import StoreError, TokenRow
from tests.channels.fakes import FakePlatform, Request, platform
from tests.channels.samples import NOW
from tests.channels.zalo.fakes import MemoryTokens
from tests.channels.zalo.test_tokens import NAME, Clock, grant, tokens

Use = Callable[[ZaloTokens], Awaitable[object]]


def stopping(caller: "asyncio.Future[Any]") -> Callable[[Request], None]:
    """The program ends while Zalo answers."""

    def stop(_request: Request) -> None:
        caller.cancel()

    return stop


@pytest.mark.parametrize(
    ("seed_access", "use"),
    [
        ("", lambda one: one.access()),
        ("a0", lambda one: one.renew("a0")),
        ("", lambda one: one.maintain()),
        ("", lambda one: one.exchange_code("code", "v" * 43)),
    ],
    ids=["access", "renew", "maintain", "consent"],
)
async def test_a_cancelled_caller_ends_at_once_and_the_grant_is_kept(seed_access: str, use: Use) -> None:
    store = MemoryTokens()
    async with platform(grant(1)) as fake:
        one = tokens(fake, store, Clock(), seed_access=seed_access)
        caller = asyncio.ensure_future(use(one))
        fake.seen = stopping(caller)
        with pytest.raises(asyncio.CancelledError):
            await caller
        assert store.rows.get(NAME) is None or store.rows[NAME].refresh_token == "r0"
        await one.close()
    assert store.rows[NAME].refresh_token == "r1"
    assert len(fake.requests) == 1


async def test_the_next_caller_has_the_grant_of_a_cancelled_one() -> None:
    async with platform(grant(1)) as fake:
        one = tokens(fake, MemoryTokens(), Clock())
        caller = asyncio.ensure_future(one.access())
        fake.seen = stopping(caller)
        with suppress(asyncio.CancelledError):
            await caller
        assert await one.access() == "a1"
        await one.close()
    assert len(fake.requests) == 1


async def test_the_end_does_not_wait_for_who_has_spent_nothing() -> None:
    held = asyncio.Event()

    @asynccontextmanager
    async def taken() -> AsyncIterator[None]:
        held.set()
        await asyncio.Event().wait()
        yield

    async with platform(grant(1)) as fake, asyncio.timeout(5):
        one = tokens(fake, MemoryTokens(), Clock(), exclusive=taken)
        caller = asyncio.ensure_future(one.access())
        await held.wait()
        await one.close()
        with pytest.raises(asyncio.CancelledError):
            await caller
    assert fake.requests == []


async def unsaved(fake: FakePlatform, store: MemoryTokens, clock: Clock) -> ZaloTokens:
    """Tokens whose new grant the disk has refused; it takes again."""
    one = tokens(fake, store, clock)
    fake.seen = lambda _request: setattr(store, "broken", True)
    assert await one.access() == "a1"
    store.broken = False
    return one


async def test_a_grant_that_could_not_be_written_is_written_by_the_timer() -> None:
    store = MemoryTokens()
    async with platform(grant(1)) as fake:
        one = await unsaved(fake, store, Clock())
        await one.maintain()
        assert (store.rows[NAME].refresh_token, one.trouble) == ("r1", "")
        await one.close()
    assert len(fake.requests) == 1


async def test_a_grant_that_could_not_be_written_is_written_at_the_end() -> None:
    store = MemoryTokens()
    async with platform(grant(1)) as fake:
        one = await unsaved(fake, store, Clock())
        await one.close()
    assert store.rows[NAME].refresh_token == "r1"


async def test_while_it_is_not_written_people_are_told_not_to_restart() -> None:
    store = MemoryTokens()
    async with platform(grant(1)) as fake:
        one = tokens(fake, store, Clock())
        fake.seen = lambda _request: setattr(store, "broken", True)
        await one.access()
        await one.maintain()
        assert one.trouble == UNSAVED
        await one.close()


async def test_a_grant_is_not_given_up_for_news_that_its_spent_token_is_refused() -> None:
    """Another process tried the token that ours came from while ours could not be written."""
    store = MemoryTokens()
    async with platform(grant(1)) as fake:
        one = await unsaved(fake, store, Clock())
        row = store.rows[NAME]
        lost = replace(row, state=TokenState.LOST.value, version=row.version + 1)
        store.rows[NAME] = lost
        await one.maintain()
        assert (one.state, await one.access()) == (TokenState.GOOD, "a1")
        await one.close()
    assert (store.rows[NAME].refresh_token, store.rows[NAME].version) == ("r1", lost.version + 1)


async def test_no_grant_is_spent_that_is_in_memory_only() -> None:
    """The database takes the intent and refuses the answer, each time."""

    class HalfBroken(MemoryTokens):
        async def put_token(self, row: TokenRow) -> None:
            if row.refresh_token != "r0":
                raise StoreError("disk full")
            await super().put_token(row)

        async def journal_token(self, name: str, raw: str) -> None:
            if raw:
                raise StoreError("disk full")
            await super().journal_token(name, raw)

    clock = Clock()
    async with platform(grant(1), grant(2)) as fake:
        one = tokens(fake, HalfBroken(), clock)
        assert await one.access() == "a1"
        clock.time += timedelta(hours=20)
        assert await one.access() == "a1"
        await one.close()
    assert [request.content["refresh_token"] for request in fake.requests] == ["r0"]


async def test_a_lost_answer_is_not_asked_for_again_when_the_program_ends() -> None:
    store = MemoryTokens()
    async with platform("close", grant(1)) as fake:
        one = tokens(fake, store, Clock())
        caller = asyncio.ensure_future(one.access())
        ends: list[asyncio.Task[None]] = []
        fake.seen = lambda _request: ends.append(asyncio.get_running_loop().create_task(one.close()))
        with suppress(TokenUnavailableError, asyncio.CancelledError):
            await caller
        await asyncio.gather(*ends)
    assert (len(fake.requests), store.rows[NAME].refresh_token, store.rows[NAME].state) == (1, "r0", "good")


async def test_another_grant_of_another_process_is_taken() -> None:
    store = MemoryTokens()
    async with platform(grant(1)) as fake:
        one = await unsaved(fake, store, Clock())
        row = store.rows[NAME]
        theirs = replace(row, access_token="theirs", refresh_token="r9", version=row.version + 1)
        store.rows[NAME] = replace(theirs, expires_at=row.expires_at + timedelta(hours=25))
        await one.maintain()
        assert await one.access() == "theirs"
        await one.close()
    assert store.rows[NAME].refresh_token == "r9"


@dataclass
class Hanging(MemoryTokens):
    """A store that, while told so, gives no answer to a write before it refuses it."""

    hangs: bool = False
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    refuses: asyncio.Event = field(default_factory=asyncio.Event)

    async def put_token(self, row: TokenRow) -> None:
        await self._hang()
        await super().put_token(row)

    async def journal_token(self, name: str, raw: str) -> None:
        await self._hang()
        await super().journal_token(name, raw)

    async def _hang(self) -> None:
        if self.hangs:
            self.asked.set()
            await self.refuses.wait()
            raise StoreError("no answer")


@pytest.mark.parametrize(
    "use",
    [lambda one: one.maintain(), lambda one: one.renew("a9"), lambda one: one.revoked(NOW - timedelta(days=1))],
    ids=["timer", "renew", "old news of a revocation"],
)
async def test_a_grant_in_memory_survives_a_write_that_is_called_off(use: Use) -> None:
    store = Hanging()
    async with platform(grant(1)) as fake:
        one = await unsaved(fake, store, Clock())
        store.hangs = True
        caller = asyncio.ensure_future(use(one))
        await store.asked.wait()
        caller.cancel()
        with suppress(asyncio.CancelledError):
            await caller
        store.hangs = False
        await one.close()
    assert store.rows[NAME].refresh_token == "r1"


async def test_a_grant_whose_journal_gives_no_answer_is_written_at_the_end() -> None:
    store = Hanging()
    async with platform(grant(1)) as fake:
        one = tokens(fake, store, Clock(), patience=timedelta(milliseconds=100))
        fake.seen = lambda _request: setattr(store, "hangs", True)
        caller = asyncio.ensure_future(one.access())
        await store.asked.wait()
        caller.cancel()
        ending = asyncio.create_task(one.close())
        with suppress(asyncio.CancelledError):
            await caller
        store.hangs = False
        await ending
    assert store.rows[NAME].refresh_token == "r1"


async def test_bad_news_that_cannot_be_written_is_no_reason_not_to_restart() -> None:
    store, clock = MemoryTokens(), Clock()
    async with platform(grant(1), {"error": -14014}) as fake:
        one = tokens(fake, store, clock)
        assert await one.access() == "a1"
        fake.seen = lambda _request: setattr(store, "broken", True)
        with suppress(TokenUnavailableError):
            await one.renew("a1")
        assert one.state is TokenState.LOST
        await one.maintain()
        assert one.trouble != UNSAVED
        await one.close()
