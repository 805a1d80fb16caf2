"""The long form of the kill loops: `make crash KILLS=1000`, or `python -m tests.crash.long --kills 1000`.

On PostgreSQL it starts a server of its own. It runs in rounds, each on a database of its own. What is done is kept in
var/, so that a run that was interrupted goes on where it stopped; the end appends one line a store to
var/crash-summary.txt. Exit status 1 when a promise was broken.
"""

import argparse
import asyncio
import json
import logging
import signal
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.crash.history import Verdict
from tests.crash.loop import Tally, kill_loop, several_loop
from tests.crash.server import Server, running_server

VAR: Final = Path(__file__).parents[2] / "var"
SUMMARY: Final = VAR / "crash-summary.txt"
ROUND: Final = 25
"""Kills on one database."""
POSTGRESQL: Final = "postgresql"
STORES: Final = ["sqlite", POSTGRESQL]
Loop = Callable[[Path, int, int, Callable[[int], None]], Coroutine[Any, Any, Tally]]


def main() -> int:
    """Run what is left to run and write a line for each store."""
    wish = _arguments()
    VAR.mkdir(exist_ok=True)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would not hear it
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))  # as Ctrl+C: nothing stays behind
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)  # a dead bot is no news to the platforms here
    try:
        fine = [_run(store, wish.kills, wish.seed) for store in wish.store]
    except KeyboardInterrupt:
        sys.stdout.write("interrupted: the same command goes on where this one stopped\n")
        return 128 + signal.SIGINT
    return 0 if all(fine) else 1


def _run(store: str, kills: int, seed: int) -> bool:
    """All rounds on one store, those of an interrupted run included."""
    done_file = VAR / f"crash-{store}-{kills}-{seed}.jsonl"
    rounds = list(_read(done_file))
    columns = (TextColumn(f"kill -9, {store}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as progress, ExitStack() as stack:
        loop: Loop = several(stack.enter_context(running_server())) if store == POSTGRESQL else kill_loop
        bar = progress.add_task("", total=kills)
        while (done := sum(one.kills for one in rounds)) < kills:
            count = min(ROUND, kills - done)
            with tempfile.TemporaryDirectory(prefix="crash-") as folder:
                tally = asyncio.run(
                    loop(
                        Path(folder),
                        count,
                        seed + len(rounds),
                        lambda kill, before=done: progress.update(bar, completed=before + kill),  # type: ignore[misc]
                    )
                )
            rounds.append(tally)
            with done_file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(tally), ensure_ascii=False) + "\n")
    total = sum(rounds, Tally())
    line = f"{datetime.now(UTC):%Y-%m-%d %H:%M}Z store={store} {total}"
    with SUMMARY.open("a", encoding="utf-8") as summary:
        summary.write(line + "\n")
    done_file.unlink()
    fine = total.verdict.fine and not total.corrupt
    sys.stdout.write(f"{line}\n" if fine else f"{line}\n{total.verdict}\n")
    return fine


def several(server: Server) -> Loop:
    """The loop on this server."""

    async def loop(folder: Path, kills: int, seed: int, progress: Callable[[int], None]) -> Tally:
        return await several_loop(folder, server, kills, seed, progress)

    return loop


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="kill -9 at random moments, again and again.")
    parser.add_argument("--kills", type=int, default=200, help="on each store")
    parser.add_argument("--store", choices=STORES, nargs="+", default=STORES, help="one, or one after the other")
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
