"""What makes a new file survive a power cut, besides its own fsync."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """A new name in the folder is on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
