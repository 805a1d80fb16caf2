"""The judge itself: it must be able to say no."""

import pytest

from tests.crash.history import judge

GOOD = ["#1 e1", "#2 e2 e3", "Dạ.", "#3 e4"]
SAID = {"e1", "e2", "e3", "e4"}


def test_a_clean_history_passes() -> None:
    assert judge("x", SAID, GOOD).fine


@pytest.mark.parametrize(
    ("replies", "kind"),
    [
        (["#1 e1", "#2 e2 e3", "Dạ."], "lost"),
        (["#1 e1", "#2 e2 e3", "#3 e4"], "lost"),
        (["#1 e1", "#2 e2", "Dạ.", "#3 e4"], "lost"),
        (["#1 e1", "#1 e1", "#2 e2 e3", "Dạ.", "#3 e4"], "doubled"),
        (["#1 e1", "#2 e2 e3", "Dạ.", "Dạ.", "#3 e4"], "doubled"),
        (["#1 e1", "#2 e2 e3 e1", "Dạ.", "#3 e4"], "doubled"),
        (["#2 e2 e3", "Dạ.", "#1 e1", "#3 e4"], "disordered"),
        (["#1 e1", "Dạ.", "#2 e2 e3", "#3 e4"], "disordered"),
        ([*GOOD, "#4 e9", "Dạ."], "disordered"),
    ],
)
def test_a_broken_promise_is_told_by_its_kind(replies: list[str], kind: str) -> None:
    verdict = judge("x", SAID, replies)
    assert getattr(verdict, kind), verdict
