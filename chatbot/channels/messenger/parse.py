"""Meta's batches in our words: every item of every entry stands for itself, and a poisoned one spoils no neighbour."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Unpack

from chatbot.channels import body
from chatbot.channels.base import Parsed, UnreadableBodyError
from chatbot.channels.body import Details, Json
from chatbot.channels.messenger.attachments import attachments, shared_address, template_text
from chatbot.model import OTHERS, OURS, Action, Attachment, ChannelName, Event, EventKind

GET_STARTED: Final = "GET_STARTED"
NOBODY: Final = "-"
"""Stands for the citizen in events about the Page itself."""
"""`Event.metadata` of a handover: who owns the thread now."""

_ENVELOPE: Final = frozenset(
    {"sender", "recipient", "timestamp", "hop_context", "client_hint", "lead", "prior_message"}
)
_RECORDED: Final = frozenset(
    {
        "account_linking",
        "app_roles",
        "call",
        "game_play",
        "messaging_feedback",
        "order",
        "policy_enforcement",
        "request_thread_control",
        "response_feedback",
    }
)
_RECEIPTS: Final = {"delivery": EventKind.DELIVERED, "read": EventKind.SEEN}
_HANDOVERS: Final = ("pass_thread_control", "take_thread_control")
_FIELDS: Final = frozenset({"feed", "business_integrity", "message_template_status_update"})
_NAMES: Final = (
    *("message", "message_edit", "postback", "reaction", *_RECEIPTS, *_HANDOVERS, "referral", "optin"),
    *sorted(_RECORDED),
)
"""The keys that name an event, the most frequent first."""


class _BrokenItemError(Exception):
    """An item without what its kind needs."""


@dataclass(frozen=True, slots=True)
class _Item:
    """One item with what its entry says; `where` is "messaging", "standby" or the field of a change."""

    value: Json
    where: str
    page: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class MessengerParser:
    """Reads batches of one Page; `now` only stands in for a time that is missing.

    An echo is ours by our app id (or, without an app id, by carrying our metadata); one of `automation_app_ids` is an
    instant reply of Meta's; every other was written by a person or by another tool, and silences the bot.
    """

    page_id: str
    app_id: str
    automation_app_ids: frozenset[str]
    now: Callable[[], datetime]

    def parse(self, raw: bytes) -> Parsed:
        """Every item of the batch. Raises UnreadableBodyError."""
        batch = body.decode(raw)
        entries = batch.get("entry")
        if batch.get("object") != "page":
            return Parsed(unknown=(f"object.{body.name(batch.get('object'))}",))
        if not isinstance(entries, list):
            raise UnreadableBodyError("a page object without entries")
        events: list[Event] = []
        unknown: list[str] = []
        broken = 0
        for item in _items(entries):
            if item is None:
                broken += 1
                continue
            try:
                events.append(self._event(item, unknown))
            except Exception:  # noqa: BLE001 - a bug that one item brings out must not spoil its neighbours
                broken += 1
        return Parsed(tuple(events), broken, tuple(dict.fromkeys(unknown)))

    def _event(self, item: _Item, unknown: list[str]) -> Event:
        value = item.value
        kind = _kind_of(item, unknown)
        sender = body.identifier(body.child(value, "sender").get("id"))
        recipient = body.identifier(body.child(value, "recipient").get("id"))
        if item.page != self.page_id or self.page_id not in {sender, recipient, recipient or self.page_id}:
            return self._made(item, kind, EventKind.OTHER)
        if item.where == f"changes.{kind}":
            return self._made(item, kind, EventKind.OTHER)
        if sender == self.page_id or body.child(value, "message").get("is_echo") is True:
            event = self._echo(item, kind, recipient)
        elif sender:
            event = self._from_citizen(item, kind, sender)
        elif "message" in value and "user_ref" not in body.child(value, "sender"):
            raise _BrokenItemError
        else:
            event = self._made(item, kind, EventKind.OTHER)
        if item.where == "standby" and event.kind not in _RECEIPTS.values():
            return replace(event, kind=EventKind.STANDBY, action=None, key=f"standby:{event.key}")
        return event

    def _made(
        self,
        item: _Item,
        kind: str,
        means: EventKind,
        citizen: str = NOBODY,
        key: str = "",
        **details: Unpack[Details],
    ) -> Event:
        """An event keyed by its message's id, or else by its content."""
        return Event(
            key=key or body.fingerprint(item.value),
            channel=ChannelName.MESSENGER,
            conversation=f"{ChannelName.MESSENGER}:{self.page_id}:{citizen}",
            kind=means,
            at=body.instant(item.value.get("timestamp")) or item.sent_at or self.now(),
            raw_kind=kind,
            **details,
        )

    def _from_citizen(self, item: _Item, kind: str, sender: str) -> Event:
        value = item.value
        if kind == "message":
            return self._message(item, sender)
        if kind == "message_edit":
            return self._edit(item, sender)
        if kind == "postback":
            return self._postback(item, sender)
        if kind == "reaction":
            reaction = body.child(value, "reaction")
            mid = body.identifier(reaction.get("mid"))
            return self._made(item, kind, EventKind.REACTION, sender, platform_id=mid, metadata=_reaction(reaction))
        if kind in _RECEIPTS:
            mids = body.child(value, kind).get("mids")
            first = body.identifier(mids[0]) if isinstance(mids, list) and mids else ""
            return self._made(item, kind, _RECEIPTS[kind], sender, platform_id=first)
        if kind in _HANDOVERS:
            return self._handover(item, kind, sender)
        if kind in {"referral", "optin"}:
            return self._opened(item, kind, sender)
        return self._made(item, kind, EventKind.OTHER, sender)

    def _message(self, item: _Item, sender: str) -> Event:
        message = body.child(item.value, "message")
        mid = body.identifier(message.get("mid"))
        words = body.text(message.get("text"))
        found = attachments(message)
        action = Action.unpack(body.text(body.child(message, "quick_reply").get("payload"))) or Action.unpack(words)
        means = EventKind.ACTION if action else EventKind.TEXT
        if not words.strip() and not action:
            words = words or shared_address(message)
            means = EventKind.TEXT if words else EventKind.ATTACHMENT
        edited = message.get("is_edit") is True
        return self._made(
            item,
            "message",
            means,
            sender,
            "" if edited else mid,
            text="" if action and words.startswith("#") else words,
            action=action,
            attachments=found or ((Attachment.OTHER,) if means is EventKind.ATTACHMENT else ()),
            platform_id=mid,
            reply_to=body.identifier(body.child(message, "reply_to").get("mid")),
            metadata=body.text(body.child(message, "referral").get("ref")),
        )

    def _edit(self, item: _Item, sender: str) -> Event:
        """A changed message counts as a new text with a key of its own."""
        edit = body.child(item.value, "message_edit")
        mid, number = body.identifier(edit.get("mid")), body.identifier(edit.get("num_edit"))
        key = f"{mid}:edit:{number}" if mid and number else ""
        words = body.text(edit.get("text"))
        return self._made(item, "message_edit", EventKind.TEXT, sender, key, text=words, platform_id=mid)

    def _postback(self, item: _Item, sender: str) -> Event:
        postback = body.child(item.value, "postback")
        mid, title = body.identifier(postback.get("mid")), body.text(postback.get("title"))
        payload = body.text(postback.get("payload"))
        action = Action.unpack(payload)
        if payload.upper().startswith(GET_STARTED):
            means = EventKind.OPENED
        elif action:
            means = EventKind.ACTION
        else:
            means = EventKind.TEXT if title.strip() else EventKind.OTHER
        return self._made(
            item,
            "postback",
            means,
            sender,
            mid,
            text="" if means is EventKind.OPENED else title,
            action=action,
            platform_id=mid,
            metadata=body.text(body.child(postback, "referral").get("ref")),
        )

    def _opened(self, item: _Item, kind: str, sender: str) -> Event:
        """A link or a plugin brought the citizen here; lead forms and unsubscribing are only recorded."""
        inside = body.child(item.value, kind)
        lead = body.text(inside.get("type")).startswith("LEAD_")
        stopped = body.text(inside.get("notification_messages_status")).startswith("STOP")
        means = EventKind.OTHER if lead or stopped else EventKind.OPENED
        return self._made(item, kind, means, sender, metadata=body.text(inside.get("ref")))

    def _handover(self, item: _Item, kind: str, sender: str) -> Event:
        owner = body.identifier(body.child(item.value, kind).get("new_owner_app_id"))
        whose = OURS if owner == self.app_id else OTHERS
        return self._made(item, kind, EventKind.HANDOVER, sender, author=owner, metadata=whose)

    def _echo(self, item: _Item, kind: str, recipient: str) -> Event:
        """Something the Page sent."""
        message = body.child(item.value, "message")
        if not recipient or recipient == self.page_id:
            raise _BrokenItemError
        if not message:
            return self._made(item, kind, EventKind.OTHER, recipient)
        app, metadata = body.identifier(message.get("app_id")), body.text(message.get("metadata"))
        if app == self.app_id or (not app and metadata):
            means = EventKind.ECHO_OURS
        else:
            means = EventKind.ECHO_AUTOMATION if app in self.automation_app_ids else EventKind.ECHO_STAFF
        mid = body.identifier(message.get("mid"))
        return self._made(
            item,
            "message_echo",
            means,
            recipient,
            mid,
            text=body.text(message.get("text")) or template_text(message),
            attachments=attachments(message),
            platform_id=mid,
            author=app,
            metadata=metadata if means is EventKind.ECHO_OURS else "",
        )


