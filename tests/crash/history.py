"""The judge: what the platforms saw, against what they were promised. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

SAME: Final = "Dạ."
"""The second part of every second turn: the same sentence again and again, so that reconciling by text is tried."""
_TURN = re.compile(r"#(\d+) (.+)")


@dataclass(frozen=True, slots=True)
class Said:
    """An event that was answered 200: its platform time in ms (None: the victim's clock was so wrong that the time
    could not be believed), and when it was first posted and first answered 200, in seconds of one monotonic clock."""

    name: str
    at: int | None = 0
    posted: float = 0.0
    heard: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What went wrong, by kind; nothing in it means that every promise was kept."""

    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    disordered: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    """Times and rows, for whoever must find out why."""

    @property
    def fine(self) -> bool:
        """Was every promise kept?"""
        return not (self.lost or self.doubled or self.disordered)

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(
            self.lost + other.lost,
            self.doubled + other.doubled,
            self.disordered + other.disordered,
            self.evidence + other.evidence,
        )


def judge(citizen: str, said: Collection[Said], replies: Sequence[str]) -> Verdict:
    """`said` are the events that were answered 200, `replies` what arrived on the citizen's phone, oldest first.

    Each event belongs to exactly one turn; each turn's replies came once, whole, and in the order of the turns. Of two
    events the one is heard first that the platform dated earlier and that had its 200 before the other was posted;
    inside a turn the platform's time decides. Without a time that can be believed arrival decides.
    """
    names = {one.name for one in said}
    heard: list[tuple[int, list[str]]] = []
    order: list[str] = []
    for reply in replies:
        if found := _TURN.fullmatch(reply):
            heard.append((int(found[1]), found[2].split()))
            order.append(f"#{found[1]}")
        else:
            order.append(reply if reply == SAME else f"?{reply[:40]}")
    counts = Counter(name for _, events in heard for name in events)
    wanted = [one for number in range(1, max((number for number, _ in heard), default=0) + 1) for one in _turn(number)]
    surplus, missing = Counter(order) - Counter(wanted), Counter(wanted) - Counter(order)
    lost = [*(name for name in sorted(names) if not counts[name]), *missing.elements()]
    doubled = [*(name for name, count in counts.items() if count > 1), *surplus.elements()]
    disordered = [f"never said: {name}" for name in counts if name not in names]
    if not (lost or doubled):
        disordered += [] if order == wanted else [" ".join(order)]
        disordered += _overtaken(said, heard)
    return Verdict(_by(citizen, lost), _by(citizen, doubled), _by(citizen, disordered))


def judge_books(citizen: str, said: Collection[Said], turns: Sequence[str]) -> Verdict:
    """The same events against the turns that the database keeps (`turns` are the texts they heard)."""
    counts = Counter(name for text in turns for name in text.split())
    names = {one.name for one in said}
    lost = [f"{name} has no turn" for name in sorted(names) if not counts[name]]
    doubled = [f"{name} has {count} turns" for name, count in counts.items() if count > 1]
    strangers = [f"a turn of what was never said: {name}" for name in counts if name not in names]
    return Verdict(_by(citizen, lost), _by(citizen, doubled), _by(citizen, strangers))


def _overtaken(said: Collection[Said], heard: Sequence[tuple[int, list[str]]]) -> list[str]:
    """Pairs that were heard the wrong way round."""
    place = {name: (number, nth) for number, events in heard for nth, name in enumerate(events)}
    known = sorted((one for one in said if one.name in place), key=lambda one: place[one.name])
    found = []
    for nth, first in enumerate(known):
        for second in known[nth + 1 :]:
            came_first = second.heard < first.posted
            if first.at is not None and second.at is not None:
                same_turn = place[first.name][0] == place[second.name][0]
                came_first = second.at < first.at and (same_turn or came_first)
            if came_first:
                found.append(f"{first.name} before {second.name}")
    return found


def _turn(number: int) -> list[str]:
    return [f"#{number}", SAME] if number % 2 == 0 else [f"#{number}"]


def _by(citizen: str, findings: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{citizen}: {one}" for one in findings)
