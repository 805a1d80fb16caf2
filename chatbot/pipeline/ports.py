"""What the pipeline needs from understanding, so that tests can bring a small one of their own."""

from datetime import date
from typing import Protocol

from chatbot.model import Match


class Reader(Protocol):
    """Reads a citizen's text."""

    def understand(self, text: str, *, today: date, topic: str = "") -> Match:
        """The best intents of the text; `topic` is the last topic answered, for follow-ups."""
