"""What a process was thinking of when it ended is known to the next one, and an event is given up after three."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.channels.base import Payload
from chatbot.delivery.flight_recorder import FlightRecorder
from chatbot.model import Event, Reply, Session
from chatbot.storage.port import PROCESS_ENDED
from chatbot.storage.rows import hashed
from tests.delivery.conftest import START, Clock, Phone, heard, make_rig, open_store, text

DIES = """
import os, signal, sys
from pathlib import Path
from chatbot.delivery.flight_recorder import FlightRecorder
from tests.delivery.conftest import text
recorder = FlightRecorder(Path(sys.argv[1]))
with recorder.during([text("before", "a")]):
    pass
with recorder.during([text("one", "b"), text("two", "c")]):
    os.kill(os.getpid(), signal.SIGKILL)
"""


@contextmanager
def recorder_in(folder: Path) -> Iterator[FlightRecorder]:
    """A process of its own, so to speak."""
    recorder = FlightRecorder(folder)
    yield recorder
    recorder.release()


def left_in(folder: Path) -> frozenset[str]:
    """What the next process finds."""
    with recorder_in(folder) as recorder:
        return recorder.left


def killed(folder: Path) -> None:
    """A process ends in the middle of a turn."""
    ended = subprocess.run([sys.executable, "-c", DIES, str(folder)], check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL


def test_what_a_killed_process_was_thinking_of_is_left(tmp_path: Path) -> None:
    killed(tmp_path)
    with recorder_in(tmp_path) as recorder:
        assert recorder.left == {hashed("one"), hashed("two")}
        recorder.forget()
    assert left_in(tmp_path) == frozenset()


def test_an_error_is_no_end_of_the_process(tmp_path: Path) -> None:
    with recorder_in(tmp_path) as recorder, pytest.raises(ZeroDivisionError), recorder.during([text("a", "hỏng")]):
        raise ZeroDivisionError
    assert left_in(tmp_path) == frozenset()


def test_processes_that_share_a_folder_have_places_of_their_own(tmp_path: Path) -> None:
    with recorder_in(tmp_path) as living, living.during([text("a", "một")]):
        killed(tmp_path)
        assert left_in(tmp_path) == {hashed("one"), hashed("two")}
    assert left_in(tmp_path) == frozenset()


def test_bytes_of_nobody_blame_nobody(tmp_path: Path) -> None:
    (tmp_path / "0").write_bytes(b"\xff" * 32 + b"\0" * 32 + hashed("a").encode() + b"\n")
    assert left_in(tmp_path) == {hashed("a")}


def test_what_was_left_goes_with_the_next_turn(tmp_path: Path) -> None:
    killed(tmp_path)
    with recorder_in(tmp_path) as recorder, recorder.during([text("a", "một")]):
        pass
    assert left_in(tmp_path) == frozenset()


def test_a_place_that_cannot_be_opened_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "0").mkdir()
    with recorder_in(tmp_path) as recorder:
        assert recorder.works
    assert (tmp_path / "1").exists()


def test_where_the_process_before_stood_still_is_told_once(tmp_path: Path) -> None:
    with recorder_in(tmp_path) as recorder:
        recorder.stack.write("Timeout!")
    with recorder_in(tmp_path) as recorder:
        assert recorder.stood == "Timeout!"
    with recorder_in(tmp_path) as recorder:
        assert recorder.stood == ""


def test_a_folder_that_cannot_be_written_disturbs_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with recorder_in(tmp_path / "file" / "flight") as recorder, recorder.during([text("a", "một")]):
        assert not recorder.works


async def test_an_event_that_ended_three_processes_gets_an_apology(tmp_path: Path, clock: Clock) -> None:
    store = open_store(tmp_path, clock)
    await store.accept([text("a", "một"), text("b", "hai", after=1), text("c", "ba", after=2)], START)
    for _ in range(3):
        await store.blame([hashed("b")])
    rig = make_rig(store, clock)
    await rig.lanes.start()
    await rig.settle()
    assert [said for _, said in rig.phone.arrived] == ["1: một", "Dạ, em xin lỗi.", "1: ba"]  # the session began anew
    (letter,) = await store.dead()
    assert (letter.id, letter.reason, letter.attempts) == ("2", PROCESS_ENDED, 3)
    await rig.stop()


async def test_who_ended_three_processes_is_still_held_by_a_person(tmp_path: Path, clock: Clock) -> None:
    store = open_store(tmp_path, clock)
    await store.accept([text("a", "một"), text("b", "hai", after=1)], START)
    for _ in range(3):
        await store.blame([hashed("b")])
    held = Session(greeted=True, held_until=START + timedelta(minutes=1), staff_at=START)
    rig = make_rig(store, clock, lambda turn: replace(heard(turn), session=replace(held, topic="huu_tuoi")))
    await rig.lanes.start()
    await rig.settle()
    assert (await store.load("zalo:1:77")).session == held
    await rig.stop()


async def test_an_event_that_may_have_ended_a_process_is_heard_alone(tmp_path: Path, clock: Clock) -> None:
    store = open_store(tmp_path, clock)
    await store.accept([text(str(number), str(number), after=number) for number in range(4)], START)
    await store.blame([hashed("1")])
    rig = make_rig(store, clock)
    await rig.lanes.start()
    await rig.settle()
    assert [said for _, said in rig.phone.arrived] == ["1: 0", "2: 1", "4: 2 + 3"]
    assert await store.dead() == []
    await rig.stop()


async def test_reading_and_rendering_are_both_watched(tmp_path: Path, clock: Clock) -> None:
    seen: list[str] = []

    @contextmanager
    def during(events: Sequence[Event]) -> Iterator[None]:
        seen.append("begins " + events[0].text)
        yield
        seen.append("ends")

    class Renders(Phone):
        def render(self, reply: Reply) -> tuple[Payload, ...]:
            seen.append("renders")
            return super().render(reply)

    rig = make_rig(open_store(tmp_path, clock), clock, phone=Renders(), during=during)
    await rig.inbox.accept([text("a", "một")])
    await rig.settle()
    assert seen == ["begins một", "renders", "ends"]
    await rig.stop()
