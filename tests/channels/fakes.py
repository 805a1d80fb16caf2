"""A small platform: an HTTP server that answers as told and remembers what it got."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.listening import listening


@dataclass
class Request:
    """What the server got."""

    path: str
    headers: dict[str, str]
    content: Any
    query: dict[str, str]


@dataclass(frozen=True)
class Raw:
    """An answer that is not the platform's JSON."""

    status: int = 200
    text: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def _open() -> asyncio.Event:
    gate = asyncio.Event()
    gate.set()
    return gate


@dataclass
class FakePlatform:
    """Answers each request with the next of `answers` (a body, a Raw, or a way to break), the last one for ever, and
    only while the gate is open."""

    answers: list[Any] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    url: str = ""
    seen: Callable[[Request], None] = lambda _request: None
    gate: asyncio.Event = field(default_factory=_open)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Remember the request, then do as told."""
        content = await (request.json() if request.content_type == "application/json" else request.post())
        given = content if isinstance(content, dict) else {key: str(value) for key, value in content.items()}
        one = Request(request.path, dict(request.headers), given, dict(request.query))
        self.requests.append(one)
        self.seen(one)
        self.asked.set()
        await self.gate.wait()
        told = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if told == "close":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if told == "hang":
            await asyncio.Event().wait()
        if isinstance(told, Raw):
            return web.Response(status=told.status, text=told.text, headers=told.headers)
        return web.json_response(told)

    @property
    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [one.path for one in self.requests]


@asynccontextmanager
async def platform(*answers: Any) -> AsyncIterator[FakePlatform]:
    """A server on a free port of this machine."""
    fake = FakePlatform(list(answers))
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fake.answer)
    async with listening(app, shutdown_timeout=0.01) as fake.url:
        yield fake
