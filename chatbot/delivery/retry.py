"""When to try again: exponential, with full jitter (AWS Architecture Blog, "Exponential Backoff and Jitter")."""

import random
from datetime import timedelta
from typing import Final

FIRST: Final = timedelta(seconds=1)
LONGEST: Final = timedelta(minutes=10)


def backoff(attempts: int) -> timedelta:
    """A random wait between 0 and 1 s, 2 s, 4 s ... 10 min after so many attempts."""
    ceiling = min(FIRST * float(2 ** min(max(attempts - 1, 0), 20)), LONGEST)
    return ceiling * random.random()  # noqa: S311 - jitter, not a secret
