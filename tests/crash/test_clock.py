"""The wall clock jumps by hours while the bot runs: nobody waits for hours, nothing is lost or said twice."""

from pathlib import Path
from typing import Final

from chatbot.simulator import FaultKind
from tests.crash.side_by_side import small_world
from tests.crash.world import World

HOUR: Final = 3600.0
PATIENT: Final = {"lanes": {"stale_after_minutes": 24 * 60}}
"""Otherwise a question of before the jump is an old one, and gets an apology."""


async def _trouble(here: World) -> None:
    """Sends that must be repeated later, or asked for, and gates that shut: waits begin just before the clock jumps.

    None of them arrives: whether a doubtful one did is told by times, so that the machine's clock must be that of the
    platforms, give or take some seconds.
    """
    for platform, code in ((here.zalo, -32), (here.messenger, 613)):
        platform.faults.next(FaultKind.ERROR_500, times=2)
        platform.faults.next(FaultKind.CODE, code=code)
    await here.chat(0.5)
    await here.until_heard()  # a platform's time from hours ahead is not believed: no turn may hold both kinds


async def test_jumps_of_the_wall_clock_do_no_harm(tmp_path: Path, template_or_file: str) -> None:
    async with small_world(tmp_path, "clock", template_or_file, changes=PATIENT) as here:
        await here.start()
        await here.until_ready()
        for hours in (0, 5, 0, -5):
            here.set_clock(hours * HOUR)
            await _trouble(here)
        here.zalo.faults.clear()
        here.messenger.faults.clear()
        await here.settle(40)
        await here.kill()
        here.set_clock(-20 * HOUR)  # what is on disk is from the future
        await here.start()
        await here.chat(0.3)
        await here.settle(40)
        verdict = here.verdict()
    assert verdict.fine, str(verdict)
