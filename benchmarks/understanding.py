"""The understanding alone: milliseconds a text on one core. Run as a process of its own, pinned to that core."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from benchmarks.measure import Result, percentile, wait_for_quiet
from benchmarks.program import ROOT

MOST_P50_MS: Final = 2.0
MOST_P99_MS: Final = 5.0
SAMPLE: Final = 2000


async def measure(cache: Path, say: Callable[[str], None]) -> list[Result]:
    """p50 and p99 over the phrasings of the content, none of them twice."""
    say("understanding, one core")
    await asyncio.to_thread(wait_for_quiet)
    env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = (sys.executable, "-m", "benchmarks.understanding", str(cache))
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    seen = json.loads(out)
    p50, p99 = seen["p50"], seen["p99"]
    return [
        Result(f"Understanding p50 ({seen['intents']} intents)", f"{p50:.2f} ms", "<= 2 ms", p50 <= MOST_P50_MS),
        Result("Understanding p99", f"{p99:.2f} ms", "<= 5 ms", p99 <= MOST_P99_MS),
    ]


def _main(cache: Path) -> None:
    from chatbot.knowledge import load
    from chatbot.nlu import load_understanding

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    knowledge = load(ROOT / "intents")
    understanding = load_understanding(knowledge, cache)
    texts = list(dict.fromkeys(text for _, text in knowledge.examples()))[::3][:SAMPLE]
    took = []
    for text in texts:
        began = time.perf_counter()
        understanding.understand(text, today=date(2026, 11, 22))
        took.append((time.perf_counter() - began) * 1000)
    intents = len(knowledge.faqs) + len(knowledge.acts)
    print(json.dumps({"p50": percentile(took, 0.5), "p99": percentile(took, 0.99), "intents": intents}))


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
