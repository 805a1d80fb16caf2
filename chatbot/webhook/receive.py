"""One webhook request from its raw bytes to an answer that means "it is on disk"."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from aiohttp import web

from chatbot.channels.base import Channel, SignatureRefusedError, UnreadableBodyError
from chatbot.delivery.inbox import IntakeBusyError
from chatbot.model import ChannelName, Event
from chatbot.observe import log
from chatbot.webhook.keys import Edge

STRANGE_FOR: Final = timedelta(minutes=5)
"""Refused signatures are an alarm when no right one came for so long: then it is our key, not a stranger."""

LAST_REPEAT: Final = timedelta(hours=48)
"""Platforms stop repeating an event before that (Meta after 36 hours, Zalo after 2): an older time is a wrong one."""
AHEAD: Final = timedelta(minutes=5)
_NEVER_RIGHT: Final = (
    "Every webhook was refused for five minutes: compare the channel's secret in .env with its console."
)
_NOT_OURS: Final = (
    "The webhook of {channel} is called, and this process has no secrets for it: what citizens write there is not "
    "stored. Put {secrets} into its .env and restart it, or switch the webhook off at the platform."
)


class Receipt(Enum):
    """What became of a request."""

    STORED = "stored"
    REFUSED = "refused"  # not signed by the platform: nothing is kept
    UNREADABLE = "unreadable"  # signed, but not in the platform's shape: counted, nothing is kept
    BUSY = "busy"  # could not be stored in time: the platform must try again


async def read_body(request: web.Request, timeout_s: float) -> bytes:
    """The raw bytes. Raises HTTPRequestTimeout for a sender that dawdles (aiohttp refuses one that is too large)."""
    if request.content.is_eof():
        return await request.read()
    try:
        async with asyncio.timeout(timeout_s):
            return await request.read()
    except TimeoutError as error:
        raise web.HTTPRequestTimeout(text="The body did not arrive in time.") from error


async def receive(edge: Edge, channel: Channel, raw: bytes, request: web.Request) -> Receipt:
    """Verify, parse, mask and store; every item of the batch stands for itself."""
    try:
        channel.verify(raw, request.headers)
    except SignatureRefusedError:
        edge.metrics.signature_refused.labels(channel.name.value).inc()
        log.signature_refused(channel.name)
        _doubt(edge, channel.name, "signature", _NEVER_RIGHT)
        return Receipt.REFUSED
    _believe(edge, channel)
    try:
        parsed = channel.parse(raw)
    except UnreadableBodyError:
        log.unreadable(channel.name, len(raw))
        return Receipt.UNREADABLE
    if parsed.broken:
        log.broken_items(channel.name, parsed.broken)
    if parsed.unknown:
        log.unknown_keys(channel.name, parsed.unknown)
    now = edge.now()
    masked = (_masked(edge, _dated(event, now)) for event in parsed.events)
    return await _store(edge, tuple(event for event in masked if event))


def _masked(edge: Edge, event: Event) -> Event | None:
    """None for one that masking cannot read: it may not be stored as it is, and must not spoil its neighbours."""
    try:
        return edge.protect(event)
    except Exception:  # noqa: BLE001 - as above
        log.broken_items(event.channel, 1)
        return None


def _dated(event: Event, now: datetime) -> Event:
    """The event with a time that can be: a platform's clock that is far off must leave nobody without an answer."""
    return event if -AHEAD <= now - event.at <= LAST_REPEAT else replace(event, at=now)


def _believe(edge: Edge, channel: Channel) -> None:
    edge.doubted_at.pop(channel.name, None)
    edge.alarms.clear(f"{channel.name.value}_signature")


def not_taken_in(edge: Edge, name: ChannelName) -> None:
    """A request for a channel without secrets: nothing tells whether the platform sent it, so nothing is kept."""
    log.not_taken_in(name)
    _doubt(edge, name, "not_taken_in", _NOT_OURS.format(channel=name.value, secrets=f"{name.value.upper()}_*"))


def _doubt(edge: Edge, name: ChannelName, alarm: str, sentence: str) -> None:
    """A stranger's request means nothing; only refused requests for minutes mean that a secret is wrong."""
    first = edge.doubted_at.setdefault(name, edge.now())
    if edge.now() - first >= STRANGE_FOR:
        edge.alarms.raise_(f"{name.value}_{alarm}", sentence)


async def _store(edge: Edge, events: tuple[Event, ...]) -> Receipt:
    for event in events:
        edge.metrics.events.labels(event.channel.value, event.kind.value).inc()
        for kind in event.found:
            edge.metrics.secrets_masked.labels(kind.name.lower()).inc()
    try:
        async with asyncio.timeout(edge.budget_s):
            await edge.intake.accept(events)
    except TimeoutError:
        log.refused_busy("budget")
        return Receipt.BUSY
    except IntakeBusyError as error:
        log.refused_busy(str(error))
        return Receipt.BUSY
    return Receipt.STORED
