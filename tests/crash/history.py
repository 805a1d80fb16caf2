"""The judge: what the platforms saw, against what they were promised. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tests.crash.victim import SAME

_TURN = re.compile(r"#(\d+) (.+)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What went wrong, by kind; nothing in it means that every promise was kept."""

    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    disordered: tuple[str, ...] = ()

    @property
    def fine(self) -> bool:
        """Was every promise kept?"""
        return not (self.lost or self.doubled or self.disordered)

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(self.lost + other.lost, self.doubled + other.doubled, self.disordered + other.disordered)


def judge(citizen: str, said: Collection[str], replies: Sequence[str]) -> Verdict:
    """`said` are the events that were answered 200, `replies` what arrived on the citizen's phone, oldest first.

    Each event belongs to exactly one turn; each turn's replies came once, whole, and in the order of the turns.
    """
    heard: Counter[str] = Counter()
    turns: Counter[int] = Counter()
    order: list[str] = []
    for reply in replies:
        if found := _TURN.fullmatch(reply):
            number = int(found[1])
            turns[number] += 1
            if turns[number] == 1:
                heard.update(found[2].split())
                order.append(f"#{number}")
        elif reply == SAME:
            order.append(SAME)
        else:
            order.append(f"?{reply[:40]}")
    last = max(turns, default=0)
    wanted = [one for number in range(1, last + 1) for one in _turn(number)]
    surplus = Counter(order) - Counter(wanted)
    missing = Counter(wanted) - Counter(order)
    lost = [*(name for name in said if not heard[name]), *missing.elements()]
    doubled = [
        *(f"#{number}" for number, count in turns.items() if count > 1),
        *(name for name, count in heard.items() if count > 1),
        *surplus.elements(),
    ]
    disordered = [] if lost or doubled or order == wanted else [" ".join(order)]
    strangers = [f"never said: {name}" for name in heard if name not in said]
    return Verdict(_by(citizen, lost), _by(citizen, doubled), _by(citizen, disordered + strangers))


def _turn(number: int) -> list[str]:
    return [f"#{number}", SAME] if number % 2 == 0 else [f"#{number}"]


def _by(citizen: str, findings: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{citizen}: {one}" for one in findings)
