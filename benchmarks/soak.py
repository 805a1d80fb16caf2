"""A long run: does the memory stay flat? Many people, half of them with words that nobody has written before."""

import random
import time
from collections.abc import Iterator
from typing import Final

from benchmarks.lab import Found, Lab, Plot
from benchmarks.load import Question, drive_people
from benchmarks.measure import slope
from benchmarks.program import bot
from benchmarks.world import world

CHUNK: Final = 1000
PEOPLE: Final = 20_000
ASKED_AGAIN: Final = 500
"""Questions that come again and again: half of all messages."""
WARM: Final = 0.5
"""The share of messages that fills the caches of words; the slope is that of the rest."""
HIGHEST_MIB: Final = 300.0
MOST_MIB: Final = 10.0
"""Growth over 200,000 messages that counts as flat."""
FLAT_OVER: Final = 200_000
FEWEST: Final = 10
"""Readings of the memory from which a slope means something."""
_BEGINNINGS: Final = ("", "dạ ", "cho em hỏi ", "ad ơi ", "alo ", "mình hỏi chút ", "chào bhxh, ", "tôi muốn biết ")
_ENDS: Final = ("", " ạ", " với ạ", " nhé", " vậy", "?", " giúp tôi", " cảm ơn")
_PLACES: Final = ("Đà Nẵng", "Tam Kỳ", "Cà Mau", "Huế", "Vinh", "Cần Thơ", "Lào Cai", "Bến Tre", "Hà Nội", "Pleiku")


async def measure(lab: Lab, found: Found) -> None:
    """Chunks of messages, each answered before the next begins; the memory is read in between."""
    counts, sizes = [0], []
    chance = random.Random(1)
    fresh = unseen(lab.texts, chance)
    asked_once: set[str] = set()
    end = time.monotonic() + lab.minutes * 60
    async with world() as meta, bot(lab.folder, meta.url, lab.cache) as served:
        people = [meta.citizen() for _ in range(PEOPLE)]
        sizes.append(served.memory_mib)
        began = time.monotonic()
        while counts[-1] < lab.messages and time.monotonic() < end:
            some = chance.sample(people, min(CHUNK, lab.messages - counts[-1]))
            asked = _questions(some, fresh, lab.texts, chance)
            asked_once.update(text for _, text in asked)
            await drive_people(served.origin, meta, asked, patience_s=60)
            counts.append(counts[-1] + len(asked))
            sizes.append(served.memory_mib)
            if counts[-1] % (10 * CHUNK) == 0:
                lab.say(f"soak: {counts[-1]:,} of {lab.messages:,} messages, {sizes[-1]:.0f} MiB")
        took = time.monotonic() - began
        kept = sum(path.stat().st_size for path in (lab.folder / "var").glob("chatbot.db*")) / 1024**2
    _tell(found, counts, sizes, share=len(asked_once) / counts[-1], took=took, kept=kept)


def _tell(found: Found, counts: list[int], sizes: list[float], *, share: float, took: float, kept: float) -> None:
    warm = next(place for place, count in enumerate(counts) if count >= counts[-1] * WARM)
    if len(counts) - warm < FEWEST:
        found.add("Memory", f"too few messages ({counts[-1]:,}) for a slope")
        return
    grown = slope(counts[warm:], sizes[warm:]) * FLAT_OVER
    found.add(
        "Messages answered; different texts among them",
        f"{counts[-1]:,} in {took / 60:.1f} min ({counts[-1] / took:.0f}/s); {share:.0%}",
    )
    found.add(
        "Memory growth over 200,000 messages (slope of the second half)",
        f"{grown:+.1f} MiB",
        f"<= {MOST_MIB:.0f} MiB",
        grown <= MOST_MIB,
    )
    found.add(
        "... memory at the start, at half of the messages, at the end",
        f"{sizes[0]:.0f}, {sizes[warm]:.0f}, {sizes[-1]:.0f} MiB",
        "<= 300 MiB",
        max(sizes) <= HIGHEST_MIB,
    )
    found.add("... database file at the end", f"{kept:.0f} MiB, {kept * 1024 / counts[-1]:.1f} KiB a message")
    found.plot = Plot(
        title="Memory over a long run",
        across="messages answered",
        up="MiB, resident",
        lines=(("chatbot run", counts, sizes),),
    )


def _questions(
    people: list[str], fresh: Iterator[str], texts: tuple[str, ...], chance: random.Random
) -> list[Question]:
    """Every other one is new."""
    again = texts[:ASKED_AGAIN]
    return [(one, next(fresh) if number % 2 else chance.choice(again)) for number, one in enumerate(people)]


def unseen(texts: tuple[str, ...], chance: random.Random) -> Iterator[str]:
    """Endless sentences, no two alike: a known question with a slip of the keyboard, a place, a day and a greeting."""
    seen: set[int] = set()
    while True:
        words = chance.choice(texts).split()
        slip = chance.randrange(len(words))
        words[slip] = _mistyped(words[slip], chance)
        when = f", ngày {chance.randint(1, 28)}/{chance.randint(1, 12)}/{chance.randint(1990, 2026)}"
        where = f" ở {chance.choice(_PLACES)}"
        text = chance.choice(_BEGINNINGS) + " ".join(words) + where + chance.choice(("", when)) + chance.choice(_ENDS)
        if (mark := hash(text)) not in seen:
            seen.add(mark)
            yield text


def _mistyped(word: str, chance: random.Random) -> str:
    """One letter missing, twice, or swapped with its neighbour."""
    if len(word) < 3:  # noqa: PLR2004 - too short to stay a word
        return word
    at = chance.randrange(1, len(word) - 1)
    return chance.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )
