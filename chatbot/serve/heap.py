"""The memory of a process that has loaded its content: what stays is set apart, what was only passing is given back.

The content is hundreds of thousands of objects that live as long as the process. A full round of the garbage collector
over them stops everything for 50 to 100 ms, at moments of its own; set apart, they cost nothing.
"""

import ctypes
import gc
from contextlib import suppress


def set_apart() -> None:
    """What is in memory now is not looked at again (`gc.freeze`)."""
    gc.freeze()
    _give_back()


def let_go_of_the_old() -> None:
    """After new content has replaced what was set apart: the old is found and freed, the new set apart."""
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
        set_apart()


def _give_back() -> None:
    """Freed memory goes back to the system, where the C library can (glibc): reading the content leaves 10 MiB."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
