"""Meta's Graph routes of one Page: sends, profile, subscription, history; errors as the error table gives them."""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from chatbot.simulator import messenger_profile
from chatbot.simulator.account import Sent
from chatbot.simulator.faults import Fault, Operation
from chatbot.simulator.messenger_rules import GraphRefusal, refusal, text_of
from chatbot.simulator.server import CONTROL
from chatbot.simulator.stamps import Stamps
from chatbot.simulator.threads import Entry, Side, Thread, Threads

WINDOW: Final = timedelta(hours=24)
HUMAN_WINDOW: Final = timedelta(days=7)
PAGE_OF_HISTORY: Final = 25
_LIMIT = re.compile(r"messages\.limit\((\d+)\)")
_BEARER: Final = "Bearer "


@dataclass(frozen=True, slots=True, kw_only=True)
class MessengerAccount:
    """The Page and its app. The secrets are the simulator's own."""

    page_id: str = "100000000000101"
    app_id: str = "700000000000007"
    app_secret: str = "simulator-messenger-app-secret"  # noqa: S105 - opens nothing but this simulator
    verify_token: str = "simulator-verify-token"  # noqa: S105 - the same
    page_access_token: str = "simulator-page-access-token"  # noqa: S105 - the same
    name: str = "Bảo hiểm xã hội Việt Nam"


