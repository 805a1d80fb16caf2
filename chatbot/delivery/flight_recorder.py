"""Which events a process is thinking of: a few bytes that outlive it, so that a message that kills is found out.

A bug may end the process (a crash in a library, no memory left) or hang it for ever. The event is still open then, and
every process that takes it up would end like the one before. So its hashed key stands in a file while its turn is
thought; whoever starts next in that place finds it there and counts it (`Store.blame`). Nothing waits for the disk: the
system keeps what was written when the process is gone.
"""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TextIO

from chatbot.delivery.compose import MOST_JOINED
from chatbot.model import Event
from chatbot.storage.lock import FileLock, InUseError
from chatbot.storage.port import StoreError
from chatbot.storage.rows import HASHED_LENGTH, hashed

SIZE: Final = MOST_JOINED * HASHED_LENGTH
PLACES: Final = 256
"""Most processes of one machine that share a folder."""
LONGEST_STACK: Final = 4000
"""Characters that are told of where it stood; the thread of the event loop comes last."""
_KEY: Final = re.compile(rb"[0-9a-f]{%d}" % HASHED_LENGTH)


class FlightRecorder:
    """One process's, in the first place of the folder that nobody holds: a process that starts again finds its own."""

    def __init__(self, folder: Path) -> None:
        """Where the folder cannot be written nothing is remembered (`works` is False), and nobody is disturbed."""
        self._lock, self._path = _place(folder)
        self.works = self._lock is not None
        self.left: frozenset[str] = frozenset()
        """Hashed keys of the events that the process before was thinking of when it ended."""
        self.stood = ""
        """Where that stood, if it ended because it stood still: files and lines."""
        self.stack: TextIO = sys.stderr
        """Where this process writes where it stands still."""
        if self._lock:
            self._read(self._lock)

    def _read(self, lock: FileLock) -> None:
        with suppress(OSError):
            self.left = frozenset(key.decode() for key in _KEY.findall(os.pread(lock.descriptor, SIZE, 0)))
            stack = self._path.with_suffix(".stack")
            self.stood = stack.read_text("utf-8", "replace")[-LONGEST_STACK:] if stack.exists() else ""
            self.stack = stack.open("w", encoding="utf-8")

    def forget(self) -> None:
        """What was left is somebody's matter now."""
        self.left = frozenset()
        self._write(b"")

    @contextmanager
    def during(self, events: Sequence[Event]) -> Iterator[None]:
        """If the process ends in this block, it was these."""
        self._write("".join(hashed(event.key) for event in events).encode())
        try:
            yield
        finally:
            self._write(b"")

    def _write(self, keys: bytes) -> None:
        if self._lock:
            with suppress(OSError):  # a disk that is full has room for what was there before
                os.pwrite(self._lock.descriptor, keys[:SIZE].ljust(SIZE, b"\0"), 0)

    def release(self) -> None:
        """Let the place go."""
        if self.stack is not sys.stderr:
            self.stack.close()
            self.stack = sys.stderr
        if self._lock:
            self._lock.release()
            self._lock = None


def _place(folder: Path) -> tuple[FileLock | None, Path]:
    """The first place that is free and can be written; none where there is no such place."""
    for number in range(PLACES):
        with suppress(InUseError, StoreError):
            return FileLock(folder / str(number)), folder / str(number)
    return None, folder
