"""After the reply: what the conversation keeps of this turn."""

from dataclasses import replace
from typing import Final

from chatbot.model import EventKind, Outcome
from chatbot.pipeline.gather import CITIZEN
from chatbot.pipeline.offers import offered_by
from chatbot.pipeline.work import Setup, Work

MISSED: Final = frozenset({Outcome.UNANSWERED_UNKNOWN, Outcome.UNANSWERED_EMPTY})
"""Replies that helped nobody; what follows them says something else."""


def remember(work: Work, _setup: Setup) -> Work:
    """Keep the buttons for typed choices, when the citizen was last seen, and whether we asked back."""
    if work.event.kind not in CITIZEN and work.event.kind is not EventKind.UNDELIVERED:
        return work
    reply, session = work.reply, work.session
    if work.event.kind in CITIZEN:
        session = replace(session, seen_at=work.turn.now)
    if reply is not None and reply.parts:
        clarified = reply.outcome is Outcome.CLARIFY_CHOICES
        session = replace(session, offers=offered_by(reply), clarified=clarified)
        if reply.outcome in MISSED:
            session = replace(session, misses=session.misses + 1)
        elif not clarified:
            session = replace(session, misses=0, rejected=())
    return work.remembers(session)
