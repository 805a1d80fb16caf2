"""A message that ends, or hangs, every process that thinks of it: it is found out and given up; nobody else waits."""

import asyncio
from collections.abc import Sequence
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


async def test_workers_that_all_die_of_a_turn_bury_none_of_its_other_messages(tmp_path: Path, template: str) -> None:
    """They take it over from each other faster than they start again, and each leaves the whole turn behind."""
    names = ("first", "second", "third")
    async with small_world(tmp_path, "several", template) as here:
        await here.start(name="web", duty=Duty.INTAKE)
        for name in names:
            await here.start(name=name, duty=Duty.ANSWERS, poison=POISON)
        await here.until_ready()
        here.say_together(["m2"] * 5)
        here.say("m1")
        async with asyncio.timeout(90):
            while not here.rows(DEAD):
                if set(names) <= set(here.ended()):
                    for name in names:
                        await here.until_dead(name=name)
                        await here.start(name=name, duty=Duty.ANSWERS, poison=POISON)
                await asyncio.sleep(0.05)
        verdict = await _verdict_after_giving_up(here, "m2")
        assert verdict.fine, verdict


async def _verdict_after_giving_up(here: World, poisoned: str = "z2") -> Verdict:
    """The poison is a dead letter with an apology; everything else is answered as ever."""
    here.say(poisoned)
    await here.settle()
    ((_, error, attempts),) = here.rows(DEAD)
    assert (error, attempts >= 3) == (PROCESS_ENDED, True)  # several may tell of it before one reads it
    apology = load(here.folder / "intents").phrases.say("error.internal")
    assert here.phone(poisoned).count(apology) == 1
    verdict = Verdict()
    for citizen, said in here.heard.items():
        answered = [one for one in said.values() if one.name != POISON]
        for replies in _sessions(here.phone(citizen), apology):
            words = {word for reply in replies for word in reply.split()}
            verdict += judge(citizen, [one for one in answered if one.name in words], replies)
            answered = [one for one in answered if one.name not in words]
        verdict += judge(citizen, answered, [])  # nobody is left without an answer
    return verdict


def _sessions(replies: Sequence[str], apology: str) -> list[list[str]]:
    """What was said before the apology, and after it, when the session began anew."""
    if apology not in replies:
        return [list(replies)]
    cut = replies.index(apology)
    return [list(replies[:cut]), list(replies[cut + 1 :])]
