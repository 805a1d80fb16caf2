"""`python -m benchmarks`: the table on the screen, the page with plots in docs/."""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from benchmarks import report
from benchmarks.lab import Depth, Lab, Part
from benchmarks.parts import PARTS
from benchmarks.program import ROOT
from benchmarks.report import Measured
from benchmarks.run import run
from chatbot.knowledge import load

Number = TypeVar("Number", int, float)
SCREEN = Console(stderr=True)
STOPPED = 130
WIDTH = 150
"""Of the table in a file or a pipe."""
EXAMPLES = """\
examples:
  python -m benchmarks                        what `make bench` does: about ten minutes, written to docs/benchmarks.md
  python -m benchmarks --quick                a first look of a few minutes, written to var/benchmarks/
  python -m benchmarks --full                 everything, with 5,000,000 stored conversations and the long run
  python -m benchmarks --only latency stores  these parts again; the others keep their figures on the page
  python -m benchmarks soak --messages 200000 --minutes 20
"""


def say(what: str) -> None:
    """Progress."""
    SCREEN.print(f"· {what}", style="dim", markup=False)


def _positive(kind: Callable[[str], Number]) -> Callable[[str], Number]:
    """A number above zero, for the command line."""

    def positive(text: str) -> Number:
        number = kind(text)
        if number <= 0:
            raise ValueError(text)
        return number

    return positive


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = [part.name for part in PARTS]
    depth = made.add_mutually_exclusive_group()
    depth.add_argument("--quick", action="store_true", help="smaller, and without the long parts")
    depth.add_argument("--full", action="store_true", help="larger, and with the long parts")
    made.add_argument("parts", nargs="*", metavar="PART", help="only these parts (--list names them)")
    made.add_argument("--only", nargs="+", choices=names, metavar="PART", default=[], help="the same")
    made.add_argument("--list", action="store_true", help="name the parts and end")
    made.add_argument("--messages", type=_positive(int), default=200_000, help="of the soak (default 200000)")
    made.add_argument(
        "--minutes", type=_positive(float), default=20.0, help="after which the soak ends in any case (default 20)"
    )
    made.add_argument("--out", type=Path, help="folder for the page (default docs, with --quick var/benchmarks)")
    return made


def chosen(names: Sequence[str], depth: Depth) -> list[Part]:
    """The parts that were named, else those of the depth. Raises ValueError for a name that is none."""
    if unknown := [name for name in names if name not in {part.name for part in PARTS}]:
        raise ValueError(f"no part is called {', '.join(unknown)}: choose from {', '.join(one.name for one in PARTS)}")
    return [part for part in PARTS if (part.name in names if names else part.least <= depth)]


def main() -> int:
    """Measure, print, write. A goal that is missed or a part that fails is a result, not an error."""
    command = parser()
    told = command.parse_args()
    depth = Depth.QUICK if told.quick else Depth.FULL if told.full else Depth.USUAL
    if told.list:
        for part in PARTS:
            print(f"{part.name:14} {part.title} (from --{part.least.name.lower()})".replace(" (from --usual)", ""))
        return 0
    try:
        parts = chosen([*told.parts, *told.only], depth)
    except ValueError as error:
        command.error(str(error))
    out = told.out or ROOT / ("var/benchmarks" if depth is Depth.QUICK else "docs")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        fresh = measure(parts, depth, out, told.messages, told.minutes)
    except KeyboardInterrupt:
        say(f"stopped; what was measured is in {out / report.PAGE}")
        return STOPPED
    table = Table("what", "measured", "goal", "")
    for part in parts:
        table.add_row(part.title, style="bold")
        for one in fresh[part.name].results:
            table.add_row(one.what, one.value, one.goal, one.verdict.strip("*"))
    screen = Console()
    (screen if screen.is_terminal else Console(width=WIDTH)).print(table)
    SCREEN.print(f"Written: {out / report.PAGE}", markup=False)
    return 0


def measure(parts: Sequence[Part], depth: Depth, out: Path, messages: int, minutes: float) -> Mapping[str, Measured]:
    """Run the parts in a folder of var/ (on a real disk) that is removed at the end, however it comes."""
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "var", ignore_cleanup_errors=True) as folder:
        lab = Lab(
            folder=Path(folder),
            depth=depth,
            texts=questions(),
            cache=ROOT / "var" / "model",
            say=say,
            messages=messages,
            minutes=minutes,
        )
        return asyncio.run(run(PARTS, parts, lab, out))


def questions() -> tuple[str, ...]:
    """What citizens ask: the phrasings of the content, each once, in an order that is the same in every run."""
    texts = list(dict.fromkeys(text for _, text in load(ROOT / "intents").examples()))
    random.Random(0).shuffle(texts)
    return tuple(texts)


if __name__ == "__main__":
    sys.exit(main())
