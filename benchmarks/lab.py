"""What every part of the benchmarks is given, and what it hands back."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path
from typing import Final, TypeVar

from benchmarks.measure import Result

Choice = TypeVar("Choice")


class Depth(IntEnum):
    """How thorough: a first look of a few minutes, what `make bench` does, everything."""

    QUICK = 0
    USUAL = 1
    FULL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """Lines over one axis: (label, xs, ys). `note` is the sentence under the picture."""

    title: str
    across: str
    up: str
    lines: Sequence[tuple[str, Sequence[float], Sequence[float]]]
    note: str = ""
    log_across: bool = False
    dots: bool = False


@dataclass(slots=True)
class Found:
    """What a part has measured so far; a part that fails keeps it."""

    results: list[Result] = field(default_factory=list)
    plot: Plot | None = None

    def add(self, what: str, value: str, goal: str = "", met: bool | None = None) -> None:
        """One line of the table."""
        self.results.append(Result(what, value, goal, met))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """A folder of one's own, how thorough to be, what citizens ask, the model's cache, and where progress is told."""

    folder: Path
    depth: Depth
    texts: tuple[str, ...]
    cache: Path
    say: Callable[[str], None]
    messages: int = 200_000
    minutes: float = 20.0

    def pick(self, quick: Choice, usual: Choice, full: Choice) -> Choice:
        """What fits the depth."""
        return (quick, usual, full)[self.depth]

    def room(self, name: str) -> "Lab":
        """The same lab with a folder inside this one."""
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        return replace(self, folder=folder)


_AROUND_S: Final = 300.0
"""What starting and ending take beside the minutes that were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One measurement. `means` tells readers what its figures are; `least` is the depth that includes it unasked;
    `most_s` ends it whatever happens (seconds, by depth), later where it is `timed` by --minutes."""

    name: str
    title: str
    means: str
    run: Callable[[Lab, Found], Awaitable[None]]
    least: Depth = Depth.USUAL
    most_s: tuple[float, float, float] = (120.0, 300.0, 3600.0)
    timed: bool = False

    def limit_s(self, lab: Lab) -> float:
        """Seconds after which it is ended."""
        asked = lab.minutes * 60 + _AROUND_S if self.timed else 0.0
        return max(self.most_s[lab.depth], asked)
