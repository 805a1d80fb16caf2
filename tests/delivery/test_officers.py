"""Who answered while the bot was away: an officer's answer stands, a program's does not cost anybody theirs."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from chatbot.channels.base import Recall, SentMessage
from chatbot.delivery.catch_up import catch_up
from chatbot.delivery.officers import AT_ONCE, Officers
from chatbot.model import ChannelName, Event, EventKind
from chatbot.storage.port import StoreError
from tests.delivery.conftest import START

WHO, OTHER = "zalo:1:77", "zalo:1:78"
MINUTE = timedelta(minutes=1)


def told(key: str, minutes: float, kind: EventKind, text: str = "", who: str = WHO) -> Event:
    return Event(
        key=key,
        channel=ChannelName.ZALO,
        conversation=who,
        kind=kind,
        at=START + minutes * MINUTE,
        text=text or f"Tin {key}",
        platform_id=key,
    )


def asked(key: str, minutes: float, text: str = "", who: str = WHO) -> Event:
    """A citizen's message."""
    return told(key, minutes, EventKind.TEXT, text, who)


def answered(key: str, minutes: float, text: str = "", who: str = WHO) -> Event:
    """The OA's, as Zalo shows it."""
    return told(key, minutes, EventKind.ECHO_OURS, text, who)


@dataclass(frozen=True)
class Said:
    """What the store knows that this bot, or another program, has said in WHO."""

    by_us: Sequence[SentMessage] = ()
    by_a_program: Sequence[SentMessage] = ()

    async def sends(self, conversation: str, since: datetime) -> Sequence[SentMessage]:
        return [one for one in self.by_us if conversation == WHO and one.at >= since]

    async def echoes(self, conversation: str, since: datetime) -> Sequence[SentMessage]:
        return [one for one in self.by_a_program if conversation == WHO and one.at >= since]


class Zalo:
    """A channel that remembers these events."""

    def __init__(self, *pieces: Sequence[Event]) -> None:
        self.pieces = pieces

    async def recent(self, *_asked: object) -> AsyncIterator[Recall]:
        for events in self.pieces:
            yield Recall(events=tuple(events), chats=2)


class Inbox:
    """Takes everything once, and remembers in which order."""

    def __init__(self) -> None:
        self.taken: list[Event] = []

    async def take(self, events: Sequence[Event]) -> int:
        known = {one.key for one in self.taken}
        fresh = [one for one in events if one.key not in known]
        self.taken += fresh
        return len(fresh)

    @property
    def kinds(self) -> list[tuple[str, EventKind]]:
        return [(one.key, one.kind) for one in self.taken]


def gives_back(text: str) -> bool:
    return text == "kết thúc"


async def caught_up(said: Said | None, *pieces: Sequence[Event]) -> list[tuple[str, EventKind]]:
    """What comes into the inbox."""
    inbox = Inbox()
    officers = Officers(said, gives_back) if said else None
    await catch_up(Zalo(*pieces), inbox.take, START, officers=officers)
    return inbox.kinds


async def test_what_officers_wrote_is_stored_before_what_it_decides() -> None:
    events = (asked("q1", 0), answered("a1", 10), asked("q2", 50), answered("a2", 60), asked("q3", 5, who=OTHER))
    assert await caught_up(Said(), events) == [
        ("a1", EventKind.ECHO_STAFF),
        ("a2", EventKind.ECHO_STAFF),
        ("q1", EventKind.TEXT),
        ("q2", EventKind.TEXT),
        ("q3", EventKind.TEXT),
    ]


async def test_without_officers_every_question_is_asked() -> None:
    events = (asked("q1", 0), answered("a1", 10))
    assert await caught_up(None, events) == [("q1", EventKind.TEXT)]


