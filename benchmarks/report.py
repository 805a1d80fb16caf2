"""The results for people: benchmarks.md with a table and plots, and the same as benchmarks.json.

A part that is measured again replaces its own lines only; each says when, on which commit and on how quiet a machine.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.lab import Depth, Part, Plot
from benchmarks.measure import Result, commit, machine

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = "benchmarks.md"
DATA: Final = "benchmarks.json"
QUIET: Final = 0.9
"""Idle share of the machine before a part; below it the page warns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a part found, and under which circumstances."""

    results: tuple[Result, ...]
    at: str
    commit: str
    depth: str
    idle: float
    seconds: float
    machine: tuple[str, ...]
    note: str = ""
    plotted: bool = False


def measured(results: Sequence[Result], plot: Plot | None, depth: Depth, idle: float, seconds: float) -> Measured:
    """With the circumstances of this moment."""
    return Measured(
        results=tuple(results),
        at=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        commit=commit(),
        depth=depth.name.lower(),
        idle=round(idle, 3),
        seconds=round(seconds, 1),
        machine=tuple(machine()),
        note=plot.note if plot else "",
        plotted=plot is not None,
    )


def read(folder: Path) -> dict[str, Measured]:
    """What was measured before; nothing where the file is missing or not ours."""
    try:
        kept: Mapping[str, Any] = json.loads((folder / DATA).read_text("utf-8"))
        return {name: _measured(one) for name, one in kept.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _measured(kept: Mapping[str, Any]) -> Measured:
    results = tuple(Result(**one) for one in kept["results"])
    return Measured(**{**kept, "results": results, "machine": tuple(kept["machine"])})


def write(folder: Path, parts: Sequence[Part], known: Mapping[str, Measured]) -> Path:
    """Write the page and the data; returns the page."""
    folder.mkdir(parents=True, exist_ok=True)
    ordered = {part.name: known[part.name] for part in parts if part.name in known}
    data = {name: asdict(one) for name, one in ordered.items()}
    (folder / DATA).write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
    page = folder / PAGE
    page.write_text("\n".join(_page(parts, ordered)), "utf-8")
    return page


def picture(name: str) -> str:
    """Where a part's plot is, seen from the page."""
    return f"images/benchmarks-{name}.png"


def _page(parts: Sequence[Part], known: Mapping[str, Measured]) -> list[str]:
    titles = {part.name: part for part in parts}
    goals = [one for found in known.values() for one in found.results if one.met is not None]
    missed = [one.what.removeprefix("... ") for one in goals if not one.met]
    return [
        "# Benchmarks",
        "",
        "Written by `make bench` (about ten minutes); `python -m benchmarks --help` tells how to take a first look,",
        "measure everything, or measure single parts again. Ratios compare programs in one run on one machine;",
        "absolute figures are this machine's.",
        "",
        f"Of {len(goals)} goals {len(goals) - len(missed)} are met, {len(missed)} missed"
        + (f": {'; '.join(map(_cell, missed))}." if missed else "."),
        "",
        *_machines(known),
        "",
        "| what | measured | goal | |",
        "|---|---|---|---|",
        *(line for name, found in known.items() for line in _rows(titles[name], found)),
        "",
        "## What the figures mean",
        "",
        *(line for name, found in known.items() for line in _section(titles[name], found)),
        *_absent(parts, known),
    ]


def _machines(known: Mapping[str, Measured]) -> list[str]:
    seen = dict.fromkeys(found.machine for found in known.values())
    return [f"- {line}" for lines in seen for line in lines]


def _rows(part: Part, found: Measured) -> list[str]:
    rows = [f"| {_cell(one.what)} | {_cell(one.value)} | {_cell(one.goal)} | {one.verdict} |" for one in found.results]
    return [f"| **{part.title}** | | | |", *rows]


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())


def _section(part: Part, found: Measured) -> list[str]:
    when = f"Measured {found.at} at commit {found.commit} in {found.seconds:.0f} s"
    depth = {"quick": " with `--quick`", "full": " with `--full`"}.get(found.depth, "")
    idle = f"; the machine was {found.idle:.0%} idle before it"
    busy = " (**other work makes every figure worse**)" if found.idle < QUIET else ""
    picture_too = [f"![{part.title}]({picture(part.name)})", "", *([found.note, ""] if found.note else [])]
    return [
        f"### {part.title}",
        "",
        f"{part.means} {when}{depth}{idle}{busy}.",
        "",
        *(picture_too if found.plotted else []),
    ]


def _absent(parts: Sequence[Part], known: Mapping[str, Measured]) -> list[str]:
    absent = [f"`{part.name}`" for part in parts if part.name not in known]
    return [f"Not measured yet: {', '.join(absent)}.", ""] if absent else []


def draw(plot: Plot, path: Path) -> None:
    """The plot as a PNG file."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 3.6), dpi=120)
    for (label, xs, ys), colour in zip(plot.lines, ("#0a4fa3", "#c2410c", "#15803d", "#6d28d9"), strict=False):
        axes.plot(xs, ys, "o-" if plot.dots else "-", label=label, color=colour)
    if plot.log_across:
        axes.set_xscale("log")
    axes.set_xlabel(plot.across)
    axes.set_ylabel(plot.up)
    axes.set_ylim(bottom=0)
    axes.set_title(plot.title)
    axes.grid(visible=True, alpha=0.3)
    if len(plot.lines) > 1:
        axes.legend()
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    pyplot.close(figure)
