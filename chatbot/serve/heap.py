"""The garbage collector and the content: hundreds of thousands of objects that live as long as the process.

A full round over them stops everything for 50 to 100 ms, at moments of its own. Set apart, they cost nothing.
"""

import gc


def set_apart() -> None:
    """What is in memory now is not looked at again (`gc.freeze`)."""
    gc.freeze()


def let_go_of_the_old() -> None:
    """After new content has replaced what was set apart: the old is found and freed, the new set apart."""
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
        gc.freeze()