@pytest.mark.parametrize(
    "said",
    [
        Said(by_us=[SentMessage("a1", "other words", START)]),
        Said(by_us=[SentMessage("", "Dạ, hồ sơ gồm:\n- tờ khai", START)]),
        Said(by_us=[SentMessage("send id", "Dạ, hồ sơ gồm: - tờ khai", START - timedelta(minutes=59))]),
        Said(by_a_program=[SentMessage("a1", "[SDT]", START)]),
    ],
    ids=["its id", "its words, the id unknown", "its words, another id and clock", "the id of an echo"],
)
async def test_our_own_answer_is_nobodys(said: Said) -> None:
    events = (asked("q1", 0), answered("a1", 10, "Dạ, hồ sơ gồm:  - tờ khai"))
    assert await caught_up(said, events) == [("q1", EventKind.TEXT)]


async def test_the_same_words_to_several_people_are_a_programs() -> None:
    events = (asked("q1", 0), answered("a1", 10, "Chào anh/chị"), answered("a2", 11, "Chào  anh/chị", who=OTHER))
    assert await caught_up(Said(), events) == [("q1", EventKind.TEXT)]


async def test_a_text_that_stands_alone_in_its_piece_is_known_from_the_pieces_before() -> None:
    away = "Chúng tôi sẽ trả lời trong giờ làm việc"
    first = (asked("q1", 0), answered("a1", 10, away), asked("q2", 0, who=OTHER), answered("a2", 10, away, who=OTHER))
    last = (asked("q3", 0, who="zalo:1:79"), answered("a3", 10, away, who="zalo:1:79"))
    assert [kind for _, kind in await caught_up(Said(), first, last)] == [EventKind.TEXT] * 3


async def test_a_greeting_follows_nobodys_message_and_is_no_officers() -> None:
    events = (answered("a1", 0, "Chào anh Tư, OA có thể giúp gì?"), asked("q1", 1))
    assert await caught_up(Said(), events) == [("q1", EventKind.TEXT)]


@pytest.mark.parametrize("seconds", [3, 600])
async def test_the_words_that_end_a_hold_are_an_officers_in_however_many_chats(seconds: float) -> None:
    events = [
        one
        for who in (WHO, OTHER)
        for one in (asked(f"q{who}", 0, who=who), answered(f"a{who}", seconds / 60, "kết thúc", who=who))
    ]
    kinds = dict(await caught_up(Said(), events))
    assert kinds[f"a{WHO}"] is kinds[f"a{OTHER}"] is EventKind.ECHO_STAFF


@pytest.mark.parametrize(("later", "by_officer"), [(AT_ONCE, False), (AT_ONCE + timedelta(seconds=1), True)])
async def test_an_answer_at_once_is_a_programs(later: timedelta, by_officer: bool) -> None:
    events = (asked("q1", 0), answered("a1", later / MINUTE))
    assert (("a1", EventKind.ECHO_STAFF) in await caught_up(Said(), events)) == by_officer


async def test_repeats_change_nothing_and_do_not_count_as_new() -> None:
    events = (asked("q1", 0), answered("a1", 10), asked("q2", 50))
    inbox = Inbox()
    first = await catch_up(Zalo(events), inbox.take, START, officers=Officers(Said(), gives_back))
    again = await catch_up(Zalo(events), inbox.take, START, officers=Officers(Said(), gives_back))
    assert (first.messages, first.new, first.officers) == (2, 2, 1)
    assert (again.messages, again.new, len(inbox.taken)) == (2, 0, 3)


async def test_an_officers_words_are_masked_too() -> None:
    inbox = Inbox()
    events = (asked("q1", 0), answered("a1", 10, "số của anh là 079203004551"))
    await catch_up(Zalo(events), inbox.take, START, officers=Officers(Said(), gives_back))
    assert [one.text for one in inbox.taken] == ["số của anh là [CCCD]", "Tin q1"]


async def test_a_store_that_does_not_tell_what_we_said_stores_nothing() -> None:
    class Broken(Said):
        async def sends(self, conversation: str, since: datetime) -> Sequence[SentMessage]:
            raise StoreError("down")

    inbox = Inbox()
    with pytest.raises(StoreError):
        await catch_up(
            Zalo([asked("q1", 0), answered("a1", 10)]), inbox.take, START, officers=Officers(Broken(), gives_back)
        )
    assert inbox.taken == []
