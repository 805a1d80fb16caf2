"""Do answers stay as quick when thousands, and millions, of conversations are stored?"""

import asyncio
import random
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.lab import Found, Lab, Plot
from benchmarks.load import Question, drive, drive_people, stream
from benchmarks.measure import percentile, wait_for_quiet
from benchmarks.prefill import citizen, prefill
from benchmarks.program import bot
from benchmarks.world import World, world

SAMPLE: Final = 300
RATE: Final = 50
KNOWN: Final = 2
"""One person of so many has a stored conversation."""
LEAST_SHARE: Final = 0.85
"""Of the replies a second at the smallest size: less is not flat."""
MOST_TIMES: Final = 1.5
"""The p99 of the webhook to send, against that at the smallest size."""
ROOM: Final = 1.5
"""Free disk needed, as a multiple of what will be written."""
MIB: Final = 1024**2


@dataclass(frozen=True, slots=True)
class Seen:
    """What a bot on such a file does: conversations, replies a second, milliseconds, seconds to start, webhooks refused
    right after the start, MiB of the file."""

    stored: int
    rate: float
    ack: float
    send: float
    start: float
    refused: int
    file: float


async def measure(lab: Lab, found: Found) -> None:
    """The same load on files of different sizes, the smallest first."""
    sample = await _sample(lab)
    seen: list[Seen] = []
    for wanted in lab.pick((1_000, 20_000), (1_000, 100_000), (1_000, 100_000, 5_000_000)):
        size = _affordable(found, sample, seen, wanted)
        folder = lab.room(str(size)).folder
        lab.say(f"growth: {size:,} conversations are being written")
        await asyncio.to_thread(prefill, sample, _database(folder), size, lab.say)
        one = await _measure(lab, folder, size)
        seen.append(one)
        _tell(found, one, seen[0])
        shutil.rmtree(folder)
    stored = [one.stored for one in seen]
    found.plot = Plot(
        title="Growth: SQLite, real understanding, half of the people known",
        across="stored conversations (logarithmic)",
        up="ms p99 at 50/s; replies/s",
        lines=(
            ("webhook to send, p99", stored, [one.send for one in seen]),
            ("webhook, p99", stored, [one.ack for one in seen]),
            ("replies/s", stored, [one.rate for one in seen]),
        ),
        log_across=True,
        dots=True,
    )


def _database(folder: Path) -> Path:
    path = folder / "var" / "chatbot.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


async def _sample(lab: Lab) -> Path:
    """A small file, written by the bot itself."""
    folder = lab.room("sample").folder
    lab.say(f"growth: {SAMPLE} real conversations as a sample")
    async with world() as meta, bot(folder, meta.url, lab.cache) as served:
        await drive(served.origin, meta, lab.texts, SAMPLE)
    return _database(folder)


def _affordable(found: Found, sample: Path, seen: list[Seen], wanted: int) -> int:
    """As many conversations as the disk has room for."""
    if not seen:
        return wanted
    bytes_each = seen[-1].file * MIB / seen[-1].stored
    most = int(shutil.disk_usage(sample.parent).free / ROOM / bytes_each)
    if most < wanted:
        found.add(f"{wanted:,} stored conversations", f"the disk has room for {most:,} only")
    return min(most, wanted)


async def _measure(lab: Lab, folder: Path, size: int) -> Seen:
    count, seconds = lab.pick(200, 800, 3000), lab.pick(4, 12, 30)
    loop = asyncio.get_running_loop()
    file = _database(folder).stat().st_size / MIB
    began = loop.time()
    async with world() as meta, bot(folder, meta.url, lab.cache) as served:
        start = loop.time() - began
        lab.say(f"growth: load on {size:,} conversations")
        warm = await drive_people(served.origin, meta, _people(meta, lab.texts, count // 5, size, 0))
        await asyncio.to_thread(wait_for_quiet)
        drives = [
            await drive_people(served.origin, meta, _people(meta, lab.texts, count, size, turn)) for turn in (1, 2)
        ]
        asked = _people(meta, lab.texts, RATE * seconds, size, 3)
        waits = await stream(served.origin, meta, asked, RATE)
        await meta.until_all(waits.accepted, 60)
        send = percentile([wait * 1000 for wait in meta.waits], 0.99)
    rate, ack = max(one.rate for one in drives), percentile(waits.acks, 0.99)
    return Seen(size, rate, ack, send, start, warm.refused, file)


def _people(meta: World, texts: tuple[str, ...], count: int, size: int, turn: int) -> list[Question]:
    """Strangers, and people with a stored conversation, who each ask once."""
    known = [citizen(number) for number in random.Random(turn).sample(range(size), min(size, count // KNOWN))]
    people = [*known, *(meta.citizen() for _ in range(count - len(known)))]
    random.Random(turn).shuffle(people)
    return [(person, texts[(turn * count + number) % len(texts)]) for number, person in enumerate(people)]


def _tell(found: Found, one: Seen, first: Seen) -> None:
    share, times = one.rate / first.rate, one.send / first.send
    alone = one is first
    found.add(
        f"{one.stored:,} stored conversations ({one.file:,.0f} MiB): replies/s",
        f"{one.rate:,.0f}" + ("" if alone else f", {share:.2f} of those at {first.stored:,}"),
        "" if alone else f">= {LEAST_SHARE:.2f}",
        None if alone else share >= LEAST_SHARE,
    )
    found.add(
        "... 50 messages/s: webhook p99, webhook to send p99",
        f"{one.ack:.1f}, {one.send:.1f} ms",
        "" if alone else f"<= {MOST_TIMES:g} times",
        None if alone else times <= MOST_TIMES,
    )
    found.add("... start to ready; webhooks refused right after", f"{one.start:.1f} s; {one.refused}")
