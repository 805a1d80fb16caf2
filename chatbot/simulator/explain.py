"""What the drawer "Chuyện gì đã xảy ra" tells of the last turn: masked text, candidates, outcome, times."""

from collections.abc import Awaitable, Callable
from typing import TypedDict

from chatbot.model import Reply, Session, TurnRecord


class CandidateView(TypedDict):
    """A possible meaning; `confidence` 0 to 1; `title` in citizens' words, "" when there is none."""

    intent: str
    title: str
    confidence: float


class SourceView(TypedDict):
    """A legal basis."""

    document: str
    place: str
    url: str


class TurnView(TypedDict, total=False):
    """The last turn. `steps` are milliseconds by pipeline step ("turn" = the whole turn); `checked_on` is ISO or ""."""

    text: str
    intent: str
    title: str
    candidates: list[CandidateView]
    outcome: str
    flow: str
    state: str
    steps: dict[str, float]
    sources: list[SourceView]
    checked_on: str


Explain = Callable[[str], Awaitable[TurnView | None]]
"""The last turn of a conversation ("zalo:<oa>:<citizen>"), or None when there was none."""


async def explain_nothing(_conversation: str) -> TurnView | None:
    """For servers that keep no turns."""
    return None


def untitled(_intent: str) -> str:
    """For bots without content."""
    return ""


def turn_view(record: TurnRecord, reply: Reply, session: Session, title: Callable[[str], str] = untitled) -> TurnView:
    """A turn in the drawer's words; `title` names an intent for people."""
    return {
        "text": record.text,
        "intent": record.intent,
        "title": title(record.intent),
        "candidates": [
            {"intent": one.intent, "title": title(one.intent), "confidence": one.confidence}
            for one in record.candidates
        ],
        "outcome": reply.outcome.value,
        "flow": session.flow,
        "state": session.state or record.state,
        "steps": dict(record.steps),
        "sources": [{"document": one.document, "place": one.place, "url": one.url or ""} for one in reply.sources],
        "checked_on": reply.checked_on.isoformat() if reply.checked_on else "",
    }
