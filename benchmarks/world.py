"""Meta seen from the benchmark: signed webhooks out, and a Graph API that accepts every send and notes the time."""

import asyncio
import hashlib
import hmac
import itertools
import json
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web

from benchmarks.program import APP_SECRET, PAGE_ID


def body_of(citizen: str, mid: str, text: str) -> bytes:
    """A batch with one text, as Meta writes it."""
    now = int(time.time() * 1000)
    item = {
        "sender": {"id": citizen},
        "recipient": {"id": PAGE_ID},
        "timestamp": now,
        "message": {"mid": mid, "text": text},
    }
    batch = {"object": "page", "entry": [{"id": PAGE_ID, "time": now, "messaging": [item]}]}
    return json.dumps(batch, separators=(",", ":")).encode()


def signature_of(raw: bytes) -> str:
    """The header's value."""
    return "sha256=" + hmac.new(APP_SECRET.encode(), raw, hashlib.sha256).hexdigest()


class World:
    """Posts webhooks to a bot and receives its sends. Times are seconds of one monotonic clock."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self._numbers = itertools.count(1)
        self._run = time.time_ns()
        self.url = ""
        self.asked: dict[str, float] = {}
        self.answered: dict[str, list[float]] = {}
        self.keys: Counter[str] = Counter()
        """How often each send came, by the key that our bot gives it (`metadata`)."""
        self._told: dict[str, list[dict[str, Any]]] = {}
        self._came = asyncio.Event()

    def citizen(self) -> str:
        """Somebody nobody has met."""
        return f"{self._run % 10**9:09}{next(self._numbers):09}"

    async def ask(self, origin: str, citizen: str, text: str, mid: str = "") -> tuple[int, float]:
        """Post a text: the status, and the seconds until it was answered."""
        raw = body_of(citizen, mid or f"m_{citizen}_{next(self._numbers)}", text)
        headers = {
            "X-Hub-Signature": "sha1="
            + hmac.new(APP_SECRET.encode(), raw, hashlib.sha1).hexdigest(),  # Meta sends both
            "X-Hub-Signature-256": signature_of(raw),
            "Content-Type": "application/json",
        }
        began = time.perf_counter()
        self.asked.setdefault(citizen, began)
        async with self._http.post(f"{origin}/webhooks/messenger", data=raw, headers=headers) as response:
            await response.read()
            return response.status, time.perf_counter() - began

    async def until_answered(self, count: int, seconds: float) -> None:
        """Wait until so many people have an answer. Raises TimeoutError."""
        await self._until(lambda: len(self.answered) >= count, seconds)

    async def until_all(self, people: Collection[str], seconds: float) -> None:
        """Wait until each of these people has an answer. Raises TimeoutError."""
        left = set(people)

        def nobody_waits() -> bool:
            left.difference_update(self.answered)
            return not left

        await self._until(nobody_waits, seconds)

    async def _until(self, enough: Callable[[], bool], seconds: float) -> None:
        async with asyncio.timeout(seconds):
            while not enough():
                self._came.clear()
                await self._came.wait()

    @property
    def waits(self) -> list[float]:
        """Seconds from the webhook to the first send, of everybody who was answered."""
        return [times[0] - self.asked[citizen] for citizen, times in self.answered.items()]

    def twice(self) -> int:
        """How many sends came more than once."""
        return sum(times - 1 for times in self.keys.values())

    def forget(self) -> None:
        """Begin another measurement."""
        for kept in (self.asked, self.answered, self.keys, self._told):
            kept.clear()

    async def receive(self, request: web.Request) -> web.Response:
        """The Graph API's sends. The second part of an answer to an earlier measurement counts for nothing."""
        came = time.perf_counter()
        call = await _call(request)
        citizen = call["recipient"]["id"]
        number = f"m_{next(self._numbers)}"
        if "message" in call and citizen in self.asked:
            self.answered.setdefault(citizen, []).append(came)
            self.keys.update(filter(None, [call["message"].get("metadata")]))
            self._told.setdefault(citizen, []).append(_entry(number, call["message"]))
            self._came.set()
        return web.json_response({"recipient_id": citizen, "message_id": number})

    async def history(self, request: web.Request) -> web.Response:
        """The Graph API's conversations, newest message first: what settles a doubtful send."""
        entries = self._told.get(request.query.get("user_id", ""), [])
        return web.json_response({"data": [{"messages": {"data": entries[::-1]}}]})


def _entry(number: str, message: dict[str, Any]) -> dict[str, Any]:
    text = message.get("text") or message.get("attachment", {}).get("payload", {}).get("text", "")
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
    return {"id": number, "message": text, "created_time": now, "from": {"id": PAGE_ID}}


async def _call(request: web.Request) -> dict[str, Any]:
    """The body: JSON, or a form whose values are JSON (as some clients write it)."""
    if request.content_type == "application/json":
        call: dict[str, Any] = json.loads(await request.read())
        return call
    form = await request.post()
    return {name: json.loads(value) for name, value in form.items() if isinstance(value, str) and value[:1] == "{"}


@asynccontextmanager
async def world(tls: ssl.SSLContext | None = None) -> AsyncIterator[World]:
    """Meta, listening on a loopback port."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        made = World(http)
        app = web.Application()
        app.router.add_post("/{version}/{page}/messages", made.receive)
        app.router.add_get("/{version}/{page}/conversations", made.history)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        made.url = "{}://{}:{}".format("https" if tls else "http", *runner.addresses[0][:2])
        try:
            yield made
        finally:
            await runner.cleanup()
