"""Three times what the bot can answer: every 200 is kept, whatever cannot be stored is refused."""

import asyncio
from contextlib import suppress
from typing import Final

from benchmarks.lab import Found, Lab
from benchmarks.load import BUSY, OK, Stream, drive, strangers, stream
from benchmarks.measure import Peak, peak_of, percentile, wait_for_quiet
from benchmarks.program import bot
from benchmarks.world import World, world

TIMES: Final = 3
MOST_ACK_MS: Final = 1500.0
"""`intake.budget_s`: later than this the answer is a 503."""
SETTLE_S: Final = 2.0
"""Nobody is answered twice after this long."""


async def measure(lab: Lab, found: Found) -> None:
    """Find what it sustains, send three times as much for a while, wait until it has caught up."""
    async with world() as meta, bot(lab.folder, meta.url, lab.cache) as served:
        lab.say("overload: what does it sustain?")
        await drive(served.origin, meta, lab.texts, lab.pick(50, 200, 200))
        await asyncio.to_thread(wait_for_quiet)
        rate = TIMES * (await drive(served.origin, meta, lab.texts[200:], lab.pick(200, 1000, 2000))).rate
        seconds = lab.pick(3, 10, 30)
        lab.say(f"overload: {rate:.0f} messages a second for {seconds} s, then catching up")
        asked = strangers(meta, lab.texts[1200:], int(rate * seconds))
        loop = asyncio.get_running_loop()
        async with peak_of(lambda: served.memory_mib) as peak:
            began = loop.time()
            seen = await stream(served.origin, meta, asked, rate)
            posted = loop.time()
            with suppress(TimeoutError):  # who is missing is told below
                await meta.until_all(seen.accepted, lab.pick(60, 120, 300))
            caught_up = loop.time() - posted
        await asyncio.sleep(SETTLE_S)
        offered = len(asked) / (posted - began)
        found.add(f"Sent: {TIMES} times what it sustains", f"{offered:,.0f} messages/s for {posted - began:.0f} s")
        _tell(found, meta, seen, peak, caught_up)
        meta.forget()


def _tell(found: Found, meta: World, seen: Stream, peak: Peak, caught_up: float) -> None:
    missing = len(seen.accepted - meta.answered.keys())
    found.add("... acknowledged and never answered", f"{missing} of {len(seen.accepted):,}", "0", missing == 0)
    found.add("... sends that came twice", f"{meta.twice()} of {len(meta.keys):,}", "0", meta.twice() == 0)
    other = 1 - seen.share(OK, BUSY)
    found.add(
        "... refused with 503; neither 200 nor 503",
        f"{seen.share(BUSY):.1%}; {other:.1%}",
        "nothing else than 200 and 503",
        other == 0,
    )
    late = len(meta.answered.keys() - seen.accepted)
    found.add("... refused, but stored a moment later and answered (a repeat is then known)", f"{late:,}")
    p99 = percentile(seen.acks, 0.99)
    found.add(
        "... webhook p50, p99", f"{percentile(seen.acks, 0.5):.1f}, {p99:.1f} ms", "p99 < 1.5 s", p99 < MOST_ACK_MS
    )
    found.add(
        "... unanswered at the last webhook; answered after",
        f"{seen.behind:,}; {caught_up:.1f} s; peak {peak.value:.0f} MiB",
    )
