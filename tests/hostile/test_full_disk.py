"""A disk that takes no more, a database that somebody else holds: 503 until it is over, and nothing is lost."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from structlog.testing import capture_logs

from tests.app.whole import Whole

KIB = 1024


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """The kernel refuses to let any file of this process grow beyond `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def fill(whole: Whole) -> int:
    """Write until it is refused; the number of accepted texts."""
    for number in range(400):
        if not (await whole.zalo.text(f"7610{number:04}", "câu " * 400)).accepted:
            return number
    raise AssertionError("the disk never became full")


async def test_a_full_disk_is_503_and_an_alarm_and_what_was_accepted_is_answered_later(whole: Whole) -> None:
    with files_end_at(700 * KIB):
        taken = await fill(whole)
        assert taken
        await whole.until(lambda: "store" in whole.bot.alarms.standing)
        assert (await whole.get("/readyz"))[0] == 503
        assert (await whole.get("/healthz"))[0] == 200
    await whole.until(lambda: "store" not in whole.bot.alarms.standing)
    assert (await whole.get("/readyz"))[0] == 200
    await whole.settle()
    assert len({sent.citizen for sent in whole.zalo.sent}) == len(whole.zalo.sent) == taken


async def test_a_database_that_is_held_for_a_moment_delays_and_loses_nothing(whole: Whole) -> None:
    with closing(sqlite3.connect(whole.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = await whole.zalo.text("7610001", "một")
        assert refused.status == 503
        other.execute("COMMIT")
    await whole.zalo.text("7610001", "hai")
    await whole.settle()
    said = " ".join(whole.heard)
    assert (said.count("một"), said.count("hai")) == (1, 1)


async def test_each_new_reason_why_nothing_is_stored_is_said_in_the_log(whole: Whole) -> None:
    with capture_logs() as said, files_end_at(700 * KIB):
        await fill(whole)
        await whole.until(lambda: "store" in whole.bot.alarms.standing)
        await whole.bot.store.close()
        await whole.until(lambda: "closed" in whole.bot.alarms.standing["store"])
    told = [line["detail"] for line in said if line["event"] == "alarm" and line["alarm"] == "store"]
    assert ["refuses writes" in told[0], "closed" in told[-1], len(told)] == [True, True, 2]
