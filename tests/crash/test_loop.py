"""The quick form of the kill loop; `make crash KILLS=200` is the long one."""

from pathlib import Path

import pytest

from tests.crash.loop import kill_loop


@pytest.mark.slow
async def test_twelve_kills_at_random_moments_lose_and_double_nothing(tmp_path: Path) -> None:
    tally = await kill_loop(tmp_path, kills=12, seed=11)
    assert tally.events > 100, "the load was too light to prove anything"
    assert tally.verdict.fine, tally.verdict
    assert tally.corrupt == 0
