"""Named places where a test may let the process die: before and after every commit and every send.

Off unless CHATBOT_CRASH_AT names one ("outbox.before_send", or "outbox.before_send:2" for the second time it is
reached): a call then costs one comparison.
"""

import os
from collections.abc import Callable
from typing import Final

VARIABLE: Final = "CHATBOT_CRASH_AT"
EXIT_CODE: Final = 86
"""The exit status of a process that died here."""

_KINDS: Final = ("accept", "turn", "mark", "token", "journal")
POINTS: Final = (
    "inbox.before_commit",
    "inbox.after_commit",
    *(f"store.{kind}.before_commit" for kind in _KINDS),
    *(f"store.{kind}.after_commit" for kind in _KINDS),
    "lanes.before_commit",
    "lanes.after_commit",
    "outbox.before_sending",
    "outbox.before_send",
    "outbox.after_send",
    "outbox.after_record",
    "outbox.before_resolve",
    "outbox.after_resolve",
    "tokens.before_intent",
    "tokens.before_ask",
    "tokens.after_answer",
    "tokens.before_put",
    "tokens.after_put",
)
"""Every place there is. `store.<kind>` is the writer thread inside and after the transaction of that kind of work."""


def die() -> None:
    """As kill -9 would have it."""
    os._exit(EXIT_CODE)


_armed = ""
_left = 0
_act = die


def arm(wish: str, act: Callable[[], None] = die) -> None:
    """Die (or do something else) at "<name>" or "<name>:<n-th time>"; "" = never.

    Raises ValueError for a place that does not exist.
    """
    global _armed, _left, _act
    name, _, times = wish.partition(":")
    if name and name not in POINTS:
        raise ValueError(f"{VARIABLE} names no crash point: {name}")
    _armed, _left, _act = name, int(times or 1), act


def reach(name: str) -> None:
    """The program is at this place now."""
    if _armed and name == _armed:
        _count_down()


def _count_down() -> None:
    global _left  # noqa: PLW0603 - as above
    _left -= 1
    if _left == 0:
        _act()


arm(os.environ.get(VARIABLE, ""))
