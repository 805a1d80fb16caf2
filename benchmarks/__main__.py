"""`python -m benchmarks [--quick]`: everything in one run, the table on the screen and in docs/benchmarks.md."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import intake, repeats, replies, report, rivals, startup, understanding
from benchmarks.measure import Result, idle_share, memory_mib
from benchmarks.program import ROOT, bot
from benchmarks.world import world
from chatbot.knowledge import load

SCREEN = Console(stderr=True)
MOST_MIB = 300.0
ANSWER = (
    "Dạ, mẹ sinh con được nghỉ 6 tháng, tính cả trước và sau khi sinh; sinh đôi trở lên thì từ con thứ hai mỗi con "
    "thêm 1 tháng ạ. Căn cứ: Điều 53 Luật BHXH 2024."
)
"""What the rivals answer to everything."""


def say(what: str) -> None:
    """Progress."""
    SCREEN.print(f"· {what}", style="dim", markup=False)


async def run(folder: Path, *, quick: bool) -> tuple[list[Result], list[float]]:
    """All of it, in an order in which nothing disturbs the next."""
    texts = [text for _, text in load(ROOT / "intents").examples()][:: 7 if quick else 3]
    results = await intake.measure(folder, 3, 1 if quick else 3, say)
    cache = ROOT / "var" / "model"
    if not quick:
        results += await startup.cold(folder / "cold", say)
        cache = folder / "cold" / "var" / "model"
    results += await startup.cached(folder / "cached", cache, 2 if quick else 3, say)
    async with world() as meta, bot(folder / "bot", meta.url, cache) as (process, origin):
        found, ours = await replies.throughput(origin, meta, texts, 400 if quick else 2000, say)
        results += found
        waits, plotted = await replies.waiting(origin, meta, texts, 5 if quick else 20, say)
        results += [*waits, *await repeats.measure(origin, meta, say)]
        used = memory_mib(process.pid)
        results.append(Result("Memory after all that, one process", f"{used:.0f} MiB", "<= 300 MiB", used <= MOST_MIB))
    results += await understanding.measure(cache, say)
    if not quick:
        results += await rivals.measure(folder / "rivals", ours, ANSWER, 2000, say)
    return results, plotted


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about one minute, without the first start")
    quick = parser.parse_args().quick
    quiet = idle_share(2)
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        results, plotted = asyncio.run(run(Path(folder), quick=quick))
    table = Table("what", "measured", "goal", "")
    for one in results:
        table.add_row(one.what, one.value, one.goal, one.verdict.strip("*"))
    Console().print(table)
    SCREEN.print(f"Written: {report.write(results, plotted, quiet, quick=quick)}", markup=False)


if __name__ == "__main__":
    main()
