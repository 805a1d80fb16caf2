"""The routes that the platforms and the operators call."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from chatbot.channels.messenger.channel import Messenger
from chatbot.model import ChannelName
from chatbot.webhook.keys import EDGE
from chatbot.webhook.receive import Receipt, not_taken_in, read_body, receive

LONGEST_CHALLENGE = 512

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_routes(app: web.Application) -> None:
    """The webhooks."""
    app.router.add_post("/webhooks/zalo", zalo)
    app.router.add_get("/webhooks/zalo", zalo_probe)
    app.router.add_post("/webhooks/messenger", messenger)
    app.router.add_get("/webhooks/messenger", messenger_handshake)


def add_health(app: web.Application) -> None:
    """Health and metrics."""
    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)
    app.router.add_get("/metrics", metrics)


async def zalo(request: web.Request) -> web.Response:
    """Zalo's events. A bad signature is answered 200 and dropped: an OA whose hook answers 4xx is switched off. So is
    what comes before there are secrets: Zalo saves an address only after a 200, and its recent chats can be read."""
    edge = request.app[EDGE]
    raw = await read_body(request, edge.read_timeout_s)
    if raw.strip() == b"{}":
        return web.Response(text="ok")
    if ChannelName.ZALO not in edge.channels:
        not_taken_in(edge, ChannelName.ZALO)
        return web.Response(text="ok")
    receipt = await receive(edge, edge.channels[ChannelName.ZALO], raw, request)
    if receipt is Receipt.BUSY:
        return _try_again()
    return web.Response(text="ok")


async def zalo_probe(_request: web.Request) -> web.Response:
    """The console's address check."""
    return web.Response(text="ok")


async def messenger(request: web.Request) -> web.Response:
    """Meta's batches. A missing or bad signature is 403 and nothing is kept."""
    edge = request.app[EDGE]
    raw = await read_body(request, edge.read_timeout_s)
    if ChannelName.MESSENGER not in edge.channels:
        not_taken_in(edge, ChannelName.MESSENGER)
        return web.Response(status=HTTPStatus.NOT_FOUND, text="Messenger is not configured.")
    receipt = await receive(edge, edge.channels[ChannelName.MESSENGER], raw, request)
    if receipt is Receipt.REFUSED:
        return web.Response(status=HTTPStatus.FORBIDDEN, text="Signature refused.")
    if receipt is Receipt.BUSY:
        return _try_again()
    return web.Response(text="EVENT_RECEIVED")


async def messenger_handshake(request: web.Request) -> web.Response:
    """`hub.challenge`: the token is compared in constant time and the challenge given back as plain text."""
    edge = request.app[EDGE]
    channel = edge.channels.by_name.get(ChannelName.MESSENGER)
    challenge = request.query.get("hub.challenge", "")
    if not isinstance(channel, Messenger) or request.query.get("hub.mode") != "subscribe":
        return web.Response(status=HTTPStatus.FORBIDDEN, text="Not a subscription.")
    given = hashlib.sha256(request.query.get("hub.verify_token", "").encode()).digest()
    known = [hashlib.sha256(token.encode()).digest() for token in channel.verify_tokens]
    matches = [hmac.compare_digest(given, one) for one in known]
    if not any(matches) or len(challenge) > LONGEST_CHALLENGE:
        return web.Response(status=HTTPStatus.FORBIDDEN, text="Wrong verify token.")
    return web.Response(text=challenge, content_type="text/plain")


async def alive(_request: web.Request) -> web.Response:
    """The process answers."""
    return web.json_response({"status": "alive"})


async def ready(request: web.Request) -> web.Response:
    """503 only when it cannot store, has no content or is stopping; the rest are warnings."""
    state = request.app[EDGE].readiness()
    status = HTTPStatus.SERVICE_UNAVAILABLE if state.reasons else HTTPStatus.OK
    body = {
        "status": "not ready" if state.reasons else "ready",
        "reasons": list(state.reasons),
        "warnings": list(state.warnings),
    }
    return web.json_response(body, status=status)


async def metrics(request: web.Request) -> web.Response:
    """Prometheus."""
    body = request.app[EDGE].metrics.exposition()
    return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


def _try_again() -> web.Response:
    return web.Response(
        status=HTTPStatus.SERVICE_UNAVAILABLE, text="Busy, send it again.", headers={"Retry-After": "5"}
    )
