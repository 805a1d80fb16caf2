"""The results for people: docs/benchmarks.md with a table, and a plot of the waiting times."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.measure import Result, machine, percentile

ROOT: Final = Path(__file__).parents[1]
PLOT: Final = Path("docs/images/benchmarks.png")


def write(results: Sequence[Result], waits_ms: Sequence[float], quiet: float, *, quick: bool) -> Path:
    """Write both; returns the page."""
    if waits_ms:
        _plot(waits_ms)
    page = ROOT / "docs" / "benchmarks.md"
    page.write_text(_page(results, quiet, quick=quick), "utf-8")
    return page


def _page(results: Sequence[Result], quiet: float, *, quick: bool) -> str:
    rows = [f"| {one.what} | {one.value} | {one.goal} | {one.verdict} |" for one in results]
    how = " with `--quick`" if quick else ""
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench` (`python -m benchmarks`, about five minutes; `--quick` for a first look).",
        "Ratios compare servers in the same run on the same machine; absolute figures are this machine's.",
        "",
        f"Run on {datetime.now(UTC):%Y-%m-%d}{how}; idle share of the machine before the run:",
        f"{quiet:.0%} (other work makes every figure worse).",
        "",
        *(f"- {line}" for line in machine()),
        "",
        "| what | measured | goal | |",
        "|---|---|---|---|",
        *rows,
        "",
        f"![Waiting times at 50 messages a second]({PLOT.relative_to('docs')})",
        "",
        "How: `benchmarks/intake.py` drives the real webhook and a bare aiohttp handler with wrk (32 connections,",
        "signed bodies, each once; lanes paused, every 200 after an fsync). `benchmarks/replies.py` talks to the real",
        "`chatbot run` (settle window 0, rate limit raised) with a Graph API that accepts everything.",
        "`benchmarks/understanding.py` is pinned to one core.",
        "",
    ]
    return "\n".join(lines)


def _plot(waits_ms: Sequence[float]) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 3.6), dpi=130)
    axes.hist(waits_ms, bins=60, color="#0a4fa3")
    for share, style in ((0.5, "--"), (0.99, "-")):
        value = percentile(waits_ms, share)
        axes.axvline(value, color="#c2410c", linestyle=style, label=f"p{share * 100:.0f} = {value:.1f} ms")
    axes.set_xlabel("webhook to send, ms")
    axes.set_ylabel("messages")
    axes.set_title("50 messages a second, real understanding, SQLite")
    axes.legend()
    figure.tight_layout()
    (ROOT / PLOT).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(ROOT / PLOT)
    pyplot.close(figure)
