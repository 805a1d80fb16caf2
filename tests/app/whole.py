"""A whole bot in this process: SQLite file, real HTTP edge on a loopback port, both simulated platforms."""

import asyncio
import hashlib
import hmac
import io
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from aiohttp import web

from chatbot.app import Mind, utc_now
from chatbot.config import Config, Settings, load_config
from chatbot.knowledge import Knowledge, load
from chatbot.model import EventKind, Outcome, Part, Reply, Turn, TurnRecord, TurnResult
from chatbot.pipeline import Pipeline
from chatbot.serve import Bot, Duty, Rhythm, open_bot
from chatbot.simulator import Delivery, MessengerPlatform, ZaloPlatform
from tests.knowledge.conftest import FAQ, REAL, SMALL_FILES
from tests.listening import listening

PHRASES = 'error.internal: ["Dạ, em xin lỗi, em gặp trục trặc ạ."]\n'
QUICK = Rhythm(content=0.05, measure=0.05, wait=0.05, ping=0.05, tokens=0.05, retention=3600, grace=0.1, dead=0.05)
SETTINGS: dict[str, Any] = {
    "lanes": {"settle_ms": 0, "shutdown_s": 2},
    "zalo": {"sends_per_minute": 100_000, "send_timeout_s": 5},
    "messenger": {"sends_per_second": 10_000, "send_timeout_s": 5},
    "web": {"body_limit_mib": 1, "read_timeout_s": 0.3},
}


SILENT = frozenset({EventKind.ECHO_STAFF, EventKind.HANDOVER, EventKind.REVOKED, EventKind.UNDELIVERED})


class Echo:
    """A pure turn that repeats what it heard; "hỏng" is a bug. It is a pipeline as far as a bot can tell."""

    def turn(self, turn: Turn) -> TurnResult:
        """The heard words as the reply; an officer's words are kept and not answered."""
        words = " + ".join(
            event.text or (event.action.name if event.action else event.kind.value) for event in turn.events
        )
        if "hỏng" in words:
            raise ZeroDivisionError(words)
        silent = turn.events[-1].kind in SILENT
        count = int(turn.session.slots.get("count", "0")) + 1
        parts = () if silent else (Part(f"{count}. Dạ, em nghe: {words}"[:1900]),)
        reply = Reply(outcome=Outcome.ANSWERED_SMALLTALK, parts=parts)
        session = replace(turn.session, slots={"count": str(count)})
        return TurnResult(session=session, reply=reply, record=TurnRecord(text=words, intent="smalltalk.thanks"))


@dataclass(frozen=True, slots=True)
class EchoMind:
    """Small content and the echo, or another pipeline."""

    knowledge: Knowledge
    pipeline: Echo | Pipeline = field(default_factory=Echo)


def small_content(folder: Path) -> Path:
    """A small content folder that is right in every respect."""
    root = folder / "intents"
    files = {**SMALL_FILES, "faq/money/thuong.yaml": FAQ.format(id="thuong")}
    files["phrases.vi.yaml"] += PHRASES
    for name in ("official_channels.yaml", "fakes.yaml"):
        files[name] = (REAL / name).read_text("utf-8")
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


def echo_mind(settings: Settings) -> EchoMind:
    """What stands for `load_brain`: reads the content, learns nothing."""
    return EchoMind(load(settings.intents))


async def echo_anew(settings: Settings) -> EchoMind:
    """What stands for `load_anew`."""
    return await asyncio.to_thread(echo_mind, settings)


def write_settings(folder: Path, changes: Mapping[str, Any]) -> Path:
    """A config.yaml in the folder; `changes` by section."""
    settings = {name: {**SETTINGS.get(name, {}), **changes.get(name, {})} for name in {*SETTINGS, *changes}}
    path = folder / "config.yaml"
    path.write_text(
        yaml.safe_dump({"var": str(folder / "var"), "intents": str(folder / "intents"), **settings}), "utf-8"
    )
    return path


def settings_of(folder: Path, platforms: Mapping[str, str], changes: Mapping[str, Any]) -> Config:
    """The bot's configuration around a folder."""
    write_settings(folder, changes)
    return load_config({"PUBLIC_URL": "https://bot.example.vn", **platforms}, folder)


