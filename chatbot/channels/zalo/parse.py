"""Zalo's events in our words. One request carries one event; an unknown event is recorded, never answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Unpack

from chatbot.channels import body
from chatbot.channels.base import Parsed
from chatbot.channels.body import Details, Json
from chatbot.channels.zalo.events import RECORDED
from chatbot.channels.zalo.person import NOBODY, Person
from chatbot.model import Action, Attachment, ChannelName, Event, EventKind

_NOBODY: Final = Person(NOBODY)
_SIMPLE: Final = {
    "follow": EventKind.OPENED,
    "user_click_chatnow": EventKind.OPENED,
    "unfollow": EventKind.UNFOLLOWED,
    "user_withdraw": EventKind.WITHDRAWN,
    "permission_revoked": EventKind.REVOKED,
    "user_reacted_message": EventKind.REACTION,
}
_RECEIPTS: Final = {"user_received_message": EventKind.DELIVERED, "user_seen_message": EventKind.SEEN}
_ECHOED: Final = frozenset({"text", "image", "gif", "list", "file", "sticker", "template", "link", "audio", "video"})
_SAID: Final = {
    "text": Attachment.OTHER,
    "image": Attachment.IMAGE,
    "gif": Attachment.IMAGE,
    "link": Attachment.LINK,
    "audio": Attachment.AUDIO,
    "video": Attachment.VIDEO,
    "sticker": Attachment.STICKER,
    "location": Attachment.LOCATION,
    "business_card": Attachment.CONTACT,
    "file": Attachment.FILE,
}


@dataclass(frozen=True, slots=True)
class ZaloParser:
    """Reads events of one OA; `now` only stands in for a timestamp that is missing."""

    app_id: str
    oa_id: str
    now: Callable[[], datetime]

    def parse(self, raw: bytes) -> Parsed:
        """The event of a request. Raises UnreadableBodyError."""
        return self.item(body.decode(raw))

    def item(self, item: Json) -> Parsed:
        """One decoded event; an empty object (the console's probe) is no event."""
        if not item:
            return Parsed()
        kind = body.name(item.get("event_name"))
        try:
            event = self._event(item, kind)
        except Exception:  # noqa: BLE001 - a bug that one message brings out must not make the hook answer 500
            event = None
        if event is None:
            return Parsed(broken=1)
        return Parsed((event,), unknown=() if _known(kind) else (kind,))

    def _event(self, item: Json, kind: str) -> Event | None:
        """None for an event that lacks what its kind needs."""
        if not self._ours(item):
            return self._made(item, kind, EventKind.OTHER)
        if kind in _SIMPLE:
            return self._simple(item, kind)
        if kind in _RECEIPTS:
            return self._receipt(item, kind)
        family, _, what = kind.partition("_send_")
        if "group" in what:
            return self._made(item, kind, EventKind.OTHER)
        if family in {"user", "anonymous"} and what:
            return self._message(item, kind, what)
        if family == "oa" and (what.removeprefix("anonymous_") in _ECHOED or "admin_id" in body.child(item, "sender")):
            return self._echo(item, kind, anonymous=what.startswith("anonymous_"))
        return self._made(item, kind, EventKind.OTHER)

    def _ours(self, item: Json) -> bool:
        """Is it an event of our app and our OA (or of nobody named)?"""
        if body.identifier(item.get("app_id")) not in {self.app_id, ""}:
            return False
        named = body.identifier(item.get("oa_id")) or body.identifier(item.get("oaId"))
        if named:
            return named == self.oa_id
        sides = {body.identifier(body.child(item, side).get("id")) for side in ("sender", "recipient")} - {""}
        return not sides or self.oa_id in sides

    def _made(
        self,
        item: Json,
        kind: str,
        means: EventKind,
        citizen: Person = _NOBODY,
        key: str = "",
        **details: Unpack[Details],
    ) -> Event:
        """An event keyed by its message's id, or else by its content."""
        return Event(
            key=key or body.fingerprint(item),
            channel=ChannelName.ZALO,
            conversation=citizen.conversation(self.oa_id),
            kind=means,
            at=body.instant(item.get("timestamp")) or self.now(),
            raw_kind=kind,
            **details,
        )

    def _simple(self, item: Json, kind: str) -> Event | None:
        citizen = (
            body.identifier(item.get("user_id"))
            or body.identifier(body.child(item, "follower").get("id"))
            or body.identifier(body.child(item, "sender").get("id"))
        )
        means = _SIMPLE[kind]
        if not citizen and means is not EventKind.REVOKED:
            return None
        message = body.child(item, "message")
        return self._made(
            item,
            kind,
            means,
            Person(citizen or NOBODY),
            platform_id=body.identifier(message.get("msg_id")),
            metadata=body.text(message.get("react_icon") or item.get("source")),
        )

    def _receipt(self, item: Json, kind: str) -> Event | None:
        """Sources disagree about the direction: the citizen is whoever is not the OA."""
        sides = [body.identifier(body.child(item, side).get("id")) for side in ("sender", "recipient")]
        citizen = next((one for one in sides if one not in {self.oa_id, ""}), "")
        if not citizen:
            return None
        message = body.child(item, "message")
        several = message.get("msg_ids")
        first = several[0] if isinstance(several, list) and several else message.get("msg_id")
        return self._made(item, kind, _RECEIPTS[kind], Person(citizen), platform_id=body.identifier(first))

    def _message(self, item: Json, kind: str, what: str) -> Event | None:
        sender = body.identifier(body.child(item, "sender").get("id"))
        message = body.child(item, "message")
        if not sender or not message or sender == self.oa_id:
            return None
        visit = body.identifier(message.get("conversation_id")) if kind.startswith("anonymous_") else ""
        words = _words(message, what)
        action = Action.unpack(words.strip())
        means = EventKind.ACTION if action else EventKind.TEXT
        attachments = _attachments(message, what)
        if not words.strip() and attachments:
            means = EventKind.ATTACHMENT
        number = body.identifier(message.get("msg_id"))
        return self._made(
            item,
            kind,
            means,
            Person(sender, visit),
            number,
            text="" if action else words,
            action=action,
            attachments=attachments,
            platform_id=number,
            reply_to=body.identifier(message.get("quote_msg_id")),
        )

    def _echo(self, item: Json, kind: str, *, anonymous: bool) -> Event | None:
        """Something the OA sent: a person wrote it if an admin is named, else a program did (most likely ours)."""
        citizen = body.identifier(body.child(item, "recipient").get("id"))
        message = body.child(item, "message")
        if not citizen or not message:
            return None
        admin = body.identifier(body.child(item, "sender").get("admin_id"))
        visit = body.identifier(message.get("conversation_id")) if anonymous else ""
        number = body.identifier(message.get("msg_id"))
        return self._made(
            item,
            kind,
            EventKind.ECHO_STAFF if admin else EventKind.ECHO_OURS,
            Person(citizen, visit),
            number,
            text=_echoed_text(message),
            platform_id=number,
            author=admin,
        )


def _known(kind: str) -> bool:
    family, _, what = kind.partition("_send_")
    if family in {"user", "anonymous", "oa"} and what:
        return "group" in what or what.removeprefix("anonymous_") in {*_SAID, *_ECHOED, "consent"}
    return kind in _SIMPLE or kind in _RECEIPTS or kind in RECORDED


def _words(message: Json, what: str) -> str:
    """What the citizen wrote. A shared link counts as its address; the name on a contact card is somebody else's."""
    if what == "business_card":
        return ""
    words = body.text(message.get("text"))
    if words.strip() or what != "link":
        return words
    shared = (body.text(body.child(one, "payload").get("url")) for one in body.items(message.get("attachments")))
    return next((address for address in shared if address), "")


def _attachments(message: Json, what: str) -> tuple[Attachment, ...]:
    if what == "text":
        return ()
    kind = _SAID.get(what, Attachment.OTHER)
    several = message.get("attachments")
    if not isinstance(several, list) or len(several) < 2:  # noqa: PLR2004 - one attachment is what the event says
        return (kind,)
    return tuple(_SAID.get(body.name(one.get("type")), Attachment.OTHER) for one in body.items(several)) or (kind,)


def _echoed_text(message: Json) -> str:
    """The sent text; a message with buttons carries it inside its template."""
    own = body.text(message.get("text"))
    inside = (body.text(body.child(one, "payload").get("text")) for one in body.items(message.get("attachments")))
    return own or next((one for one in inside if one), "")
