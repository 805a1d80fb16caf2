"""A message that ends, or hangs, every process that thinks of it: it is found out and given up; nobody else waits."""

import asyncio
from functools import partial
from pathlib import Path

from chatbot.knowledge import load
from chatbot.serve import Duty
from chatbot.storage.port import PROCESS_ENDED
from tests.crash.history import Verdict, judge
from tests.crash.side_by_side import side_by_side, small_world
from tests.crash.world import World

POISON = "e2"
DEAD = "SELECT id, error, attempts FROM inbox WHERE status = 2"


async def test_a_message_that_kills_is_given_up_after_three_processes(tmp_path: Path, template_or_file: str) -> None:
    async def scenario(name: str, *, hangs: bool) -> Verdict:
        async with small_world(tmp_path, name, template_or_file) as here:
            await here.start(poison=POISON, hangs=hangs)
            await here.until_ready()
            for citizen in ("z1", "z2", "z2", "m1"):
                here.say(citizen)
            for _ in range(3):
                await here.until_dead()
                await here.start(poison=POISON, hangs=hangs)
            return await _verdict_after_giving_up(here)

    await side_by_side(
        {"kills": partial(scenario, "kills", hangs=False), "hangs": partial(scenario, "hangs", hangs=True)}
    )


async def test_the_workers_of_one_machine_tell_each_other(tmp_path: Path, template: str) -> None:
    async with small_world(tmp_path, "several", template) as here:
        await here.start(name="web", duty=Duty.INTAKE)
        for name in ("first", "second"):
            await here.start(name=name, duty=Duty.ANSWERS, poison=POISON)
        await here.until_ready()
        for citizen in ("z1", "z2", "m1"):
            here.say(citizen)
        deaths = 0
        async with asyncio.timeout(60):
            while not here.rows(DEAD):
                for name in here.ended():
                    deaths += 1
                    await here.until_dead(name=name)
                    await here.start(name=name, duty=Duty.ANSWERS, poison=POISON)
                await asyncio.sleep(0.02)
        verdict = await _verdict_after_giving_up(here)
        assert verdict.fine, verdict
        assert deaths in {3, 4}  # one takes it over before the dead one's successor has told of it


async def _verdict_after_giving_up(here: World) -> Verdict:
    """The poison is a dead letter with an apology; everything else is answered as ever."""
    here.say("z2")
    await here.settle()
    assert [row[1:] for row in here.rows(DEAD)] == [(PROCESS_ENDED, 3)]
    apology = load(here.folder / "intents").phrases.say("error.internal")
    assert here.phone("z2").count(apology) == 1
    verdict = Verdict()
    for citizen, said in here.heard.items():
        answered = [one for one in said.values() if one.name != POISON]
        verdict += judge(citizen, answered, [reply for reply in here.phone(citizen) if reply != apology])
    return verdict
