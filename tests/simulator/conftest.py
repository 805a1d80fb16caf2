"""Platforms on loopback ports, a clock moved by hand, and a webhook that remembers what it got."""

import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from chatbot.simulator import MessengerPlatform, ZaloPlatform
from tests.listening import listening


@dataclass(slots=True)
class Clock:
    """A clock that moves when it is told to."""

    at: datetime = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The time."""
        return self.at

    def move(self, **by: float) -> None:
        """Let time pass."""
        self.at += timedelta(**by)


@dataclass(slots=True)
class Webhook:
    """Answers with the waiting statuses, then 200; `requests` are the raw bodies and headers."""

    url: str = ""
    statuses: deque[int] = field(default_factory=deque)
    requests: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    def bodies(self) -> list[dict[str, Any]]:
        """What was posted, parsed."""
        return [json.loads(raw) for raw, _ in self.requests]

    async def take(self, request: web.Request) -> web.Response:
        """Remember a request."""
        self.requests.append((await request.read(), dict(request.headers)))
        return web.Response(status=self.statuses.popleft() if self.statuses else 200)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def webhook() -> AsyncIterator[Webhook]:
    hook = Webhook()
    app = web.Application()
    app.router.add_post("/hook", hook.take)
    async with listening(app) as origin:
        hook.url = f"{origin}/hook"
        yield hook


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def zalo(webhook: Webhook, clock: Clock) -> AsyncIterator[ZaloPlatform]:
    platform = ZaloPlatform(webhook_url=webhook.url, now=clock.now)
    await platform.start()
    yield platform
    await platform.close()


@pytest.fixture
async def messenger(webhook: Webhook, clock: Clock) -> AsyncIterator[MessengerPlatform]:
    platform = MessengerPlatform(webhook_url=webhook.url, now=clock.now)
    await platform.start()
    yield platform
    await platform.close()
