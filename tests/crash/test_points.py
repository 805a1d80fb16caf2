"""Every crash point once: the process dies there, is started again, and nothing is lost, doubled or out of order."""

import re
from functools import partial
from pathlib import Path

import pytest

from chatbot.delivery.crash_points import EXIT_CODE, POINTS, arm
from chatbot.simulator import FaultKind
from tests.crash.history import Verdict
from tests.crash.side_by_side import side_by_side, small_world
from tests.crash.world import World

ROOT = Path(__file__).parents[2]
TOKENS = re.compile(r"tokens\..*|store\.(token|journal)\..*")
"""Their matrix is in test_tokens.py."""
AGAIN = ("outbox.before_send:2", "outbox.after_send:2", "store.mark.after_commit:2", "lanes.after_commit:2")


async def test_dying_anywhere_loses_and_doubles_nothing(tmp_path: Path, template_or_file: str) -> None:
    async def scenario(point: str) -> Verdict:
        async with small_world(tmp_path, point, template_or_file) as here:
            return await _verdict_after_dying_at(point, here)

    points = [*(one for one in POINTS if not TOKENS.fullmatch(one)), *AGAIN]
    points.sort(key=lambda one: not one.endswith("resolve"))  # a send that is in doubt twice takes longest
    await side_by_side({point: partial(scenario, point) for point in points})


async def _verdict_after_dying_at(point: str, here: World) -> Verdict:
    await here.start(point)
    await here.until_ready()  # a token that dies while it is refreshed is the matter of test_tokens.py
    if point.endswith("resolve"):
        here.zalo.faults.next(FaultKind.ACCEPT_THEN_DROP)
    for citizen in ("z1", "m1", "z1", "m1"):
        here.say(citizen, copies=2)
    assert await here.until_dead() == EXIT_CODE
    await here.start()
    await here.settle()
    here.say("z1")
    here.say("m1")
    await here.settle()
    return here.verdict()


def test_every_point_is_reached_by_the_program_and_listed() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "chatbot").rglob("*.py"))
    reached = set(re.findall(r'reach\("([a-z_.]+)"\)', sources))
    assert reached == {point for point in POINTS if not point.startswith("store.")}
    assert sources.count('reach(f"store.{kind}.') == 2


def test_an_unknown_point_is_refused() -> None:
    with pytest.raises(ValueError, match="no crash point"):
        arm("outbox.nowhere")
