"""Zalo's OpenAPI and OAuth routes: what the bot calls, answered as the OA reference (sections 4-8) tells."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from aiohttp import web

from chatbot.simulator.account import Sent
from chatbot.simulator.faults import Fault, Operation
from chatbot.simulator.server import CONTROL
from chatbot.simulator.stamps import Stamps
from chatbot.simulator.threads import Entry, Side, Threads
from chatbot.simulator.zalo_grant import ZaloGrant
from chatbot.simulator.zalo_history import conversation_page, recent_page
from chatbot.simulator.zalo_rules import Refusal, refusal

WINDOW: Final = timedelta(days=7)
RATE_LIMIT: Final = "4000"
STATE_AGENCY: Final = 4
"""`oa_type` of a state agency's OA."""


class Endpoint(StrEnum):
    """The two ways to send; a state agency's OA may have one of them only."""

    V3 = "v3"
    V2 = "v2"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZaloAccount:
    """The OA and its app. The secrets are the simulator's own."""

    app_id: str = "1234567890123456789"
    app_secret: str = "simulator-zalo-app-secret"  # noqa: S105 - opens nothing but this simulator
    oa_id: str = "3456789012345678901"
    oa_secret_key: str = "simulator-zalo-oa-secret-key"  # noqa: S105 - the same
    name: str = "Bảo hiểm xã hội Việt Nam"


@dataclass(slots=True)
class ZaloApi:
    """The routes of one OA. `accepted` is told of every message that the platform took, with its recipient."""

    account: ZaloAccount
    grant: ZaloGrant
    threads: Threads
    stamps: Stamps
    now: Callable[[], datetime]
    accepted: Callable[[Sent, dict[str, str]], None]
    sent: list[Sent] = field(default_factory=list)
    closed: set[Endpoint] = field(default_factory=set)
    reactions: list[dict[str, Any]] = field(default_factory=list)

    def add_routes(self, app: web.Application) -> None:
        """Put the routes on the platform's server."""
        app.router.add_post("/v3.0/oa/message/cs", self._send_v3)
        app.router.add_post("/v2.0/oa/message", self._send_v2)
        app.router.add_post("/v3.0/oa/quota/message", self._quota)
        app.router.add_get("/v2.0/oa/getoa", self._getoa)
        app.router.add_get("/v2.0/oa/conversation", self._conversation)
        app.router.add_get("/v2.0/oa/listrecentchat", self._recent)
        app.router.add_get("/v3.0/oa/user/detail", self._detail)
        app.router.add_post("/v4/oa/access_token", self._access_token)
        app.router.add_get(f"{CONTROL}/sent", self._show_sent)

    async def _send_v3(self, request: web.Request) -> web.Response:
        if Endpoint.V3 in self.closed:
            return _refuse(Refusal(-235, "This API does not support this type of OA"))
        return await self._send(request, Endpoint.V3)

    async def _send_v2(self, request: web.Request) -> web.Response:
        if Endpoint.V2 in self.closed:
            return _refuse(Refusal(-240, "MessageV2 API has been shut down"))
        return await self._send(request, Endpoint.V2)

    async def _send(self, request: web.Request, endpoint: Endpoint) -> web.Response:
        body = await _body(request)
        if not self._authorised(request):
            return _token_refused()
        if body is None:
            return _refuse(Refusal(-201, "body is invalid"))
        if endpoint is Endpoint.V2 and "sender_action" in body:
            self.reactions.append(body)
            return _answer({})
        person = _recipient(body, endpoint)
        problem = refusal(body.get("message")) if person else Refusal(-201, "recipient is invalid")
        problem = problem or self._window(person)
        if problem is not None:
            return _refuse(problem)
        return self._accept(person, endpoint, body)

    def _accept(self, citizen: str, endpoint: Endpoint, body: dict[str, Any]) -> web.Response:
        message = body["message"]
        at = datetime.fromtimestamp(self.stamps.next() / 1000, UTC)
        sent = Sent(
            id=new_id(), citizen=citizen, at=at, text=str(message.get("text", "")), message=message, endpoint=endpoint
        )
        self.sent.append(sent)
        self.threads.add(citizen, Entry(id=sent.id, side=Side.BOT, at=at, text=sent.text, message=message))
        self.accepted(sent, body["recipient"])
        stamp = str(int(at.timestamp() * 1000))
        data = {"message_id": sent.id, "user_id": citizen, "sent_time": stamp, "quota": {"quota_type": "reply"}}
        return _answer(data)

    def _window(self, citizen: str) -> Refusal | None:
        thread = self.threads.of(citizen)
        if thread.blocked:
            return Refusal(-244, "User has restricted this type of message")
        if thread.met_at is not None and self.now() - thread.met_at > WINDOW:
            return Refusal(-230, "User has not interacted with the OA in the past 7 days")
        return None

    def _authorised(self, request: web.Request) -> bool:
        return self.grant.accepts(request.headers.get("access_token", ""))

    async def _access_token(self, request: web.Request) -> web.Response:
        form = await request.post()
        return web.json_response(self.grant.answer(form, request.headers.get("secret_key", "")))

    async def _getoa(self, request: web.Request) -> web.Response:
        if not self._authorised(request):
            return _token_refused()
        about = {
            "oa_id": self.account.oa_id,
            "name": self.account.name,
            "oa_type": STATE_AGENCY,
            "is_verified": True,
            "package_name": "Comprehensive",
            "package_valid_through_date": "31/12/2027",
            "num_follower": len(self.threads.by_citizen),
            "linked_ZCA": "",
        }
        return _answer(about)

    async def _conversation(self, request: web.Request) -> web.Response:
        wish = _data(request)
        if not self._authorised(request):
            return _token_refused()
        if wish is None or not wish.get("user_id"):
            return _refuse(Refusal(-201, "data.user_id is invalid"))
        thread = self.threads.of(str(wish["user_id"]))
        return _answer(conversation_page(thread, self.account, wish))

    async def _recent(self, request: web.Request) -> web.Response:
        if not self._authorised(request):
            return _token_refused()
        return _answer(recent_page(self.threads.by_citizen.values(), self.account, _data(request) or {}))

    async def _detail(self, request: web.Request) -> web.Response:
        wish = _data(request)
        if not self._authorised(request):
            return _token_refused()
        citizen = str((wish or {}).get("user_id", ""))
        if citizen not in self.threads.by_citizen:
            return _refuse(Refusal(-213, "User has not followed the OA"))
        thread = self.threads.of(citizen)
        person = {"user_id": citizen, "display_name": "Người dân", "user_alias": "", "is_sensitive": False}
        return _answer({**person, "user_is_follower": not thread.blocked, "shared_info": {}})

    async def _quota(self, request: web.Request) -> web.Response:
        wish = await _body(request) or {}
        if not self._authorised(request):
            return _token_refused()
        met = self.threads.of(str(wish.get("user_id", ""))).met_at
        last = str(int(met.timestamp() * 1000)) if met else ""
        return _answer({"reply": {"quota_type": "reply"}, "last_interaction": last})

    async def _show_sent(self, _request: web.Request) -> web.Response:
        shown = [{"id": one.id, "citizen": one.citizen, "text": one.text, "message": one.message} for one in self.sent]
        return web.json_response(shown)


