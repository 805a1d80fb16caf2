"""What Zalo remembers: our own messages (did a doubtful send arrive?) and what citizens wrote while we were down."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from chatbot.channels import body
from chatbot.channels.base import NoAnswerError, SentMessage
from chatbot.channels.zalo.client import PAGE

MOST_PAGES: Final = 5
"""Of one conversation; fifty messages in the short time that is asked about."""
MOST_CHATS: Final = 50
"""Pages of the list of chats when catching up: five hundred citizens."""
CONVERSATION: Final = "/v2.0/oa/conversation"
RECENT_CHATS: Final = "/v2.0/oa/listrecentchat"
_TYPES: Final = {"photo": "image", "voice": "audio"}
_KNOWN: Final = frozenset({"text", "image", "gif", "link", "audio", "video", "sticker", "location", "file"})

Entry = Mapping[str, Any]


class Pages(Protocol):
    """The part of the client that reads lists."""

    async def page(self, path: str, query: Mapping[str, Any], number: int) -> Sequence[Entry] | None:
        """One page, newest first; None when it is refused. Raises NoAnswerError when it may come later."""


async def at_once() -> None:
    """No pause between calls."""


async def sent_since(pages: Pages, user_id: str, since: datetime) -> Sequence[SentMessage] | None:
    """The OA's messages to this person since then, oldest first; None when Zalo does not tell (all of) it.

    Raises NoAnswerError when it may tell later.
    """
    entries = await _conversation(pages, user_id, since)
    if entries is None:
        return None
    return [
        SentMessage(body.identifier(one.get("message_id")), body.text(one.get("message")), _at(one))
        for one in entries
        if one.get("src") == 0
    ]


async def said_since(
    pages: Pages, since: datetime, pause: Callable[[], Awaitable[None]] = at_once
) -> Sequence[Entry] | None:
    """What citizens wrote since then, oldest first, as Zalo's entries; None when Zalo refuses. `pause` precedes each
    chat that is read, so that the caller's rate limit holds."""
    citizens: dict[str, None] = {}
    for number in range(MOST_CHATS):
        try:
            chats = await pages.page(RECENT_CHATS, {}, number)
        except NoAnswerError:
            chats = None
        if chats is None:
            return None
        citizens.update(dict.fromkeys(_citizen(one) for one in chats if _at(one) >= since))
        if len(chats) < PAGE or any(_at(one) < since for one in chats):
            break
    said: list[Entry] = []
    for citizen in citizens:
        await pause()
        with suppress(NoAnswerError):
            said += [one for one in await _conversation(pages, citizen, since) or () if one.get("src") == 1]
    return sorted(said, key=_at)


def as_event(entry: Entry, app_id: str, oa_id: str) -> Entry:
    """An entry in the shape its webhook event would have had."""
    told = body.name(entry.get("type"))
    what = _TYPES.get(told, told)
    return {
        "app_id": app_id,
        "event_name": f"user_send_{what if what in _KNOWN else 'text'}",
        "sender": {"id": entry.get("from_id")},
        "recipient": {"id": oa_id},
        "message": {"msg_id": entry.get("message_id"), "text": entry.get("message")},
        "timestamp": entry.get("time"),
    }


async def _conversation(pages: Pages, user_id: str, since: datetime) -> Sequence[Entry] | None:
    """Both sides' messages since then, oldest first; None when refused or when there are too many to see them all."""
    since = since.replace(microsecond=since.microsecond // 1000 * 1000)  # Zalo tells milliseconds
    found: list[Entry] = []
    for number in range(MOST_PAGES):
        entries = await pages.page(CONVERSATION, {"user_id": user_id}, number)
        if entries is None:
            return None
        found += [one for one in entries if _at(one) >= since]
        if len(entries) < PAGE or any(_at(one) < since for one in entries):
            return sorted(found, key=_at)
    return None


def _citizen(chat: Entry) -> str:
    return body.identifier(chat.get("from_id" if chat.get("src") == 1 else "to_id"))


def _at(entry: Entry) -> datetime:
    return body.instant(entry.get("time")) or datetime.fromtimestamp(0, UTC)
