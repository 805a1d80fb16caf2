"""Waiting times at a given rate of messages, whether or not the earlier ones are answered."""

import asyncio
from dataclasses import dataclass
from typing import Final

from benchmarks.lab import Found, Lab, Plot
from benchmarks.load import drive, strangers, stream
from benchmarks.measure import distribution, percentile, wait_for_quiet
from benchmarks.postgres import missing
from benchmarks.program import Served
from benchmarks.stores import POSTGRES, SQLITE, Kind
from benchmarks.world import World, world

RATE: Final = 50
HIGH_RATE: Final = 300
SAFE: Final = 0.8
"""The share of the measured throughput at which a machine that cannot do 300/s is measured instead."""
MOST_WEBHOOK_MS: Final = 20.0
MOST_SEND_MS: Final = 50.0
LATE_MS: Final = 5.0
"""A generator that was later than this spoils the figures, so it is said."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Milliseconds until the webhook's 200, and until the first send."""

    acks: tuple[float, ...]
    sends: tuple[float, ...]


async def measure(lab: Lab, found: Found) -> None:
    """50 a second on both stores, then 300 a second (or what the machine sustains) on SQLite."""
    seen: list[tuple[str, Waits]] = []
    async with world() as meta, SQLITE.start(lab.room("sqlite").folder, meta.url, lab.cache) as served:
        await drive(served.origin, meta, lab.texts, lab.pick(100, 300, 300))
        seen.append(("SQLite, 50/s", await _at(lab, found, served, meta, "SQLite", RATE)))
        high = await _high_rate(lab, found, served, meta)
        if high > RATE:
            seen.append((f"SQLite, {high}/s", await _at(lab, found, served, meta, "SQLite", high)))
    if not await missing():
        await _postgres(lab, found, seen, POSTGRES)
    found.plot = Plot(
        title="From a citizen's message to the first send",
        across="ms (logarithmic)",
        up="% of messages at most so long",
        lines=[(name, *distribution(waits.sends)) for name, waits in seen],
        log_across=True,
    )


async def _postgres(lab: Lab, found: Found, seen: list[tuple[str, Waits]], kind: Kind) -> None:
    try:
        async with world() as meta, kind.start(lab.room("postgres").folder, meta.url, lab.cache) as served:
            await drive(served.origin, meta, lab.texts, lab.pick(100, 300, 300))
            seen.append(("PostgreSQL, 50/s", await _at(lab, found, served, meta, "PostgreSQL", RATE)))
    except RuntimeError as error:
        found.add("PostgreSQL", f"not measured: {str(error).splitlines()[0]}")


async def _high_rate(lab: Lab, found: Found, served: Served, meta: World) -> int:
    """300, or a rate that the machine sustains."""
    lab.say("what rate does the machine sustain?")
    sustained = (await drive(served.origin, meta, lab.texts[500:], lab.pick(200, 1000, 2000))).rate
    if sustained * SAFE >= HIGH_RATE:
        return HIGH_RATE
    rate = max(RATE, int(sustained * SAFE) // 10 * 10)
    found.add(
        f"{HIGH_RATE} messages/s, one process",
        f"more than this machine sustains ({sustained:.0f}/s with the load's own process): {rate}/s measured",
    )
    return rate


async def _at(lab: Lab, found: Found, served: Served, meta: World, store: str, rate: int) -> Waits:
    seconds = lab.pick(4, 15, 60)
    lab.say(f"waiting times on {store}: {rate} messages a second for {seconds} s")
    await asyncio.to_thread(wait_for_quiet)
    asked = strangers(meta, lab.texts[1000:], rate * seconds)
    seen = await stream(served.origin, meta, asked, rate)
    await meta.until_all(seen.accepted, 120)
    waits = Waits(seen.acks, tuple(wait * 1000 for wait in meta.waits))
    meta.forget()
    webhook, send = percentile(waits.acks, 0.99), percentile(waits.sends, 0.99)
    held = rate == RATE
    late = f" (the load was up to {seen.lateness:.0f} ms late itself)" if seen.lateness > LATE_MS else ""
    at = f"{store}, {rate} messages/s"
    found.add(
        f"{at}: webhook p50, p99",
        f"{percentile(waits.acks, 0.5):.1f}, {webhook:.1f} ms{late}",
        "p99 < 20 ms" if held else "",
        webhook < MOST_WEBHOOK_MS if held else None,
    )
    found.add(
        f"{at}: webhook to send p50, p99",
        f"{percentile(waits.sends, 0.5):.1f}, {send:.1f} ms",
        "p99 < 50 ms" if held else "",
        send < MOST_SEND_MS if held else None,
    )
    if refused := len(asked) - len(seen.accepted):
        found.add(f"{at}: not accepted", f"{refused} of {len(asked)}", "0", met=False)
    return waits