async def operation_of(request: web.Request) -> Operation:
    """What a call is for."""
    if request.method == "POST" and "/oa/message" in request.path:
        body = await _body(request) or {}
        return Operation.SIGNAL if "sender_action" in body else Operation.SEND
    if request.path.endswith("/access_token"):
        return Operation.TOKEN
    if request.path.endswith(("/conversation", "/listrecentchat")):
        return Operation.HISTORY
    return Operation.OTHER


def _recipient(body: dict[str, Any], endpoint: Endpoint) -> str:
    """The citizen's id, or "" when the recipient is not one that the endpoint knows."""
    recipient = body.get("recipient")
    if not isinstance(recipient, dict):
        return ""
    if endpoint is Endpoint.V2 and recipient.get("conversation_id") and recipient.get("anonymous_id"):
        return str(recipient["anonymous_id"])
    citizen = recipient.get("user_id")
    return citizen if isinstance(citizen, str) else ""


async def _body(request: web.Request) -> dict[str, Any] | None:
    try:
        body = json.loads(await request.read())
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _data(request: web.Request) -> dict[str, Any] | None:
    try:
        wish = json.loads(request.query.get("data", "{}"))
    except ValueError:
        return None
    return wish if isinstance(wish, dict) else None


def _answer(data: object) -> web.Response:
    body = {"error": 0, "message": "Success", "data": data}
    headers = {"X-RateLimit-Limit": RATE_LIMIT, "X-RateLimit-Remain": RATE_LIMIT}
    return web.json_response(body, headers=headers)


def _refuse(problem: Refusal) -> web.Response:
    """Zalo reports errors with HTTP 200."""
    return web.json_response({"error": problem.code, "message": problem.message})


def refuse_fault(fault: Fault) -> web.Response:
    """The error answer that a fault asks for."""
    return _refuse(Refusal(fault.code, fault.message or f"Error {fault.code}"))


def _token_refused() -> web.Response:
    return _refuse(Refusal(-216, "Access token is invalid"))


def new_id() -> str:
    """A message id, hexadecimal as Zalo's."""
    return secrets.token_hex(10)
