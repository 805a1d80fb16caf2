"""What comes out of a flow when it does not speak itself: somebody else has the word."""

from dataclasses import dataclass
from enum import StrEnum

from chatbot.model import Session


class FlowLoopError(Exception):
    """A flow leads round and round without saying anything: a mistake in its file."""


class Why(StrEnum):
    """Why somebody else has the word."""

    QUESTION = "question"  # the citizen asked something else
    BUTTON = "button"  # a button leads to an answer of the knowledge
    PERSON = "person"  # the citizen wants a person
    EXPIRED = "expired"  # silent for so long that the flow is over: greet as new
    PAUSED = "paused"  # danger comes first; the flow waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The flow passes the word on. `intent` is what to answer, or "" for whatever the text or the button means.

    Answer it, then call `Flow.after(session, answer, now, why)`; not for EXPIRED and PAUSED.
    """

    session: Session
    why: Why
    intent: str = ""