def _items(entries: list[Any]) -> Iterator[_Item | None]:
    """Every item in the order it came; None stands for one that is not an object."""
    for entry in entries:
        if not isinstance(entry, dict):
            yield None
            continue
        page, sent_at = body.identifier(entry.get("id")), body.instant(entry.get("time"))
        for where in ("messaging", "standby"):
            for value in _list(entry.get(where)):
                yield _Item(value, where, page, sent_at) if isinstance(value, dict) else None
        for change in _list(entry.get("changes")):
            if not isinstance(change, dict) or not isinstance(change.get("value"), dict):
                yield None
                continue
            yield _Item(change["value"], f"changes.{body.name(change.get('field'))}", page, sent_at)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _kind_of(item: _Item, unknown: list[str]) -> str:
    """The key that names the event. Keys and fields we do not know are noted by name."""
    field = item.where.removeprefix("changes.")
    found = next((key for key in _NAMES if key in item.value), "")
    if item.where.startswith("changes.") and ("sender" not in item.value or not found):
        if field not in _FIELDS:
            unknown.append(field)
        return field
    if found:
        return found
    strange = [body.name(key) for key in item.value if key not in _ENVELOPE]
    unknown.extend(strange)
    return strange[0] if strange else "?"


def _reaction(reaction: Json) -> str:
    """Which reaction; "" when it was taken back."""
    return "" if reaction.get("action") == "unreact" else body.text(reaction.get("reaction"))
