"""The page of the benchmarks: what is missed is said, and what was measured before stays."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.__main__ import chosen
from benchmarks.lab import Depth, Found, Lab, Part, Plot
from benchmarks.measure import Result, distribution, percentile, slope
from benchmarks.parts import PARTS
from benchmarks.report import DATA, PAGE, draw, measured, read, write
from benchmarks.run import run


async def _fine(lab: Lab, found: Found) -> None:
    found.add("Replies/s", "100 | 200", ">= 50", met=True)
    found.plot = Plot(title="Replies", across="workers", up="replies/s", lines=(("a", (1, 2), (3, 4)),), dots=True)


async def _breaks(lab: Lab, found: Found) -> None:
    found.add("First half", "7")
    raise ConnectionError("the wire is cut")


async def _never_ends(lab: Lab, found: Found) -> None:
    found.add("First half", "8")
    raise TimeoutError


def quiet() -> float:
    """Nothing else is going on."""
    return 1.0


FINE = Part(name="fine", title="Fine", means="What is fine.", run=_fine)
BREAKS = Part(name="breaks", title="Breaks", means="What breaks.", run=_breaks)
ENDLESS = Part(name="endless", title="Endless", means="What never ends.", run=_never_ends)


def lab_in(folder: Path) -> Lab:
    """A lab that measures nothing real."""
    return Lab(folder=folder, depth=Depth.USUAL, texts=(), cache=folder, say=lambda _what: None)


def test_a_part_that_lasts_as_long_as_asked_is_not_ended_before(tmp_path: Path) -> None:
    lab = replace(lab_in(tmp_path), minutes=90)
    assert FINE.limit_s(lab) < 90 * 60 < replace(FINE, timed=True).limit_s(lab)


async def test_a_failed_part_keeps_its_own_and_the_others_results(tmp_path: Path) -> None:
    """Something went wrong in the middle; the page has everything that was measured, and says what failed."""
    parts = (BREAKS, ENDLESS, FINE)
    found = await run(parts, parts, lab_in(tmp_path / "lab"), tmp_path, quiet)
    assert [one.what for one in found["breaks"].results] == ["First half", "Breaks"]
    page = (tmp_path / PAGE).read_text("utf-8")
    assert "the wire is cut" in page
    assert "not finished within" in page
    assert "| Replies/s | 100 / 200 | >= 50 | met |" in page
    assert "Of 3 goals 1 are met, 2 missed: Breaks; Endless." in page
    assert (tmp_path / "images" / "benchmarks-fine.png").stat().st_size > 1000


async def test_another_run_replaces_only_what_it_measured(tmp_path: Path) -> None:
    """`--only` leaves the other parts' lines on the page."""
    parts = (BREAKS, FINE)
    await run(parts, (FINE,), lab_in(tmp_path / "lab"), tmp_path, quiet)
    assert "Not measured yet: `breaks`." in (tmp_path / PAGE).read_text("utf-8")
    await run(parts, (BREAKS,), lab_in(tmp_path / "lab"), tmp_path, quiet)
    page = (tmp_path / PAGE).read_text("utf-8")
    assert "100 / 200" in page
    assert page.index("**Breaks**") < page.index("**Fine**")


def test_damaged_data_is_no_obstacle(tmp_path: Path) -> None:
    """An old or broken file is measured anew."""
    for text in ("", "[]", '{"fine": {"results": 1}}', '{"fine": {}}'):
        (tmp_path / DATA).write_text(text, "utf-8")
        assert read(tmp_path) == {}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Every line with its circumstances."""
    one = measured([Result("a", "b", "c", met=False)], None, Depth.FULL, 0.5, 3)
    write(tmp_path, (FINE,), {"fine": one})
    assert read(tmp_path) == {"fine": one}
    assert "other work makes every figure worse" in (tmp_path / PAGE).read_text("utf-8")


def test_parts_are_chosen_by_name_or_by_depth() -> None:
    """A name that is none says which there are."""
    assert [part.name for part in chosen(("soak", "intake"), Depth.QUICK)] == ["intake", "soak"]
    assert set(chosen((), Depth.QUICK)) < set(chosen((), Depth.USUAL)) < set(PARTS)
    assert chosen((), Depth.FULL) == list(PARTS)
    with pytest.raises(ValueError, match="choose from intake"):
        chosen(("nothing",), Depth.USUAL)


def test_statistics() -> None:
    """Percentiles by nearest rank, least-squares slope, a distribution that keeps its largest value."""
    assert percentile([4, 1, 3, 2], 0.5) == 3
    assert slope((0, 1, 2), (5, 7, 9)) == 2
    with pytest.raises(ValueError, match="two different"):
        slope((1, 1), (2, 3))
    xs, ys = distribution(list(range(1000)), points=10)
    assert (xs[-1], ys[-1]) == (999, 100)
    assert len(xs) <= 12


def test_plots_on_a_logarithmic_axis(tmp_path: Path) -> None:
    """As for stored conversations."""
    plot = Plot(title="t", across="x", up="y", lines=(("a", (1, 10), (1, 2)), ("b", (1, 10), (2, 1))), log_across=True)
    draw(plot, tmp_path / "new" / "plot.png")
    assert (tmp_path / "new" / "plot.png").read_bytes()[:4] == b"\x89PNG"
