"""Which events a process is thinking of: a few bytes that outlive it, so that a message that kills is found out.

A bug may end the process (a crash in a library, no memory left) or hang it for ever. The event is still open then, and
every process that takes it up would end like the one before. So its hashed key stands in a mapped file while its turn
is thought; whoever starts next in that place finds it there and counts it (`Store.blame`). It costs a turn no write to
the disk: the page survives the process, and a machine that fails as a whole blames nobody.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from mmap import mmap
from pathlib import Path
from typing import Final

from chatbot.delivery.compose import MOST_JOINED
from chatbot.model import Event
from chatbot.storage.lock import FileLock, InUseError
from chatbot.storage.port import StoreError
from chatbot.storage.rows import HASHED_LENGTH, hashed

SIZE: Final = MOST_JOINED * HASHED_LENGTH
PLACES: Final = 256
"""Most processes of one machine that share a folder."""
_BLANK: Final = bytes(SIZE)


class FlightRecorder:
    """One process's, in the first place of the folder that nobody holds: a process that starts again finds its own."""

    def __init__(self, folder: Path) -> None:
        """Where the folder cannot be written nothing is remembered, and nothing else is disturbed."""
        self._lock, self._bytes = _place(folder)
        self.left = _keys(self._bytes[:])
        """Hashed keys of the events that the process before was thinking of when it ended."""

    def settled(self) -> None:
        """What was left has been counted."""
        self.left = frozenset()
        self._bytes[:] = _BLANK

    @contextmanager
    def during(self, events: Sequence[Event]) -> Iterator[None]:
        """If the process ends in this block, it was these."""
        keys = "".join(hashed(event.key) for event in events).encode()[:SIZE]
        self._bytes[: len(keys)] = keys
        try:
            yield
        finally:
            self._bytes[: len(keys)] = _BLANK[: len(keys)]

    def release(self) -> None:
        """Let the place go."""
        self._bytes.close()
        if self._lock:
            self._lock.release()


def _place(folder: Path) -> tuple[FileLock | None, mmap]:
    """The first free place and its bytes; bytes of memory alone where there is none."""
    with suppress(OSError, StoreError):
        for number in range(PLACES):
            with suppress(InUseError):
                path = folder / str(number)
                lock = FileLock(path)
                try:
                    return lock, _mapped(path)
                except OSError:
                    lock.release()
                    raise
    return None, mmap(-1, SIZE)


def _mapped(path: Path) -> mmap:
    """The file's bytes, which are on the disk whole: writing to a mapped hole on a full disk would end the process."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        if os.fstat(descriptor).st_size < SIZE:
            os.pwrite(descriptor, _BLANK, 0)
        return mmap(descriptor, SIZE)
    finally:
        os.close(descriptor)


def _keys(found: bytes) -> frozenset[str]:
    words = found.rstrip(b"\0").decode("ascii", "replace")
    pieces = (words[start : start + HASHED_LENGTH] for start in range(0, len(words), HASHED_LENGTH))
    return frozenset(piece for piece in pieces if len(piece) == HASHED_LENGTH)
