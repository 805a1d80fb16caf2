"""Reading what was missed: what could not be read is told with what a person does about it."""

from datetime import UTC, datetime

import pytest

from chatbot.channels.base import Recall
from chatbot.delivery.catch_up import Found, patiently

SINCE = datetime(2026, 11, 22, 1, tzinfo=UTC)
OLDER = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)


async def sentence(recall: Recall) -> str:
    """What the alarm says after the list was read."""

    async def read() -> Found:
        return Found(SINCE, recall)

    return await patiently(read)


async def test_nothing_is_said_when_everything_was_read() -> None:
    assert await sentence(Recall(chats=3)) == ""


@pytest.mark.parametrize(
    ("recall", "words"),
    [
        (Recall(chats=3, cut=2), ("2 chats are too long", "OA Manager", "since 22/11 01:00 UTC")),
        (Recall(chats=5000, older=OLDER), ("more than 5000 chats", "from 22/11 01:00 UTC to 22/11 02:30 UTC")),
        (Recall(chats=3, unread=1, cut=2), ("let 1 recent chats be read", "2 chats are too long")),
    ],
    ids=["long chats", "too many chats", "both kinds"],
)
async def test_what_was_not_read_is_told_with_what_to_do(recall: Recall, words: tuple[str, ...]) -> None:
    told = await sentence(recall)
    assert [word for word in words if word not in told] == []
    assert told.count("`chatbot catch-up`") == 1
