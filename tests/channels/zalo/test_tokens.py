"""The single-use refresh token: never asked twice, never believed before it is written down, never lost in silence."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chatbot.channels.zalo.grant import TokenState
from chatbot.channels.zalo.tokens import TokenLostError, TokenUnavailableError, ZaloApp, ZaloTokens
from chatbot.storage.port import TokenStore
from chatbot.storage.secret_box import SecretBox, key_from_file
from chatbot.storage.sqlite import SqliteStore, sqlite_engine
from chatbot.storage.upgrade import upgrade
from tests.channels.fakes import FakePlatform, Raw, Request, platform
from tests.channels.samples import NOW
from tests.channels.zalo.fakes import MemoryTokens

NAME = "zalo:oa"


class Clock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.time: datetime = NOW

    def __call__(self) -> datetime:
        """Now."""
        return self.time


def grant(number: int, **more: Any) -> dict[str, Any]:
    """Zalo's answer, expires_in as the string it is."""
    return {"access_token": f"a{number}", "refresh_token": f"r{number}", "expires_in": "90000", **more}


def tokens(fake: FakePlatform, store: TokenStore, clock: Clock, **options: Any) -> ZaloTokens:
    """A grant seeded with r0."""
    app = ZaloApp(id="app", secret="app-secret", oauth_url=fake.url)
    given = {"seed_refresh": "r0", "timeout": timedelta(seconds=2), **options}
    return ZaloTokens(store, app, oa_id="oa", now=clock, **given)


async def test_the_seed_becomes_a_grant_at_first_use() -> None:
    store = MemoryTokens()
    async with platform(grant(1)) as fake:
        one = tokens(fake, store, Clock())
        assert await one.access() == "a1"
        await one.close()
    (request,) = fake.requests
    assert request.path == "/v4/oa/access_token"
    assert request.headers["secret_key"] == "app-secret"
    assert request.content == {"refresh_token": "r0", "app_id": "app", "grant_type": "refresh_token"}
    assert (store.rows[NAME].refresh_token, store.rows[NAME].state) == ("r1", "good")
    assert one.expires_in_seconds() == 90000


async def test_the_intent_and_the_raw_answer_are_journalled_before_the_grant_is_believed() -> None:
    store = MemoryTokens()
    seen: list[tuple[list[str], str]] = []

    def look(_request: Request) -> None:
        seen.append((list(store.journal), store.rows[NAME].refresh_token))

    async with platform(grant(1)) as fake:
        fake.seen = look
        one = tokens(fake, store, Clock())
        await one.access()
        await one.close()
    assert seen == [([""], "r0")]
    assert '"a1"' in store.journal[1]


async def test_it_refreshes_at_seventy_percent_and_not_before() -> None:
    store, clock = MemoryTokens(), Clock()
    async with platform(grant(1), grant(2)) as fake:
        one = tokens(fake, store, clock)
        await one.access()
        clock.time += timedelta(seconds=90000 * 0.7 - 1)
        assert await one.access() == "a1"
        clock.time += timedelta(seconds=1)
        await one.maintain()
        assert await one.access() == "a2"
        await one.close()
    assert len(fake.requests) == 2


async def test_many_callers_at_once_are_one_refresh() -> None:
    async with platform(grant(1), grant(2)) as fake:
        one = tokens(fake, MemoryTokens(), Clock())
        assert await asyncio.gather(*(one.access() for _ in range(5))) == ["a1"] * 5
        assert await asyncio.gather(*(one.renew("a1") for _ in range(5))) == ["a2"] * 5
        await one.close()
    assert len(fake.requests) == 2


async def test_the_store_wins_over_the_seed_until_the_seed_changes() -> None:
    store, clock = MemoryTokens(), Clock()
    async with platform(grant(1), grant(2)) as fake:
        for seed, expected in (("r0", "a1"), ("r0", "a1"), ("other", "a2"), ("other", "a2")):
            one = tokens(fake, store, clock, seed_refresh=seed)
            assert await one.access() == expected
            await one.close()
    assert [request.content["refresh_token"] for request in fake.requests] == ["r0", "other"]


async def test_a_seeded_access_token_is_used_first() -> None:
    async with platform(grant(1)) as fake:
        one = tokens(fake, MemoryTokens(), Clock(), seed_access="a0")
        assert await one.access() == "a0"
        assert await one.renew("a0") == "a1"
        await one.close()