@dataclass(slots=True)
class MessengerApi:
    """The routes of one Page. `accepted` is told of every message that Meta took."""

    account: MessengerAccount
    threads: Threads
    stamps: Stamps
    now: Callable[[], datetime]
    accepted: Callable[[Sent], None]
    sent: list[Sent] = field(default_factory=list)
    signals: list[tuple[str, str]] = field(default_factory=list)
    profile: dict[str, Any] = field(default_factory=dict)
    subscribed: tuple[str, ...] = ()
    revoked: set[str] = field(default_factory=set)

    def add_routes(self, app: web.Application) -> None:
        """Put the routes on the platform's server."""
        root = r"/{version:v\d+\.\d+}/{node}"
        app.router.add_post(f"{root}/messages", self._send)
        app.router.add_get(f"{root}/messages", self._thread_messages)
        app.router.add_get(f"{root}/conversations", self._conversations)
        app.router.add_get(f"{root}/messenger_profile", self._show_profile)
        app.router.add_post(f"{root}/messenger_profile", self._set_profile)
        app.router.add_delete(f"{root}/messenger_profile", self._delete_profile)
        app.router.add_get(f"{root}/subscribed_apps", self._show_subscription)
        app.router.add_post(f"{root}/subscribed_apps", self._subscribe)
        app.router.add_get(root, self._node)
        app.router.add_get(f"{CONTROL}/sent", self._show_sent)

    async def _send(self, request: web.Request) -> web.Response:
        body = await _body(request)
        if problem := self._refused(request, body):
            return refuse(problem)
        recipient = body.get("recipient")
        citizen = recipient.get("id") if isinstance(recipient, dict) else None
        if not isinstance(citizen, str) or not citizen:
            return refuse(GraphRefusal(100, "(#100) No matching user found", 2018001))
        if problem := refusal(body) or self._window(citizen, body):
            return refuse(problem)
        if "sender_action" in body:
            return self._signal(citizen, str(body["sender_action"]))
        sent = self.take(citizen, body)
        return web.json_response({"recipient_id": citizen, "message_id": sent.id})

    def take(self, citizen: str, body: dict[str, Any]) -> Sent:
        """Accept a message that was found to be fine."""
        message = body["message"]
        at = datetime.fromtimestamp(self.stamps.next() / 1000, UTC)
        metadata = str(message.get("metadata", ""))
        sent = Sent(id=new_id(), citizen=citizen, at=at, text=text_of(message), message=message, metadata=metadata)
        self.sent.append(sent)
        self.threads.of(citizen).typing = False
        side = Side.STAFF if body.get("tag") == "HUMAN_AGENT" else Side.BOT
        self.threads.add(citizen, Entry(id=sent.id, side=side, at=at, text=sent.text, message=message))
        self.accepted(sent)
        return sent

    def _signal(self, citizen: str, action: str) -> web.Response:
        self.signals.append((citizen, action))
        thread = self.threads.of(citizen)
        if action == "mark_seen":
            thread.seen_by_bot()
        else:
            thread.typing = action == "typing_on"
        self.threads.touch()
        return web.json_response({"recipient_id": citizen})

    def _window(self, citizen: str, body: dict[str, Any]) -> GraphRefusal | None:
        thread = self.threads.of(citizen)
        if thread.blocked:
            return GraphRefusal(551, "(#551) This person isn't available right now.", 1545041)
        length = HUMAN_WINDOW if body.get("tag") == "HUMAN_AGENT" else WINDOW
        if thread.met_at is not None and self.now() - thread.met_at > length:
            return GraphRefusal(10, "(#10) This message is sent outside of allowed window.", 2018278)
        return None

    def _refused(self, request: web.Request, body: dict[str, Any] | None = None) -> GraphRefusal | None:
        """The token, the proof and the node of the path."""
        given = request.headers.get("Authorization", "").removeprefix(_BEARER)
        token = given or request.query.get("access_token", "") or str((body or {}).get("access_token", ""))
        if token != self.account.page_access_token or token in self.revoked:
            return GraphRefusal(190, "Error validating access token: the session is invalid.", 460)
        proof = request.query.get("appsecret_proof")
        wanted = hmac.new(self.account.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if proof is not None and not hmac.compare_digest(proof, wanted):
            return GraphRefusal(100, "(#100) Invalid appsecret_proof provided in the API argument")
        node = request.match_info["node"]
        page = node in {self.account.page_id, "me"}
        known = page or node.removeprefix("t_") in self.threads.by_citizen or node.startswith("m_")
        return None if known else GraphRefusal(100, f"Unsupported request: object {node!r} does not exist", 33)

    async def _set_profile(self, request: web.Request) -> web.Response:
        wish = await _body(request)
        if problem := self._refused(request, wish) or messenger_profile.refusal(wish, self.profile):
            return refuse(problem)
        self.profile.update(wish)
        self.threads.touch()
        return web.json_response({"result": "success"})

    async def _show_profile(self, request: web.Request) -> web.Response:
        if problem := self._refused(request):
            return refuse(problem)
        fields = request.query.get("fields", "").split(",")
        return web.json_response({"data": [{key: self.profile[key] for key in fields if key in self.profile}]})

    async def _delete_profile(self, request: web.Request) -> web.Response:
        wish = await _body(request)
        if problem := self._refused(request, wish):
            return refuse(problem)
        for key in wish.get("fields", []):
            self.profile.pop(key, None)
        return web.json_response({"result": "success"})

    async def _subscribe(self, request: web.Request) -> web.Response:
        wish = await _body(request)
        if problem := self._refused(request, wish):
            return refuse(problem)
        fields = wish.get("subscribed_fields") or request.query.get("subscribed_fields", "")
        names = fields if isinstance(fields, list) else str(fields).split(",")
        if not any(names):
            return refuse(GraphRefusal(100, "(#100) The parameter subscribed_fields is required."))
        self.subscribed = tuple(names)
        return web.json_response({"success": True})

    async def _show_subscription(self, request: web.Request) -> web.Response:
        if problem := self._refused(request):
            return refuse(problem)
        app = {"id": self.account.app_id, "name": "Trợ lý BHXH", "subscribed_fields": list(self.subscribed)}
        return web.json_response({"data": [app] if self.subscribed else []})

    async def _conversations(self, request: web.Request) -> web.Response:
        if problem := self._refused(request):
            return refuse(problem)
        citizen = request.query.get("user_id", "")
        found = [self.threads.by_citizen[citizen]] if citizen in self.threads.by_citizen else []
        if not citizen:
            found = list(self.threads.by_citizen.values())
        limit = _limit(request)
        data = [{"id": f"t_{thread.citizen}", "messages": self._messages(thread, limit)} for thread in found]
        return web.json_response({"data": data})

    async def _thread_messages(self, request: web.Request) -> web.Response:
        if problem := self._refused(request):
            return refuse(problem)
        thread = self.threads.of(request.match_info["node"].removeprefix("t_"))
        return web.json_response(self._messages(thread, _limit(request)))

    async def _node(self, request: web.Request) -> web.Response:
        """A message by id, or a person's profile."""
        if problem := self._refused(request):
            return refuse(problem)
        node = request.match_info["node"]
        for thread in self.threads.by_citizen.values():
            entry = thread.entry(node)
            if entry is not None:
                return web.json_response(self._line(entry, thread.citizen))
        if node not in self.threads.by_citizen:
            return refuse(GraphRefusal(100, f"Unsupported get request: object {node!r} does not exist", 33))
        return web.json_response({"id": node, "first_name": "Người", "last_name": "Dân"})

    def _messages(self, thread: Thread, limit: int) -> dict[str, Any]:
        lines = [self._line(one, thread.citizen) for one in reversed(thread.entries) if one.side is not Side.NOTE]
        return {"data": lines[:limit]}

    def _line(self, entry: Entry, citizen: str) -> dict[str, Any]:
        """A message as the Conversations API tells it; its time has whole seconds."""
        person, page = {"id": citizen, "name": "Người Dân"}, {"id": self.account.page_id, "name": self.account.name}
        sender, recipient = (person, page) if entry.side is Side.CITIZEN else (page, person)
        return {
            "id": entry.id,
            "created_time": entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "message": entry.text,
            "from": sender,
            "to": {"data": [recipient]},
        }

    async def _show_sent(self, _request: web.Request) -> web.Response:
        shown = [{"id": one.id, "citizen": one.citizen, "text": one.text, "message": one.message} for one in self.sent]
        return web.json_response(shown)


async def operation_of(request: web.Request) -> Operation:
    """What a call is for; a sender action is a SIGNAL."""
    if request.path.endswith("/messages") and request.method == "POST":
        body = await _body(request)
        return Operation.SIGNAL if "sender_action" in body else Operation.SEND
    if request.path.endswith(("/conversations", "/messages")):
        return Operation.HISTORY
    return Operation.OTHER


def refuse(problem: GraphRefusal) -> web.Response:
    """An error as Graph answers it."""
    error = {
        "message": problem.message,
        "type": "OAuthException",
        "code": problem.code,
        "fbtrace_id": secrets.token_urlsafe(8),
    }
    if problem.subcode:
        error["error_subcode"] = problem.subcode
    return web.json_response({"error": error}, status=HTTPStatus.BAD_REQUEST)


def refuse_fault(fault: Fault) -> web.Response:
    """The error answer that a fault asks for."""
    return refuse(GraphRefusal(fault.code, fault.message or f"(#{fault.code}) asked for", fault.subcode))


def new_id() -> str:
    """A message id in Meta's form."""
    return f"m_{secrets.token_urlsafe(48)}"


async def _body(request: web.Request) -> dict[str, Any]:
    """The JSON object of a call; empty when there is none."""
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _limit(request: web.Request) -> int:
    nested = _LIMIT.search(request.query.get("fields", ""))
    asked = nested.group(1) if nested else request.query.get("limit", "")
    return min(PAGE_OF_HISTORY, int(asked)) if asked.isdecimal() else PAGE_OF_HISTORY
