"""One running bot per SQLite file: an flock that the kernel lets go of when the process dies, never a pid file."""

import fcntl
import os
from pathlib import Path
from typing import Final

from chatbot.storage.port import StoreError

CLOSED: Final = -1


class InUseError(Exception):
    """Another process holds the file."""


class FileLock:
    """Held from construction to `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        """Raises InUseError, StoreError."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(
                f"{path} cannot be written ({error.strerror}): mend the path or its permissions"
            ) from error
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self.descriptor)
            raise InUseError(f"another chatbot is running on {path.with_suffix('')}; stop it first") from error

    def release(self) -> None:
        """Let go; letting go twice is harmless (the number may be another file's by then)."""
        descriptor, self.descriptor = self.descriptor, CLOSED
        if descriptor != CLOSED:
            os.close(descriptor)
