"""The page at /simulator: two phones, and the routes behind them. It answers loopback only and speaks JSON only."""

import asyncio
import ipaddress
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, select_autoescape

from chatbot.simulator.acts import BadActError, Platforms, act, new_citizen
from chatbot.simulator.explain import Explain, explain_nothing
from chatbot.simulator.threads import Thread, Threads
from chatbot.simulator.view import messenger_view, zalo_view

HERE: Final = Path(__file__).parent
HEARTBEAT: Final = 15.0
"""Seconds of silence after which the stream says that it lives."""
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
STATIC: Final = {
    "simulator.css": "text/css",
    "simulator.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}

EXAMPLES: Final = (
    "Nữ sinh năm 1970 bao giờ nghỉ hưu?",
    "quen mat khau vssid roi",
    "Có người xưng cán bộ BHXH gọi bắt cài app, có thật không?",
    "Sinh con thứ hai được nghỉ mấy tháng?",
    "Rút BHXH một lần cần giấy tờ gì?",
)
"""Questions to try, as people type them."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_simulator(app: web.Application, platforms: Platforms, explain: Explain = explain_nothing) -> None:
    """Serve the page. Streams end when the application shuts down, so that the shutdown does not wait for them."""
    pages = _Pages(platforms, explain)
    routes: list[tuple[str, str, Handler]] = [
        ("GET", "/simulator", pages.page),
        ("GET", "/simulator/static/{name}", pages.static),
        ("GET", "/simulator/stream", pages.stream),
        ("GET", "/simulator/explain", pages.explain),
        ("POST", "/simulator/citizens", pages.citizens),
        ("POST", "/simulator/act", pages.act),
    ]
    for method, path, handler in routes:
        app.router.add_route(method, path, _loopback(handler))
    app.on_shutdown.append(pages.stop)


class _Pages:
    def __init__(self, platforms: Platforms, explain: Explain) -> None:
        self._platforms = platforms
        self._explain = explain
        self._stopped = asyncio.Event()
        loader = FileSystemLoader(HERE / "templates")
        self._template = Environment(loader=loader, autoescape=select_autoescape()).get_template("simulator.html")

    async def stop(self, _app: web.Application) -> None:
        """End every stream."""
        self._stopped.set()

    async def page(self, _request: web.Request) -> web.Response:
        """The page itself; it asks for everything else."""
        html = self._template.render(
            zalo=self._platforms.zalo.account.name,
            messenger=self._platforms.messenger.account.name,
            examples=EXAMPLES,
        )
        return web.Response(text=html, content_type="text/html", headers=HEADERS)

    async def static(self, request: web.Request) -> web.Response:
        """A script or the style sheet."""
        name = request.match_info["name"]
        if name not in STATIC:
            raise web.HTTPNotFound
        text = (HERE / "static" / name).read_text("utf-8")
        return web.Response(text=text, content_type=STATIC[name], headers=HEADERS)

    async def citizens(self, _request: web.Request) -> web.Response:
        """Two people whom nobody has met."""
        return web.json_response({"zalo": new_citizen("761"), "messenger": new_citizen("2")}, headers=HEADERS)

    async def act(self, request: web.Request) -> web.Response:
        """A tap or a text; answered when the bot's webhook has answered."""
        try:
            delivery = await act(self._platforms, json.loads(await request.read()))
        except (BadActError, json.JSONDecodeError) as error:
            return web.json_response({"error": str(error)}, status=HTTPStatus.BAD_REQUEST, headers=HEADERS)
        return web.json_response({"accepted": delivery.accepted, "status": delivery.status}, headers=HEADERS)

    async def explain(self, request: web.Request) -> web.Response:
        """The last turn of a conversation; an empty object when there was none."""
        zalo = request.query.get("channel") == "zalo"
        account = self._platforms.zalo.account.oa_id if zalo else self._platforms.messenger.account.page_id
        name = "zalo" if zalo else "messenger"
        view = await self._explain(f"{name}:{account}:{request.query.get('citizen', '')}")
        return web.json_response(view or {}, headers=HEADERS)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: both conversations whenever one of them changes."""
        headers = {**HEADERS, "Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        seen: tuple[int, int] | None = None
        with suppress(ConnectionError):
            while not self._stopped.is_set():
                now = self._versions()
                text = self._event(request.query) if now != seen else ": still here\n\n"
                seen = now
                await response.write(text.encode())
                await self._changed(seen)
        return response

    def _event(self, citizens: Mapping[str, str]) -> str:
        zalo, messenger = self._platforms.zalo, self._platforms.messenger
        views: dict[str, Any] = {
            "zalo": zalo_view(_thread(zalo.threads, citizens.get("zalo", ""))),
            "messenger": messenger_view(
                _thread(messenger.threads, citizens.get("messenger", "")), messenger.api.profile
            ),
        }
        return f"data: {json.dumps(views, ensure_ascii=False)}\n\n"

    def _versions(self) -> tuple[int, int]:
        return self._platforms.zalo.threads.version, self._platforms.messenger.threads.version

    async def _changed(self, seen: tuple[int, int]) -> None:
        """Return at the next change, at the shutdown, or after the heartbeat."""
        waits = [
            asyncio.ensure_future(self._platforms.zalo.threads.beyond(seen[0])),
            asyncio.ensure_future(self._platforms.messenger.threads.beyond(seen[1])),
            asyncio.ensure_future(self._stopped.wait()),
        ]
        try:
            await asyncio.wait(waits, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()


def _thread(threads: Threads, citizen: str) -> Thread:
    """The thread as it is; looking at it does not begin one."""
    return threads.by_citizen.get(citizen) or Thread(citizen)


def _loopback(handler: Handler) -> Handler:
    """Refuse who is not on this machine, pages of other sites, and names that only point here (DNS rebinding)."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        if not _is_local(request.remote or "") or not _is_local(request.url.host or ""):
            raise web.HTTPForbidden(text="The simulator answers this machine only.")
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            raise web.HTTPForbidden(text="The simulator answers its own page only.")
        if request.method == "POST" and request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType(text="Send application/json.")
        return await handler(request)

    return guarded


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