@dataclass
class Whole:
    """The running bot, the platforms it talks to, and a client that is nobody's platform."""

    bot: Bot
    zalo: ZaloPlatform
    messenger: MessengerPlatform
    http: aiohttp.ClientSession
    url: str
    folder: Path
    app: web.Application

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / "var" / "chatbot.db"

    async def settle(self, seconds: float = 15) -> None:
        """Wait until what was accepted is answered, and what was answered is sent and echoed."""
        async with asyncio.timeout(seconds):
            while True:
                await self.zalo.settle()
                await self.messenger.settle()
                if not (self.bot.inbox.waiting or self.bot.lanes.busy or self.bot.outbox.depth):
                    return
                await asyncio.sleep(0.005)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What stands in the database."""
        with closing(sqlite3.connect(self.database)) as database:
            return database.execute(query).fetchall()

    async def until(self, true: Callable[[], object], seconds: float = 10) -> None:
        """Wait for something that the bot does by itself."""
        async with asyncio.timeout(seconds):
            while not true():
                await asyncio.sleep(0.01)

    async def post(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        """POST bytes as they are."""
        async with self.http.post(self.url + path, data=io.BytesIO(body), headers=dict(headers or {})) as response:
            return response.status, await response.text()

    async def get(self, path: str) -> tuple[int, str]:
        """GET."""
        async with self.http.get(self.url + path) as response:
            return response.status, await response.text()

    async def zalo_says(self, raw: bytes) -> int:
        """Deliver any bytes as Zalo would: signed with the timestamp they hold, if they hold one."""
        return (await self.post("/webhooks/zalo", raw, self.zalo_signature(raw)))[0]

    def zalo_signature(self, raw: bytes) -> dict[str, str]:
        """The header for these bytes."""
        stamps = re.findall(rb'"timestamp": ?"?(\d+)', raw)
        timestamp = stamps[-1].decode() if stamps else ""
        plain = self.zalo.account.app_id.encode() + raw + timestamp.encode() + self.zalo.account.oa_secret_key.encode()
        return {"X-ZEvent-Signature": f"mac={hashlib.sha256(plain).hexdigest()}"}

    def meta_signature(self, raw: bytes) -> dict[str, str]:
        """The header for these bytes."""
        digest = hmac.new(self.messenger.account.app_secret.encode(), raw, hashlib.sha256).hexdigest()
        return {"X-Hub-Signature-256": f"sha256={digest}"}

    async def meta_says(self, raw: bytes) -> int:
        """Deliver any bytes as Meta would."""
        return (await self.post("/webhooks/messenger", raw, self.meta_signature(raw)))[0]

    @property
    def heard(self) -> list[str]:
        """Every text that reached a citizen's phone, Zalo's before Messenger's."""
        return [sent.text for sent in (*self.zalo.sent, *self.messenger.sent)]


def accepted(deliveries: Iterable[Delivery]) -> bool:
    """Were all of them answered 200?"""
    return all(one.accepted for one in deliveries)


@asynccontextmanager
async def whole_bot(
    folder: Path,
    mind: Mind | None = None,
    *,
    changes: Mapping[str, Any] | None = None,
    now: Callable[[], datetime] = utc_now,
    platforms_now: Callable[[], datetime] = utc_now,
    without: tuple[str, ...] = (),
    extra: Mapping[str, str] | None = None,
    oa: ZaloPlatform | None = None,
    duty: Duty = Duty.ALL,
) -> AsyncIterator[Whole]:
    """Start everything on free ports, stop it in order.

    `changes` of config.yaml by section; `without` are prefixes of settings that are left out, `extra` are others. An
    `oa` that runs already outlives the bot.
    """
    zalo, messenger = oa or ZaloPlatform(now=platforms_now), MessengerPlatform(now=platforms_now)
    await asyncio.gather(*(one.start() for one in (zalo, messenger) if one is not oa))
    if mind is None:
        small_content(folder)
    given = {**zalo.environment(), **messenger.environment()}
    given = {name: value for name, value in given.items() if not name.startswith(without or ("-",))}
    given.update(extra or {})
    config = settings_of(folder, given, changes or {})
    bot = await open_bot(config, mind or echo_mind(config.settings), now, QUICK, duty)
    bot.reload = echo_anew
    app = bot.web_app()
    await bot.start()
    try:
        async with listening(app, shutdown_timeout=0.2) as url, aiohttp.ClientSession() as http:
            zalo.courier.url, messenger.courier.url = f"{url}/webhooks/zalo", f"{url}/webhooks/messenger"
            yield Whole(bot, zalo, messenger, http, url, folder, app)
    finally:
        await bot.stop()
        await asyncio.gather(*(one.close() for one in (zalo, messenger) if one is not oa))
