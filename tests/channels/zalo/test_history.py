"""Zalo's list of recent chats: read to its end, whatever moves in it meanwhile, and never cut off without a word."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chatbot.channels.base import NoAnswerError
from chatbot.channels.zalo.client import PAGE
from chatbot.channels.zalo.history import MOST_CHATS, PIECE, RECENT_CHATS, Recalled, said_since
from tests.channels.samples import NOW

SINCE = NOW - timedelta(days=1)
SECOND = timedelta(seconds=1)


def nothing(_account: "Account", _reads: int) -> None:
    """Nobody writes while the list is read."""


@dataclass
class Account:
    """The citizens by their last message, newest first; `meanwhile` happens after each page of the list."""

    last: dict[str, datetime]
    meanwhile: Callable[["Account", int], None] = nothing
    reads: int = 0
    asked: list[str] = field(default_factory=list)
    gone: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    async def page(self, path: str, query: Mapping[str, Any], number: int) -> Sequence[Mapping[str, Any]] | None:
        """The list, or a chat of one message; None of one that is `gone`."""
        if path != RECENT_CHATS:
            citizen = query["user_id"]
            self.asked.append(citizen)
            if citizen in self.silent:
                raise NoAnswerError
            if citizen in self.gone:
                return None
            return [_said(citizen, self.last[citizen])]
        newest_first = sorted(self.last.items(), key=lambda one: one[1], reverse=True)
        page = newest_first[number * PAGE : (number + 1) * PAGE]
        self.reads += 1
        self.meanwhile(self, self.reads)
        return [_said(*one) for one in page]


def _said(citizen: str, at: datetime) -> Mapping[str, Any]:
    moment = round(at.timestamp() * 1000)
    return {"src": 1, "from_id": citizen, "message_id": f"m{citizen}", "time": moment, "type": "text", "message": "a"}


def citizens(count: int, newest: datetime = NOW) -> dict[str, datetime]:
    """So many, a second apart, citizen 0 the newest."""
    return {str(number): newest - number * SECOND for number in range(count)}


async def whole(account: Account) -> Recalled:
    """All pieces together."""
    pieces = [piece async for piece in said_since(account, SINCE)]
    return Recalled(
        entries=tuple(entry for piece in pieces for entry in piece.entries),
        chats=sum(piece.chats for piece in pieces),
        older=pieces[0].older,
    )


async def test_chats_are_handed_on_before_all_are_read_those_who_wait_longest_first() -> None:
    account = Account(citizens(PIECE + 20))
    pieces = said_since(account, SINCE)
    first = await anext(pieces)
    assert account.asked == [str(number) for number in range(PIECE + 19, 19, -1)]
    assert first.chats == PIECE
    assert [piece.chats async for piece in pieces] == [20]


async def test_a_chat_that_is_refused_is_told_apart_from_one_that_gives_no_answer() -> None:
    account = Account(citizens(4), gone=("1", "2"), silent=("3",))
    (piece,) = [piece async for piece in said_since(account, SINCE)]
    assert (piece.chats, piece.refused, piece.unread, len(piece.entries)) == (4, 2, 1, 1)


async def test_nobody_is_asked_for_whom_the_list_gives_no_id() -> None:
    account = Account({**citizens(1), "": NOW})
    assert (await whole(account)).chats == 1
    assert account.asked == ["0"]


async def test_nobody_wrote_is_told_apart_from_a_refusal() -> None:
    assert [piece async for piece in said_since(Account({}), SINCE)] == [Recalled()]


async def test_more_than_five_hundred_chats_are_read() -> None:
    account = Account(citizens(1234))
    told = await whole(account)
    assert (told.chats, len(told.entries), told.older) == (1234, 1234, None)


async def test_a_list_that_is_longer_than_is_read_says_which_chats_were_left() -> None:
    read = MOST_CHATS * PAGE
    account = Account(citizens(read + 5))
    told = await whole(account)
    assert (told.chats, told.older) == (read, NOW - (read - 1) * SECOND)


async def test_a_list_that_ends_before_the_moment_asked_about_is_whole() -> None:
    account = Account({**citizens(40, SINCE - SECOND), **citizens(15)})
    told = await whole(account)
    assert (told.chats, told.older) == (15, None)


async def test_a_chat_that_moves_up_while_the_list_is_read_is_not_missed() -> None:
    def writes_again(account: Account, reads: int) -> None:
        if reads == 1:
            account.last["25"] = NOW + SECOND
        elif reads == 2:
            account.last["24"] = NOW + 2 * SECOND

    account = Account(citizens(30), writes_again)
    told = await whole(account)
    assert told.chats == 30
    assert account.asked.count("25") == account.asked.count("24") == 1


async def test_many_chats_that_move_up_are_read_until_the_top_is_one_page() -> None:
    def a_crowd(account: Account, reads: int) -> None:
        """While the second page is read, more chats than a page holds jump over it, and another during the repeat."""
        if reads == 1:
            account.last.update(dict(zip(map(str, range(20, 35)), [NOW + SECOND] * 15, strict=True)))
        elif reads == 4:
            account.last["36"] = NOW + 2 * SECOND

    account = Account(citizens(40), a_crowd)
    told = await whole(account)
    assert told.chats == 40


async def test_a_list_of_one_page_is_read_once() -> None:
    account = Account(citizens(PAGE - 1))
    await whole(account)
    assert account.reads == 1
