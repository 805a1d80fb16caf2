"""Group read: asked for together, answered alone, and never with what was known before the question."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from chatbot.storage.group_read import LARGEST_QUESTION, GroupRead
from chatbot.storage.port import StoreError


class Table:
    """Answers when it is let; remembers what it was asked."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {"a": "one", "b": "two"}
        self.asked: list[list[str]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.broken = False

    async def read(self, keys: Sequence[str]) -> Mapping[str, str]:
        """What stands there at the moment of the question."""
        self.asked.append(list(keys))
        seen = dict(self.rows)
        await self.open.wait()
        if self.broken:
            raise StoreError("the disk is away")
        return seen


async def test_who_asks_at_the_same_time_is_asked_for_together() -> None:
    table = Table()
    group = GroupRead(table.read)
    assert await asyncio.gather(*(group.get(key) for key in "abc")) == ["one", "two", None]
    assert table.asked == [["a", "b", "c"]]


async def test_who_asks_while_a_question_is_under_way_gets_what_stands_there_then() -> None:
    table = Table()
    table.open.clear()
    group = GroupRead(table.read)
    early = asyncio.create_task(group.get("a"))
    while not table.asked:
        await asyncio.sleep(0)
    table.rows["a"] = "newer"
    late = asyncio.create_task(group.get("a"))
    await asyncio.sleep(0)
    table.open.set()
    assert (await early, await late) == ("one", "newer")
    assert table.asked == [["a"], ["a"]]


async def test_an_error_reaches_everybody_and_the_next_question_is_asked_again() -> None:
    table = Table()
    table.broken = True
    group = GroupRead(table.read)
    both = await asyncio.gather(group.get("a"), group.get("b"), return_exceptions=True)
    assert [type(one) for one in both] == [StoreError, StoreError]
    table.broken = False
    assert await group.get("a") == "one"


async def test_who_gives_up_takes_nobody_along() -> None:
    table = Table()
    table.open.clear()
    group = GroupRead(table.read)
    impatient, patient = asyncio.create_task(group.get("a")), asyncio.create_task(group.get("b"))
    while not table.asked:
        await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    table.open.set()
    assert await patient == "two"
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_a_crowd_is_asked_for_in_several_questions() -> None:
    table = Table()
    group = GroupRead(table.read)
    crowd = [str(number) for number in range(LARGEST_QUESTION + 1)]
    await asyncio.gather(*(group.get(key) for key in crowd))
    assert [len(keys) for keys in table.asked] == [LARGEST_QUESTION, 1]
