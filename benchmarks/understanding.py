"""The understanding alone: milliseconds a text on one core, at today's number of topics and at others.

Each figure comes from a process of its own, pinned to that core: `python -m benchmarks.understanding (learn|read) CACHE
[TOPICS]` prints one JSON object.
"""

import asyncio
import json
import os
import sys
import time
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final

from benchmarks.lab import Depth, Found, Lab, Plot
from benchmarks.measure import memory_mib, peak_memory_mib, percentile, wait_for_quiet
from benchmarks.program import ROOT
from chatbot.knowledge import Faq, Knowledge, load
from chatbot.nlu import load_understanding

MOST_P50_MS: Final = 2.0
MOST_P99_MS: Final = 5.0
SAMPLE: Final = 2000
ALL: Final = 0
"""The topics as they are."""
SIZES: Final = (50, ALL, 500)


async def measure(lab: Lab, found: Found) -> None:
    """p50 and p99 over the phrasings of the content, none of them twice."""
    lab.say("understanding, one core")
    await asyncio.to_thread(wait_for_quiet)
    seen = await _ask("read", lab.cache, ALL)
    p50, p99 = seen["p50"], seen["p99"]
    found.add(
        f"Understanding p50 ({seen['topics']} topics, {seen['intents']} intents)",
        f"{p50:.2f} ms",
        "<= 2 ms",
        p50 <= MOST_P50_MS,
    )
    found.add("Understanding p99", f"{p99:.2f} ms", "<= 5 ms", p99 <= MOST_P99_MS)


async def measure_sizes(lab: Lab, found: Found) -> None:
    """Learning and reading with fewer and more topics. Today's are learnt with --full only: a first start does that."""
    topics, p50s, p99s = [], [], []
    for size in lab.pick(SIZES[:1], SIZES[:2], SIZES):
        read = await _measure_size(lab, found, size, learns=size != ALL or lab.depth is Depth.FULL)
        topics.append(read["topics"])
        p50s.append(read["p50"])
        p99s.append(read["p99"])
    found.plot = Plot(
        title="Understanding, one core",
        across="topics",
        up="ms a text",
        lines=(("p50", topics, p50s), ("p99", topics, p99s)),
        dots=True,
    )


async def _measure_size(lab: Lab, found: Found, size: int, *, learns: bool) -> dict[str, Any]:
    named = f"{size} topics" if size else "all topics"
    learnt = {}
    if learns:
        lab.say(f"understanding: learning {named}")
        await asyncio.to_thread(wait_for_quiet)
        learnt = await _ask("learn", lab.folder, size)
    lab.say(f"understanding: reading with {named}")
    await asyncio.to_thread(wait_for_quiet)
    read = await _ask("read", lab.folder if learns else lab.cache, size)
    found.add(
        f"{read['topics']} topics, {read['phrasings']:,} phrasings: p50, p99",
        f"{read['p50']:.2f}, {read['p99']:.2f} ms",
    )
    found.add("... memory of one process while reading", f"{read['mib']:.0f} MiB")
    if learnt:
        found.add("... learning; memory meanwhile", f"{learnt['seconds']:.0f} s; {learnt['peak_mib']:.0f} MiB")
    return read


async def _ask(what: str, cache: Path, topics: int) -> dict[str, Any]:
    """What the process prints. Raises RuntimeError."""
    env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = (sys.executable, "-m", "benchmarks.understanding", what, str(cache), str(topics))
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE)
    try:
        out, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise RuntimeError(f"benchmarks.understanding {what} ended with {process.returncode}")
    seen: dict[str, Any] = json.loads(out)
    return seen


def sized(knowledge: Knowledge, topics: int) -> Knowledge:
    """The content with so many topics: the first ones, or all of them and made-up ones behind them; ALL as it is."""
    faqs = dict(islice(knowledge.faqs.items(), topics or None))
    for number in range(topics - len(faqs)):
        made = _mixed(list(knowledge.faqs.values()), number)
        faqs[made.id] = made
    return replace(knowledge, faqs=faqs)


def _mixed(faqs: list[Faq], number: int) -> Faq:
    """A topic that nobody has: each phrasing begins like one topic's and ends like another's."""
    one, other = faqs[number % len(faqs)], faqs[(number * 7 + 3 + number // len(faqs)) % len(faqs)]
    asked = tuple(_spliced(begin, end) for begin, end in zip(one.ask, other.ask, strict=False))
    return one.model_copy(update={"id": f"mixed_{number}", "ask": asked, "not_this": ()})


def _spliced(begin: str, end: str) -> str:
    first, last = begin.split(), end.split()
    return " ".join([*first[: (len(first) + 1) // 2], *last[len(last) // 2 :]])


def _main(what: str, cache: Path, topics: int) -> dict[str, Any]:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    knowledge = sized(load(ROOT / "intents"), topics)
    began = time.perf_counter()
    understanding = load_understanding(knowledge, cache)
    if what == "learn":
        return {"seconds": time.perf_counter() - began, "peak_mib": peak_memory_mib(os.getpid())}
    phrasings = list(dict.fromkeys(text for _, text in knowledge.examples()))
    took = []
    for text in phrasings[::3][:SAMPLE]:
        began = time.perf_counter()
        understanding.understand(text, today=date(2026, 11, 22))
        took.append((time.perf_counter() - began) * 1000)
    return {
        "p50": percentile(took, 0.5),
        "p99": percentile(took, 0.99),
        "topics": len(knowledge.faqs),
        "intents": len(knowledge.faqs) + len(knowledge.acts),
        "phrasings": len(phrasings),
        "mib": memory_mib(os.getpid()),
    }


if __name__ == "__main__":
    print(json.dumps(_main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
