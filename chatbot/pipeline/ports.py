"""What the pipeline needs from understanding and from guided flows, so that tests can bring small ones of their own."""

from datetime import date, datetime
from typing import Protocol

from chatbot.dialogue import UNHANDLED, Context, Handled, Unhandled
from chatbot.model import Match, Reply, Session


class Reader(Protocol):
    """Reads a citizen's text."""

    def understand(self, text: str, *, today: date, topic: str = "") -> Match:
        """The best intents of the text; `topic` is the last topic answered, for follow-ups."""


class Guides(Protocol):
    """All guided flows."""

    def take(self, context: Context) -> Handled | Unhandled:
        """The open flow's reaction to this turn; UNHANDLED when no flow is open or this is another question."""

    def return_to(self, session: Session, reply: Reply, now: datetime) -> Handled:
        """The answer of a question asked in the middle, followed by the step that waits."""

    def address(self, text: str, pronoun: str) -> str:
        """The sentence with the citizen's own pronoun instead of "anh/chị"."""


class NoGuides:
    """A bot without guided flows."""

    def take(self, _context: Context) -> Unhandled:
        """Nothing is ever open."""
        return UNHANDLED

    def return_to(self, session: Session, reply: Reply, _now: datetime) -> Handled:
        """There is no step to return to."""
        return Handled(reply, session)

    def address(self, text: str, _pronoun: str) -> str:
        """Everybody is "anh/chị"."""
        return text
