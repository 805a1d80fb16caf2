"""The HTTP server under a simulated platform: its life, and the faults that spoil an answer on the way out."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from chatbot.simulator.faults import Fault, FaultKind, Faults, Operation

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Refuse = Callable[[Fault], web.Response]
OperationOf = Callable[[web.Request], Awaitable[Operation]]

CONTROL: Final = "/_control"
GARBAGE: Final = "<html><body>502 Bad Gateway</body></html>"
ACCEPTING_ROUNDS: Final = 3
"""Rounds of the loop until a server knows of a connection that just came; an unknown one is never closed."""


class PlatformServer:
    """Serves a platform's routes on a loopback port of its own.

    `refuse` writes the platform's error answer for a fault with a code; `operation_of` tells what a call is for.
    """

    def __init__(self, faults: Faults, refuse: Refuse, operation_of: OperationOf) -> None:
        self.faults = faults
        self.calls: list[tuple[str, str]] = []
        self._refuse = refuse
        self._operation_of = operation_of
        self._released = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._url = ""
        self.app = web.Application(middlewares=[self._spoil])
        self.app.router.add_post(f"{CONTROL}/faults", self._add_fault)
        self.app.router.add_get(f"{CONTROL}/faults", self._show_faults)
        self.app.router.add_delete(f"{CONTROL}/faults", self._clear_faults)

    @property
    def url(self) -> str:
        """The origin, e.g. http://127.0.0.1:40123; "" before the start."""
        return self._url

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; 0 lets the system choose the port."""
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        host, bound = self._runner.addresses[0][:2]
        self._url = f"http://{host}:{bound}"

    async def close(self) -> None:
        """Let go of hanging calls and stop listening."""
        self.release()
        runner, self._runner = self._runner, None
        if runner is not None:
            for _ in range(ACCEPTING_ROUNDS):
                await asyncio.sleep(0)
            await runner.cleanup()

    def release(self) -> None:
        """Let every hanging call end."""
        self._released.set()
        self._released = asyncio.Event()

    @web.middleware
    async def _spoil(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(CONTROL):
            return await handler(request)
        self.calls.append((request.method, request.path))
        fault = self.faults.take(await self._operation_of(request))
        if fault is None:
            return await handler(request)
        answer = await handler(request) if fault.kind.accepts else None
        return await self._fail(request, fault, answer)

    async def _fail(self, request: web.Request, fault: Fault, answer: web.StreamResponse | None) -> web.StreamResponse:
        match fault.kind:
            case FaultKind.CODE:
                return self._refuse(fault)
            case FaultKind.GARBAGE:
                return web.Response(text=GARBAGE, content_type="text/html")
            case FaultKind.ERROR_500 | FaultKind.ACCEPT_THEN_500:
                return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)
            case FaultKind.HANG | FaultKind.ACCEPT_THEN_HANG:
                await self._released.wait()
                return _hang_up(request)
            case FaultKind.CLOSE | FaultKind.ACCEPT_THEN_DROP:
                return _hang_up(request)
            case FaultKind.ACCEPT_THEN_HALF:
                return await _half(request, answer)

    async def _add_fault(self, request: web.Request) -> web.Response:
        try:
            wish: dict[str, Any] = await request.json()
            self.faults.next(
                FaultKind(wish["kind"]),
                code=int(wish.get("code", 0)),
                subcode=int(wish.get("subcode", 0)),
                message=str(wish.get("message", "")),
                times=int(wish.get("times", 1)),
                operation=Operation(wish.get("operation", Operation.SEND)),
            )
        except (KeyError, ValueError, TypeError) as error:
            return web.json_response({"error": str(error)}, status=HTTPStatus.BAD_REQUEST)
        return await self._show_faults(request)

    async def _show_faults(self, _request: web.Request) -> web.Response:
        waiting = {operation: [asdict(one) for one in queue] for operation, queue in self.faults.waiting.items()}
        return web.json_response(waiting)

    async def _clear_faults(self, request: web.Request) -> web.Response:
        self.faults.clear()
        return await self._show_faults(request)


def _hang_up(request: web.Request) -> web.Response:
    """Break the connection without a byte of an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _half(request: web.Request, answer: web.StreamResponse | None) -> web.StreamResponse:
    """Send the head and half of the body, then break the connection."""
    body = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b"{}"
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
