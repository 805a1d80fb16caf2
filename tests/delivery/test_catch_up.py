"""Reading what was missed: what could not be read is told with what a person does about it."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from chatbot.channels.base import NoAnswerError
from chatbot.delivery.catch_up import (
    ALARM,
    UNREAD_FROM,
    Found,
    done,
    last_known,
    patiently,
    tell_until_done,
    to_its_end,
)
from chatbot.model import ChannelName
from chatbot.observe import Alarms, make_metrics
from chatbot.storage.port import RESTORED

SINCE = datetime(2026, 11, 22, 1, tzinfo=UTC)
OLDER = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)


async def sentence(found: Found) -> str:
    """What the alarm says of it, and whether reading once more may help."""

    async def read() -> Found:
        return found

    return await patiently(read)


async def test_nothing_is_said_when_everything_was_read() -> None:
    assert await sentence(Found(since=SINCE, chats=3, refused=2, cut=1)) == ""


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Found(since=SINCE, chats=3, unread=1), "let 1 recent chats be read"),
        (Found(since=SINCE, chats=3, refused=3), "does not let the app read"),
    ],
    ids=["no answer", "no permission"],
)
async def test_what_was_not_read_now_is_told_with_what_to_do(found: Found, words: str) -> None:
    told = await sentence(found)
    assert words in told
    assert told.count("`chatbot catch-up`") == 1


@dataclass
class Board:
    """Settings, and when Zalo was last heard."""

    heard: datetime | None = OLDER
    settings: dict[str, str] = field(default_factory=dict)

    async def last_heard(self, channel: ChannelName) -> datetime | None:
        return self.heard

    async def setting(self, name: str) -> str | None:
        return self.settings.get(name)

    async def put_setting(self, name: str, value: str) -> None:
        self.settings[name] = value


async def test_a_reading_that_was_not_finished_begins_where_it_began() -> None:
    board = Board()

    async def no_answer() -> Found:
        raise NoAnswerError

    with pytest.raises(NoAnswerError):
        await to_its_end(board, SINCE, no_answer)
    assert await last_known(board) == SINCE


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Found(since=SINCE, chats=3, cut=2), ("2 chats are too long", "OA Manager", "since 22/11 01:00 UTC")),
        (
            Found(since=SINCE, chats=5000, older=OLDER),
            ("more than 5000 chats", "from 22/11 01:00 UTC to 22/11 02:30 UTC"),
        ),
        (Found(since=SINCE, chats=3, unread=1, cut=2), ("2 chats are too long",)),
    ],
    ids=["long chats", "too many chats", "both kinds"],
)
async def test_what_a_person_must_look_at_is_told_until_they_have_run_the_command(
    found: Found, words: tuple[str, ...]
) -> None:
    """After a restart, too: there is nothing more to read by then."""
    board, alarms = Board(), Alarms(make_metrics())

    async def read() -> Found:
        return found

    await to_its_end(board, SINCE, read)
    telling = asyncio.create_task(tell_until_done(board, "", alarms, 0.001))
    async with asyncio.timeout(5):
        while ALARM not in alarms.standing:
            await asyncio.sleep(0)
        assert [word for word in words if word not in alarms.standing[ALARM]] == []
        assert alarms.standing[ALARM].count("`chatbot catch-up`") == 1
        await done(board, OLDER)
        await telling
    assert alarms.standing == {}
    await tell_until_done(board, "", alarms, 0.001)
    assert alarms.standing == {}


async def test_a_reading_that_another_has_begun_since_is_not_called_finished() -> None:
    board = Board()

    async def read() -> Found:
        await board.put_setting(UNREAD_FROM, OLDER.isoformat())
        return Found(since=SINCE)

    await to_its_end(board, SINCE, read)
    assert board.settings[UNREAD_FROM] == OLDER.isoformat()


@pytest.mark.parametrize(("unread", "known"), [(1, SINCE), (0, OLDER)])
async def test_what_was_read_is_not_read_again_unless_a_chat_gave_no_answer(unread: int, known: datetime) -> None:
    board = Board()

    async def read() -> Found:
        return Found(since=SINCE, chats=3, unread=unread, cut=1)

    await to_its_end(board, SINCE, read)
    assert await last_known(board) == known


async def test_what_was_not_read_before_a_backup_was_put_back_stays_so() -> None:
    board = Board(settings={UNREAD_FROM: SINCE.isoformat(), RESTORED: OLDER.isoformat()})
    assert await last_known(board) == OLDER
