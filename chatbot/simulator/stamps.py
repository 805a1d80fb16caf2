"""A platform's own time: milliseconds that never repeat, so that order survives a clock that stands still."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Stamps:
    """Gives out moments in Unix milliseconds, each later than the one before."""

    now: Callable[[], datetime]
    last: int = 0

    def next(self) -> int:
        """The next moment."""
        self.last = max(self.last + 1, int(self.now().timestamp() * 1000))
        return self.last
