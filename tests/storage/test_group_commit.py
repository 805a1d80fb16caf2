"""While the event loop is busy a batch gathers; a calm one hands every job over at once."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from chatbot.storage.group_commit import CALM_S, GroupCommit
from chatbot.storage.sqlite import sqlite_engine


class Loop(asyncio.SelectorEventLoop):
    """A loop that takes `step` seconds whenever somebody looks at its clock."""

    def __init__(self, step: float) -> None:
        super().__init__()
        self.step, self.now = step, 0.0

    def time(self) -> float:
        self.now += self.step
        return self.now


async def batches_of(folder: Path) -> list[list[int]]:
    """The first job is committed; of the next ones each comes a round later."""
    batches: list[list[int]] = []

    def note(_connection: Connection, batch: Sequence[Any]) -> list[None]:
        batches.append(list(batch))
        return [None] * len(batch)

    engine = sqlite_engine(folder / "a.db")
    commit = GroupCommit(engine, {"note": note})
    await commit.do("note", 0)
    futures = []
    for number in (1, 2, 3):
        futures.append(commit.submit("note", number))
        await asyncio.sleep(0)
    await asyncio.gather(*futures)
    await commit.close()
    engine.dispose()
    return batches


@pytest.mark.parametrize(("step", "second"), [(0.0, [1]), (2 * CALM_S, [1, 2, 3])], ids=["calm", "busy"])
def test_a_batch_gathers_while_the_loop_is_busy(tmp_path: Path, step: float, second: list[int]) -> None:
    with asyncio.Runner(loop_factory=lambda: Loop(step)) as runner:
        batches = runner.run(batches_of(tmp_path))
    assert batches[:2] == [[0], second]
    assert [number for batch in batches for number in batch] == [0, 1, 2, 3]
