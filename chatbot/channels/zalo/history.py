"""What Zalo remembers: our own messages (did a doubtful send arrive?) and what was written while we were down."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from chatbot.channels import body
from chatbot.channels.base import NoAnswerError, SentMessage
from chatbot.channels.zalo.client import PAGE

MOST_PAGES: Final = 5
"""Of one conversation; fifty messages in the short time that is asked about."""
MOST_CHATS: Final = 500
"""Pages of the list of chats when catching up: five thousand citizens, most of an hour at a hundred calls a minute."""
PIECE: Final = 50
"""Chats that are handed on together, so that nobody waits until thousands of others are read."""
CONVERSATION: Final = "/v2.0/oa/conversation"
RECENT_CHATS: Final = "/v2.0/oa/listrecentchat"
_TYPES: Final = {"photo": "image", "voice": "audio"}
_KNOWN: Final = frozenset({"text", "image", "gif", "link", "audio", "video", "sticker", "location", "file"})

Entry = Mapping[str, Any]


class Pages(Protocol):
    """The part of the client that reads lists."""

    async def page(self, path: str, query: Mapping[str, Any], number: int) -> Sequence[Entry] | None:
        """One page, newest first; None when it is refused. Raises NoAnswerError when it may come later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What both sides wrote in some chats, oldest first. `unread` chats gave no answer, `refused` ones are not shown to
    us (the citizen has gone, or the app may not), `cut` ones are longer than is read; with `older` there were too many
    chats, and those whose last message is from before it were not read."""

    entries: tuple[Entry, ...] = ()
    chats: int = 0
    unread: int = 0
    refused: int = 0
    cut: int = 0
    older: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Chats:
    """Whose chats have something new; `older` as in Recalled."""

    citizens: tuple[str, ...]
    older: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Chat:
    """One chat's messages, None when Zalo did not tell; are these all, and was there an answer?"""

    entries: Sequence[Entry] | None
    whole: bool = True
    answered: bool = True


async def at_once() -> None:
    """No pause between calls."""


def unseen(_done: int, _total: int) -> None:
    """Nobody watches the progress."""


async def sent_since(pages: Pages, user_id: str, since: datetime) -> Sequence[SentMessage] | None:
    """The OA's messages to this person since then, oldest first; None when Zalo does not tell (all of) it.

    Raises NoAnswerError when it may tell later.
    """
    entries, whole = await _conversation(pages, user_id, since)
    if entries is None or not whole:
        return None
    return [
        SentMessage(body.identifier(one.get("message_id")), body.text(one.get("message")), _at(one))
        for one in entries
        if one.get("src") == 0
    ]


async def said_since(
    pages: Pages,
    since: datetime,
    pause: Callable[[], Awaitable[None]] = at_once,
    progress: Callable[[int, int], None] = unseen,
) -> AsyncIterator[Recalled]:
    """What citizens wrote since then, and the OA's words to them, in pieces of so many chats: those first whose last
    word is the oldest. Nothing, not even an empty piece, when Zalo refuses the list of chats. `pause` precedes each
    call, so that the caller's rate limit holds. Raises NoAnswerError when the list may come later.
    """
    paced = _Paced(pages, pause)
    chats = await _chats(paced, since)
    if chats is None:
        return
    waiting, total = chats.citizens[::-1], len(chats.citizens)
    for begin in range(0, max(total, 1), PIECE):
        piece = []
        for number, citizen in enumerate(waiting[begin : begin + PIECE], begin):
            progress(number, total)
            piece.append(await _read(paced, citizen, since))
        said = [one for chat in piece for one in chat.entries or () if one.get("src") == 1 or _words_of_oa(one)]
        yield Recalled(
            entries=tuple(sorted(said, key=_at)),
            chats=len(piece),
            unread=sum(not chat.answered for chat in piece),
            refused=sum(chat.answered and chat.entries is None for chat in piece),
            cut=sum(not chat.whole for chat in piece),
            older=chats.older,
        )
    progress(total, total)


async def _read(pages: Pages, citizen: str, since: datetime) -> _Chat:
    try:
        return _Chat(*await _conversation(pages, citizen, since))
    except NoAnswerError:
        return _Chat(None, answered=False)


async def _chats(pages: Pages, since: datetime) -> _Chats | None:
    """Whose chats have something newer, latest first; None when refused.

    A message that comes while the list is read lifts its chat to the top, perhaps over the place that is being read. So
    after more than one page the top is read again, down to where it was before, until that is a single page.
    """
    citizens: dict[str, None] = {}
    until = top = oldest = since
    number = 0
    for _ in range(MOST_CHATS):
        page = await pages.page(RECENT_CHATS, {}, number)
        if page is None:
            return None
        times = [_at(one) for one in page]
        citizens.update(dict.fromkeys(citizen for one in page if _at(one) >= until and (citizen := _citizen(one))))
        top = top if number else max(times, default=until)
        oldest = min(times, default=until)
        if len(page) == PAGE and oldest >= until:
            number += 1
        elif number:
            until, number = top, 0
        else:
            return _Chats(tuple(citizens))
    return _Chats(tuple(citizens), older=oldest)


@dataclass(frozen=True, slots=True)
class _Paced:
    """Pages with a pause before each."""

    pages: Pages
    pause: Callable[[], Awaitable[None]]

    async def page(self, path: str, query: Mapping[str, Any], number: int) -> Sequence[Entry] | None:
        """Wait, then read."""
        await self.pause()
        return await self.pages.page(path, query, number)


def as_event(entry: Entry, app_id: str, oa_id: str) -> Entry:
    """An entry in the shape its webhook event would have had, but for who of the OA wrote it: that is not told."""
    told = body.name(entry.get("type"))
    what = _TYPES.get(told, told)
    by_citizen = entry.get("src") == 1
    sides = {"id": _citizen(entry)}, {"id": oa_id}
    sender, recipient = sides if by_citizen else reversed(sides)
    return {
        "app_id": app_id,
        "event_name": f"{'user' if by_citizen else 'oa'}_send_{what if what in _KNOWN else 'text'}",
        "sender": sender,
        "recipient": recipient,
        "message": {"msg_id": entry.get("message_id"), "text": entry.get("message")},
        "timestamp": entry.get("time"),
    }


async def _conversation(pages: Pages, user_id: str, since: datetime) -> tuple[Sequence[Entry] | None, bool]:
    """Both sides' messages since then, oldest first (None when refused), and whether these are all of them."""
    since = since.replace(microsecond=since.microsecond // 1000 * 1000)  # Zalo tells milliseconds
    found: list[Entry] = []
    for number in range(MOST_PAGES):
        entries = await pages.page(CONVERSATION, {"user_id": user_id}, number)
        if entries is None:
            return None, True
        found += [one for one in entries if _at(one) >= since]
        if len(entries) < PAGE or any(_at(one) < since for one in entries):
            return sorted(found, key=_at), True
    return sorted(found, key=_at), False


def _words_of_oa(entry: Entry) -> bool:
    """Pictures, lists and templates of the OA are mostly a program's, and have no text by which ours would be known."""
    return entry.get("src") == 0 and entry.get("type") == "text" and bool(body.text(entry.get("message")).strip())


def _citizen(chat: Entry) -> str:
    return body.identifier(chat.get("from_id" if chat.get("src") == 1 else "to_id"))


def _at(entry: Entry) -> datetime:
    return body.instant(entry.get("time")) or datetime.fromtimestamp(0, UTC)
