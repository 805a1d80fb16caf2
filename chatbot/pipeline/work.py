"""One turn on its way through the steps: what is known so far, and the reply once a step has ended it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from chatbot.dialogue import UNHANDLED, Context, Desk, Flows, Handled, Routers, Unhandled, Why
from chatbot.knowledge import Knowledge
from chatbot.model import Event, Match, Outcome, Part, Reply, SecretKind, Session, Turn, changed
from chatbot.pipeline.ports import Reader
from chatbot.pipeline.switches import Switches

Emergency = Callable[[Context], Handled | Match | Unhandled]
"""Answers a citizen in danger before anything else does; UNHANDLED when nobody is."""
Guard = Callable[[Reply], Sequence[str]]
"""What is wrong with a reply that is about to leave: unregistered links or phones, a request for a secret."""


def nobody_in_danger(_context: Context) -> Unhandled:
    """The emergency rule of a bot that has none (tests of other steps)."""
    return UNHANDLED


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Everything a step may ask; it does not change during a turn."""

    knowledge: Knowledge
    reader: Reader
    routers: Routers
    flows: Flows
    desk: Desk
    switches: Callable[[], Switches]
    per_minute: int
    hold: timedelta
    emergency: Emergency
    guard: Guard


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A turn in progress. `event` is the citizen's message with quick neighbours joined; `text` is masked.

    `before` and `after` hold sentences that frame the reply whatever it will be. `aside` tells why an open flow passed
    the word on.
    """

    turn: Turn
    session: Session
    event: Event
    text: str = ""
    found: tuple[SecretKind, ...] = ()
    match: Match = field(default_factory=Match)
    aside: Why | None = None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    reply: Reply | None = None
    erase: bool = False
    drop_queued: bool = False

    def context(self, setup: Setup) -> Context:
        """The turn as a handler sees it."""
        return Context(
            event=self.event,
            text=self.text,
            session=self.session,
            match=self.match,
            now=self.turn.now,
            knowledge=setup.knowledge,
            desk=setup.desk,
            flows=setup.flows,
        )

    def ends(self, reply: Reply) -> "Work":
        """The turn with its reply."""
        return changed(self, reply=reply)

    def settles(self, handled: Handled) -> "Work":
        """The turn with what a handler returned."""
        return changed(self, reply=handled.reply, session=handled.session, erase=self.erase or handled.erase)

    def silent(self, outcome: Outcome) -> "Work":
        """The turn ended without a word."""
        return self.ends(Reply(outcome=outcome))

    def says(self, outcome: Outcome, text: str) -> "Work":
        """The turn ended with one sentence."""
        return self.ends(Reply(outcome=outcome, parts=(Part(text),)))

    def remembers(self, session: Session) -> "Work":
        """The turn with another session."""
        return self if session is self.session else changed(self, session=session)


class Step(Protocol):
    """One step: looks at the turn and hands it on, perhaps ended."""

    def __call__(self, work: Work, setup: Setup, /) -> Work: ...