async def test_a_newer_token_of_another_process_is_taken_without_a_refresh() -> None:
    store = MemoryTokens()
    async with platform(grant(1)) as fake:
        one = tokens(fake, store, Clock())
        await one.access()
        row = store.rows[NAME]
        store.rows[NAME] = replace(row, access_token="theirs", version=row.version + 1)
        assert await one.renew("a1") == "theirs"
        await one.close()
    assert len(fake.requests) == 1


@pytest.mark.parametrize("lost", ["close", Raw(status=502, text="x"), Raw(text="not json")])
async def test_a_lost_answer_is_asked_for_once_more(lost: Any) -> None:
    async with platform(lost, grant(1)) as fake:
        one = tokens(fake, MemoryTokens(), Clock())
        assert await one.access() == "a1"
        await one.close()
    assert [request.content["refresh_token"] for request in fake.requests] == ["r0", "r0"]
    assert one.state is TokenState.GOOD


async def test_a_lost_answer_whose_repeat_is_refused_is_a_lost_grant() -> None:
    store = MemoryTokens()
    async with platform("close", {"error_name": "invalid refresh token", "error": -14014}) as fake:
        one = tokens(fake, store, Clock())
        for _ in range(3):
            with pytest.raises(TokenLostError):
                await one.access()
        await one.close()
    assert len(fake.requests) == 2
    assert (one.state, store.rows[NAME].state) == (TokenState.LOST, "lost")


async def test_two_lost_answers_alarm_while_the_old_token_serves_on() -> None:
    store, clock = MemoryTokens(), Clock()
    async with platform(grant(1), "close", "close", grant(2)) as fake:
        one = tokens(fake, store, clock)
        await one.access()
        clock.time += timedelta(hours=20)
        assert await one.access() == "a1"
        assert (one.state, len(fake.requests)) == (TokenState.UNSURE, 3)
        assert await one.access() == "a1"
        assert len(fake.requests) == 3
        clock.time += timedelta(minutes=15)
        assert await one.access() == "a2"
        assert one.state is TokenState.GOOD
        await one.close()


async def test_a_host_that_cannot_be_reached_changes_nothing() -> None:
    store, clock = MemoryTokens(), Clock()
    async with platform(grant(1)) as fake:
        pass
    one = tokens(fake, store, clock)
    with pytest.raises(TokenUnavailableError):
        await one.access()
    await one.maintain()
    await one.close()
    assert (one.state, store.rows[NAME].refresh_token) == (TokenState.GOOD, "r0")


async def test_a_revoked_grant_is_not_used_any_more() -> None:
    store = MemoryTokens()
    async with platform(grant(1)) as fake:
        one = tokens(fake, store, Clock())
        await one.access()
        await one.revoked(NOW)
        with pytest.raises(TokenLostError):
            await one.access()
        await one.close()
    assert (one.state, one.expires_in_seconds()) == (TokenState.REVOKED, 0.0)
    assert len(fake.requests) == 1


async def test_news_of_a_revocation_that_comes_late_does_not_touch_a_newer_grant() -> None:
    async with platform(grant(1)) as fake:
        one = tokens(fake, MemoryTokens(), Clock())
        await one.access()
        await one.revoked(NOW - timedelta(minutes=1))
        assert await one.access() == "a1"
        await one.close()


async def test_an_oauth_host_that_turns_us_away_at_the_door_has_spent_nothing() -> None:
    store, clock = MemoryTokens(), Clock()
    busy = Raw(status=429, text='{"error": -32, "error_name": "too many requests"}', headers={"Retry-After": "90"})
    async with platform(busy, grant(1)) as fake:
        one = tokens(fake, store, clock)
        with pytest.raises(TokenUnavailableError):
            await one.access()
        clock.time += timedelta(seconds=89)
        with pytest.raises(TokenUnavailableError):
            await one.access()
        assert (one.state, len(fake.requests)) == (TokenState.GOOD, 1)
        clock.time += timedelta(seconds=1)
        assert await one.access() == "a1"
        await one.close()


