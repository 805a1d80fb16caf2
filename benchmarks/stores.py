"""End to end with the real understanding on each store: nothing kept, SQLite, PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.lab import Found, Lab
from benchmarks.load import drive
from benchmarks.measure import cpu_seconds_of_all, wait_for_quiet
from benchmarks.postgres import database, missing
from benchmarks.program import Served, bot, server
from benchmarks.world import world

MOST_MIB: Final = 300.0
Start = Callable[[Path, str, Path], AbstractAsyncContextManager[Served]]
"""Folder, Graph API and model cache to a running bot."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A store to compare: the shares of the program without a store that are wanted with work, and with hardly any."""

    name: str
    start: Start
    with_work: float | None = None
    without_work: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Replies a second to different questions and to one and the same; milliseconds of processor time a reply: ours,
    the database server's, the load's; MiB."""

    varied: float
    same: float
    cpu: float
    database_cpu: float
    load_cpu: float
    mib: float


def _memory(folder: Path, api_url: str, cache: Path) -> AbstractAsyncContextManager[Served]:
    return server("memory", folder, api_url, cache)


@asynccontextmanager
async def _postgres(folder: Path, api_url: str, cache: Path) -> AsyncIterator[Served]:
    async with database() as url, bot(folder, api_url, cache, url) as served:
        yield served


NO_STORE: Final = Kind("no store", _memory)
SQLITE: Final = Kind("SQLite", bot, 0.90, 0.55)
POSTGRES: Final = Kind("PostgreSQL", _postgres, 0.90, 0.40)


async def measure(lab: Lab, found: Found) -> None:
    """The stores in turn, several times; the medians count."""
    kinds = [NO_STORE, SQLITE]
    if sentence := await missing():
        found.add("PostgreSQL", sentence)
    else:
        kinds.append(POSTGRES)
    seen: dict[str, list[Seen]] = {kind.name: [] for kind in kinds}
    rounds = lab.pick(1, 3, 5)
    for number in range(rounds):
        for kind in kinds:
            lab.say(f"replies on {kind.name}, round {number + 1} of {rounds}")
            try:
                seen[kind.name].append(await _drive(lab.room(f"{kind.name}{number}".replace(" ", "")), kind))
            except RuntimeError as error:
                if kind is not POSTGRES:
                    raise
                found.add("PostgreSQL", f"not measured: {str(error).splitlines()[0]}")
                kinds.remove(kind)
    _tell(found, kinds, {name: _middle(several) for name, several in seen.items() if several})


def _tell(found: Found, kinds: list[Kind], seen: dict[str, Seen]) -> None:
    nothing = seen[NO_STORE.name]
    for kind in kinds:
        one = seen[kind.name]
        found.add(
            f"Replies/s on {kind.name}: different questions, the same question", f"{one.varied:,.0f}, {one.same:,.0f}"
        )
        for wanted, share, what in (
            (kind.with_work, one.varied / nothing.varied, "different questions"),
            (kind.without_work, one.same / nothing.same, "the same question"),
        ):
            if wanted is not None:
                found.add(f"... share of no store, {what}", f"{share:.2f}", f">= {wanted:.2f}", share >= wanted)
        server_too = f" + {one.database_cpu:.2f} ms of the server" if kind is POSTGRES else ""
        found.add(
            "... processor time a reply; the load's and the Graph API's own",
            f"{one.cpu:.2f} ms{server_too}; {one.load_cpu:.2f} ms",
        )
        fine = one.mib <= MOST_MIB if kind is not NO_STORE else None
        found.add(
            "... memory after all that, one process",
            f"{one.mib:.0f} MiB",
            "<= 300 MiB" if fine is not None else "",
            fine,
        )


async def _drive(lab: Lab, kind: Kind) -> Seen:
    count = lab.pick(300, 1000, 4000)
    async with world() as meta, kind.start(lab.folder, meta.url, lab.cache) as served:
        await drive(served.origin, meta, lab.texts, count // 10)
        await asyncio.to_thread(wait_for_quiet)
        used, server_used = served.cpu_seconds, cpu_seconds_of_all("postgres")
        varied = await drive(served.origin, meta, lab.texts[count // 10 :], count)
        used, server_used = served.cpu_seconds - used, cpu_seconds_of_all("postgres") - server_used
        same = await drive(served.origin, meta, lab.texts[:1], count)
        return Seen(
            varied=varied.rate,
            same=same.rate,
            cpu=used / count * 1000,
            database_cpu=server_used / count * 1000,
            load_cpu=varied.load_cpu,
            mib=served.memory_mib,
        )


def _middle(several: list[Seen]) -> Seen:
    return Seen(
        varied=median(one.varied for one in several),
        same=median(one.same for one in several),
        cpu=median(one.cpu for one in several),
        database_cpu=median(one.database_cpu for one in several),
        load_cpu=median(one.load_cpu for one in several),
        mib=median(one.mib for one in several),
    )
