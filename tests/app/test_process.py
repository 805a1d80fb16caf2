"""Signals and deaths: what was accepted with 200 is answered once, in order, whatever happens to the process."""

import asyncio
import re
import signal
import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from time import monotonic

from chatbot.simulator import FaultKind
from tests.app.process import Machine, machine
from tests.ports import free_port

PEOPLE, QUESTIONS = 6, 4


def questions(world: Machine) -> list[dict[str, object]]:
    """Four questions of each of six people, person by person in their order."""
    return [
        world.zalo.events.said(f"761000{person}", "text", {"text": f"câu{number}.", "msg_id": f"m{person}-{number}"})
        for number in range(QUESTIONS)
        for person in range(PEOPLE)
    ]


def heard(world: Machine) -> dict[str, list[str]]:
    """The questions that each person's answers repeat, in the order in which the answers came."""
    found: dict[str, list[str]] = defaultdict(list)
    for sent in world.zalo.sent:
        found[sent.citizen] += re.findall(r"câu\d\.", sent.text)
    return dict(found)


ALL = {f"761000{person}": [f"câu{number}." for number in range(QUESTIONS)] for person in range(PEOPLE)}


def answers(world: Machine) -> int:
    """How many questions were answered."""
    return sum(map(len, heard(world).values()))


async def until_heard(world: Machine, count: int = PEOPLE * QUESTIONS) -> None:
    """Wait until so many questions are answered."""
    async with asyncio.timeout(25):
        while answers(world) < count:
            await asyncio.sleep(0.01)


async def test_sigterm_in_the_middle_ends_soon_and_the_rest_is_answered_after_the_restart(tmp_path: Path) -> None:
    async with machine(tmp_path, {"zalo": {"send_timeout_s": 3}}) as world:
        first = await world.start(think_ms=20)
        await world.until_ready(first)
        world.zalo.faults.next(FaultKind.HANG, times=3)
        deliveries = await asyncio.gather(*map(world.zalo.deliver, questions(world)))
        assert {one.status for one in deliveries} == {200}
        started = monotonic()
        first.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(first.wait(), 10) == 0
        assert monotonic() - started < 10
        assert answers(world) < PEOPLE * QUESTIONS, "three sends hung, so somebody must still wait"
        world.zalo.faults.clear()
        assert '"event": "stopped"' in world.log()
        second = await world.start()
        await world.until_ready(second)
        await until_heard(world)
        assert heard(world) == ALL


async def test_kill_minus_nine_in_the_middle_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    async with machine(tmp_path, {"zalo": {"send_timeout_s": 1}}) as world:
        events = questions(world)
        process = await world.start(think_ms=15)
        await world.until_ready(process)
        deliveries = [asyncio.create_task(world.deliver(event)) for event in events]
        for count in (2, 8, 14):
            await until_heard(world, count)
            process.send_signal(signal.SIGKILL)
            await process.wait()
            process = await world.start(think_ms=15)
            await world.until_ready(process)
        await asyncio.gather(*deliveries)
        await until_heard(world)
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 10)
        assert heard(world) == ALL
        with closing(sqlite3.connect(tmp_path / "var" / "chatbot.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert database.execute("SELECT count(*) FROM inbox WHERE status = 0").fetchone() == (0,)


async def test_a_second_process_on_the_same_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    async with machine(tmp_path) as world:
        await world.until_ready(await world.start())
        second = await world.start(port=free_port())
        assert await asyncio.wait_for(second.wait(), 20) == 1
        assert "another chatbot is running on" in world.log()
        assert "Traceback" not in world.log()
