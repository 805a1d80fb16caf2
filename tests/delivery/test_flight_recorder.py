"""What a process was thinking of when it ended is known to the next one, and an event is given up after three."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from chatbot.delivery.flight_recorder import FlightRecorder
from chatbot.storage.port import PROCESS_ENDED
from chatbot.storage.rows import hashed
from tests.delivery.conftest import START, Clock, make_rig, open_store, text

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


def killed(folder: Path) -> None:
    """A process ends in the middle of a turn."""
    ended = subprocess.run([sys.executable, "-c", DIES, str(folder)], check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL


def test_what_a_killed_process_was_thinking_of_is_left(tmp_path: Path) -> None:
    killed(tmp_path)
    recorder = FlightRecorder(tmp_path)
    assert recorder.left == {hashed("one"), hashed("two")}
    recorder.settled()
    recorder.release()
    assert FlightRecorder(tmp_path).left == frozenset()


def test_an_error_is_no_end_of_the_process(tmp_path: Path) -> None:
    recorder = FlightRecorder(tmp_path)
    with pytest.raises(ZeroDivisionError), recorder.during([text("a", "hỏng")]):
        raise ZeroDivisionError
    recorder.release()
    assert FlightRecorder(tmp_path).left == frozenset()


def test_processes_that_share_a_folder_have_places_of_their_own(tmp_path: Path) -> None:
    living = FlightRecorder(tmp_path)
    with living.during([text("a", "một")]):
        killed(tmp_path)
        assert FlightRecorder(tmp_path).left == {hashed("one"), hashed("two")}
    living.release()
    assert FlightRecorder(tmp_path).left == frozenset()


def test_bytes_of_nobody_blame_nobody(tmp_path: Path) -> None:
    (tmp_path / "0").write_bytes(b"\xff" * 7)
    assert FlightRecorder(tmp_path).left == frozenset()


def test_a_folder_that_cannot_be_written_disturbs_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    recorder = FlightRecorder(tmp_path / "file" / "flight")
    with recorder.during([text("a", "một")]):
        assert recorder.left == frozenset()
    recorder.release()


async def test_an_event_that_ended_three_processes_gets_an_apology(tmp_path: Path, clock: Clock) -> None:
    store = open_store(tmp_path, clock)
    await store.accept([text("a", "một"), text("b", "hai", after=1), text("c", "ba", after=2)], START)
    for _ in range(3):
        await store.blame([hashed("b")])
    rig = make_rig(store, clock)
    await rig.lanes.start()
    await rig.settle()
    assert [said for _, said in rig.phone.arrived] == ["1: một", "Dạ, em xin lỗi.", "2: ba"]
    (letter,) = await store.dead()
    assert (letter.id, letter.reason, letter.attempts) == ("2", PROCESS_ENDED, 3)
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