async def test_a_consent_replaces_a_grant_that_another_key_has_sealed(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "chatbot.db"
    engine = sqlite_engine(path)
    upgrade(engine)
    engine.dispose()
    async with platform(grant(1), grant(2), grant(3)) as fake:
        for key in ("one", "two"):
            store = SqliteStore(path, SecretBox(key_from_file(tmp_path / key)), clock)
            one = tokens(fake, store, clock, seed_refresh="r0" if key == "one" else "consent")
            if key == "two":
                await one.maintain()
                assert (one.expires_in_seconds(), "another CHATBOT_SECRET_KEY" in one.trouble) == (0, True)
                await one.exchange_code("code", "v" * 43)
            assert await one.access() == ("a1" if key == "one" else "a2")
            await one.maintain()
            assert one.trouble == ""
            await one.close()
            await store.close()
    assert [request.content["grant_type"] for request in fake.requests] == ["refresh_token", "authorization_code"]


async def test_a_new_consent_mends_a_lost_grant() -> None:
    store = MemoryTokens()
    async with platform({"error": -14014}, grant(7)) as fake:
        one = tokens(fake, store, Clock())
        with pytest.raises(TokenLostError):
            await one.access()
        await one.exchange_code("code-1", "v" * 43)
        assert await one.access() == "a7"
        await one.close()
    assert fake.requests[1].content == {
        "code": "code-1",
        "app_id": "app",
        "grant_type": "authorization_code",
        "code_verifier": "v" * 43,
    }
    assert store.rows[NAME].state == "good"


async def test_a_refused_code_says_why_and_keeps_the_grant() -> None:
    store = MemoryTokens()
    async with platform(grant(1), {"error": -14003, "error_name": "Invalid redirect uri"}) as fake:
        one = tokens(fake, store, Clock())
        await one.access()
        with pytest.raises(TokenUnavailableError, match="Invalid redirect uri"):
            await one.exchange_code("code-1", "v" * 43)
        assert await one.access() == "a1"
        await one.close()


async def test_a_grant_that_could_not_be_written_is_used_and_written_later() -> None:
    store = MemoryTokens()
    async with platform(grant(1), grant(2)) as fake:
        one = tokens(fake, store, Clock())
        fake.seen = lambda _request: setattr(store, "broken", True)
        assert await one.access() == "a1"
        assert store.rows[NAME].refresh_token == "r0"
        store.broken = False
        fake.seen = lambda _request: None
        assert await one.renew("a1") == "a2"
        await one.close()
    assert [request.content["refresh_token"] for request in fake.requests] == ["r0", "r1"]
    assert store.rows[NAME].refresh_token == "r2"


async def test_a_broken_store_spends_no_refresh_token() -> None:
    store, clock = MemoryTokens(), Clock()
    async with platform(grant(1)) as fake:
        one = tokens(fake, store, clock)
        await one.access()
        store.broken = True
        clock.time += timedelta(hours=20)
        assert await one.access() == "a1"
        clock.time += timedelta(hours=6)
        with pytest.raises(TokenUnavailableError):
            await one.access()
        await one.maintain()
        with pytest.raises(TokenUnavailableError):
            await one.exchange_code("code", "v" * 43)
        await one.close()
    assert len(fake.requests) == 1


async def test_a_consent_that_could_not_be_written_is_not_called_done() -> None:
    store = MemoryTokens()
    async with platform(grant(1)) as fake:
        fake.seen = lambda _request: setattr(store, "broken", True)
        one = tokens(fake, store, Clock())
        with pytest.raises(TokenUnavailableError, match="database"):
            await one.exchange_code("code", "v" * 43)
        await one.close()


async def test_without_seed_and_store_a_person_must_connect() -> None:
    async with platform(grant(1)) as fake:
        one = tokens(fake, MemoryTokens(), Clock(), seed_refresh="")
        with pytest.raises(TokenLostError):
            await one.access()
        await one.close()
    assert fake.requests == []


async def test_renewing_without_success_does_not_hand_out_the_refused_token() -> None:
    clock = Clock()
    async with platform(grant(1), "close", "close") as fake:
        one = tokens(fake, MemoryTokens(), clock)
        await one.access()
        with pytest.raises(TokenUnavailableError):
            await one.renew("a1")
        await one.close()


@pytest.mark.parametrize(
    ("told", "seconds"), [("90000", 90000), (3600, 3600), ("soon", 3600), (None, 3600), ("0", 3600)]
)
async def test_expires_in_is_believed_when_it_can_be_read(told: Any, seconds: int) -> None:
    async with platform(grant(1, expires_in=told)) as fake:
        one = tokens(fake, MemoryTokens(), Clock())
        await one.access()
        await one.close()
    assert one.expires_in_seconds() == seconds


def test_the_consent_address_carries_the_challenge_of_the_verifier() -> None:
    app = ZaloApp(id="app", secret="s", oauth_url="https://oauth.example")
    one = ZaloTokens(MemoryTokens(), app, oa_id="oa", now=Clock())
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    address = urlsplit(one.consent_url("https://bhxh.example/cb", verifier, "st"))
    assert address.path == "/v4/oa/permission"
    assert parse_qs(address.query) == {
        "app_id": ["app"],
        "redirect_uri": ["https://bhxh.example/cb"],
        "code_challenge": ["E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"],
        "state": ["st"],
    }
