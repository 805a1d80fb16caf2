"""Fair lanes: whatever one person sends, the next one is answered as if nobody else were there."""

import asyncio
from datetime import timedelta
from pathlib import Path

from chatbot.storage.port import Conversation
from tests.delivery.conftest import MOMENT_S, Clock, Rig, make_rig, open_store, text
from tests.delivery.test_trouble import Disk

FLOODER, OTHER = "zalo:1:77", "zalo:1:88"
NEVER = timedelta(hours=1)


async def until_answered(rig: Rig, who: str) -> None:
    """Wait for the first reply to this person."""
    async with asyncio.timeout(5):
        while who not in [person for person, _ in rig.phone.arrived]:
            await asyncio.sleep(MOMENT_S)


async def test_between_two_turns_of_a_flood_everybody_else_has_one(tmp_path: Path, clock: Clock) -> None:
    rig = make_rig(open_store(tmp_path, clock), clock)
    await rig.inbox.accept([text(f"k{n}", str(n), FLOODER, after=n) for n in range(96)])
    for person in range(5):
        await rig.inbox.accept([text(f"o{person}", "chào", f"{OTHER}{person}")])
    await rig.settle()
    people = [who for who, _ in rig.phone.arrived]
    assert people.count(FLOODER) == 12, "eight messages make one turn"
    last_other = max(place for place, who in enumerate(people) if who != FLOODER)
    assert people[: last_other + 1].count(FLOODER) <= 6, people
    await rig.stop()


class SlowForOne(Disk):
    """A database in which the flooder's conversation takes until `stuck` is set."""

    stuck: asyncio.Event | None = None

    async def load(self, conversation: str) -> Conversation:
        """Slow for one, quick for all others."""
        if conversation == FLOODER and self.stuck:
            await self.stuck.wait()
        return await super().load(conversation)


async def test_what_one_person_has_waiting_on_disk_makes_nobody_else_wait(tmp_path: Path, clock: Clock) -> None:
    """The flooder's lane is full and stuck; others find their lane at once, without the look around once a second."""
    disk = SlowForOne(tmp_path, clock)
    rig = make_rig(disk, clock, per_lane=2, refill=NEVER)
    await rig.lanes.start()
    await rig.settle()
    disk.stuck = asyncio.Event()
    await rig.inbox.accept([text(f"k{n}", str(n), FLOODER, after=n) for n in range(50)])
    await rig.inbox.accept([text("o", "chào", OTHER)])
    await until_answered(rig, OTHER)
    assert FLOODER not in [who for who, _ in rig.phone.arrived]
    disk.stuck.set()
    await until_answered(rig, FLOODER)
    await rig.settle()
    said = " + ".join(words.partition(": ")[2] for who, words in rig.phone.arrived if who == FLOODER)
    assert said.split(" + ") == [str(n) for n in range(50)]
    await rig.stop()
