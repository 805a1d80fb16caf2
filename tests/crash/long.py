"""The long form of the kill loop: `python -m tests.crash.long --kills 200 --store sqlite` (or `make crash KILLS=200`).

It runs in rounds, each on a database of its own. What is done is kept in var/, so that a run that was interrupted goes
on where it stopped; the end appends one line to var/crash-summary.txt. Exit status 1 when a promise was broken.
"""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.crash.history import Verdict
from tests.crash.loop import Tally, kill_loop

VAR: Final = Path(__file__).parents[2] / "var"
SUMMARY: Final = VAR / "crash-summary.txt"
ROUND: Final = 25
"""Kills on one database."""


def main() -> int:
    """Run what is left to run and write the line."""
    wish = _arguments()
    VAR.mkdir(exist_ok=True)
    done_file = VAR / f"crash-{wish.store}-{wish.kills}-{wish.seed}.jsonl"
    rounds = list(_read(done_file))
    columns = (TextColumn("kill -9"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)  # a dead bot is no news to the platforms here
    with Progress(*columns) as progress:
        bar = progress.add_task("", total=wish.kills)
        while (done := sum(one.kills for one in rounds)) < wish.kills:
            count = min(ROUND, wish.kills - done)
            with tempfile.TemporaryDirectory(prefix="crash-") as folder:
                tally = asyncio.run(
                    kill_loop(
                        Path(folder),
                        count,
                        wish.seed + len(rounds),
                        lambda kill, before=done: progress.update(bar, completed=before + kill),  # type: ignore[misc]
                    )
                )
            rounds.append(tally)
            with done_file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(tally), ensure_ascii=False) + "\n")
    total = sum(rounds, Tally())
    line = f"{datetime.now(UTC):%Y-%m-%d %H:%M}Z store={wish.store} {total}"
    with SUMMARY.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    done_file.unlink()
    fine = total.verdict.fine and not total.corrupt
    sys.stdout.write(f"{line}\n" if fine else f"{line}\n{total.verdict}\n")
    return 0 if fine else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="kill -9 at random moments, again and again.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--store", choices=["sqlite"], default="sqlite")
    parser.add_argument("--seed", type=int, default=1000, help="another seed, another history")
    return parser.parse_args()


def _read(done_file: Path) -> Iterator[Tally]:
    """The rounds that an earlier, interrupted run finished."""
    for line in done_file.read_text("utf-8").splitlines() if done_file.exists() else ():
        kept = json.loads(line)
        verdict = Verdict(**{name: tuple(found) for name, found in kept.pop("verdict").items()})
        yield Tally(verdict=verdict, **kept)


if __name__ == "__main__":
    sys.exit(main())
