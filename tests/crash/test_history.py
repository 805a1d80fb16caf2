"""The judge itself: it must be able to say no to every way in which a history can be wrong."""

import random

import pytest

from tests.crash.history import SAME, Said, judge, judge_books

GOOD = ["#1 e1", "#2 e2 e3", SAME, "#3 e4"]
SAID = tuple(Said(f"e{n}", at=n, posted=n, heard=n + 0.5) for n in range(1, 5))


def test_a_clean_history_passes() -> None:
    assert judge("x", SAID, GOOD).fine
    assert judge_books("x", SAID, ["e1", "e2 e3", "e4"]).fine
    assert judge("x", (), []).fine


@pytest.mark.parametrize(
    ("replies", "kind"),
    [
        ([], "lost"),
        (["#1 e1", "#2 e2 e3", SAME], "lost"),
        (["#1 e1", "#2 e2 e3", "#3 e4"], "lost"),
        (["#1 e1", "#2 e2", SAME, "#3 e4"], "lost"),
        (["#2 e1 e2 e3", SAME, "#3 e4"], "lost"),  # a turn that nobody was told of
        (["#1 e1", "#1 e1", "#2 e2 e3", SAME, "#3 e4"], "doubled"),
        (["#1 e1", "#1 e2 e3", "#2 e4", SAME], "doubled"),  # the session was forgotten: two first turns
        (["#1 e1", "#2 e2 e3", SAME, SAME, "#3 e4"], "doubled"),
        (["#1 e1", "#2 e2 e3 e1", SAME, "#3 e4"], "doubled"),
        (["#1 e1", "#2 e2 e3", SAME, "#3 e4 e4"], "doubled"),
        (["#1 e1", "#2 e2 e3", SAME, "#3 e4", "Dạ, em xin lỗi."], "doubled"),
        (["#2 e2 e3", SAME, "#1 e1", "#3 e4"], "disordered"),
        (["#1 e1", SAME, "#2 e2 e3", "#3 e4"], "disordered"),
        ([*GOOD, "#4 e9", SAME], "disordered"),
        (["#1 e2 e3", "#2 e1", SAME, "#3 e4"], "disordered"),  # e1 was on disk before e2 was written
        (["#1 e1", "#2 e3 e2", SAME, "#3 e4"], "disordered"),
    ],
)
def test_a_broken_promise_is_told_by_its_kind(replies: list[str], kind: str) -> None:
    verdict = judge("x", SAID, replies)
    assert getattr(verdict, kind), verdict


@pytest.mark.parametrize(
    ("turns", "kind"),
    [
        (["e1", "e2 e3"], "lost"),
        (["e1", "e2 e3", "e4", "e4"], "doubled"),
        (["e1", "e1 e2 e3", "e4"], "doubled"),
        (["e1", "e2 e3", "e4", "e9"], "disordered"),
    ],
)
def test_the_books_are_judged_too(turns: list[str], kind: str) -> None:
    assert getattr(judge_books("x", SAID, turns), kind)


def test_messages_under_way_at_the_same_time_may_be_heard_either_way() -> None:
    both = (Said("e1", at=1, posted=1, heard=3), Said("e2", at=2, posted=2, heard=2.5))
    assert judge("x", both, ["#1 e2", "#2 e1", SAME]).fine
    older_came_later = (Said("e1", at=2, posted=1, heard=2), Said("e2", at=1, posted=3, heard=4))
    assert judge("x", older_came_later, ["#1 e1", "#2 e2", SAME]).fine
    assert not judge("x", older_came_later, ["#1 e1 e2"]).fine, "inside a turn the platform's time decides"


def test_without_a_time_that_can_be_believed_arrival_decides() -> None:
    both = (Said("e1", at=None, posted=1, heard=3), Said("e2", at=None, posted=2, heard=2.5))
    assert judge("x", both, ["#1 e2 e1"]).fine
    one_after_the_other = (Said("e1", at=None, posted=1, heard=2), Said("e2", at=None, posted=3, heard=4))
    assert judge("x", one_after_the_other, ["#1 e1 e2"]).fine
    assert judge("x", one_after_the_other, ["#1 e2 e1"]).disordered


@pytest.mark.parametrize("seed", range(20))
def test_no_single_planted_fault_goes_unseen(seed: int) -> None:
    """A long clean history, and then one reply of it lost, said again, or exchanged with another."""
    chance = random.Random(seed)
    names, replies, number, turn = [], [], 0, 0
    while turn < 30:
        turn += 1
        heard = [f"e{number + nth}" for nth in range(1, chance.randint(2, 4))]
        number += len(heard)
        names += heard
        replies += [f"#{turn} {' '.join(heard)}", *([SAME] if turn % 2 == 0 else [])]
    said = [Said(name, at=nth, posted=nth, heard=nth + 0.5) for nth, name in enumerate(names)]
    assert judge("x", said, replies).fine
    place = chance.randrange(len(replies))
    others = [nth for nth, reply in enumerate(replies) if reply != replies[place]]
    other = chance.choice(others)
    swapped = list(replies)
    swapped[place], swapped[other] = swapped[other], swapped[place]
    assert judge("x", said, [*replies[:place], *replies[place + 1 :]]).lost
    assert judge("x", said, [*replies[: other + 1], replies[place], *replies[other + 1 :]]).doubled
    assert judge("x", said, swapped).disordered
