"""The quick form of the kill loops; `make crash KILLS=1000` is the long one."""

from pathlib import Path

import pytest

from tests.crash.loop import kill_loop, several_loop
from tests.crash.server import Server


@pytest.mark.slow
async def test_twelve_kills_at_random_moments_lose_and_double_nothing(tmp_path: Path) -> None:
    tally = await kill_loop(tmp_path, kills=12, seed=11)
    assert tally.events > 100, "the load was too light to prove anything"
    assert tally.verdict.fine, tally.verdict
    assert tally.corrupt == 0


@pytest.mark.slow
async def test_kills_of_random_webs_and_workers_lose_and_double_nothing(tmp_path: Path, own_server: Server) -> None:
    tally = await several_loop(tmp_path, own_server, kills=8, seed=12)
    assert tally.events > 50, "the load was too light to prove anything"
    assert tally.verdict.fine, tally.verdict
