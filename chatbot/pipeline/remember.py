"""After the reply: what the conversation keeps of this turn."""

from typing import Final

from chatbot.model import EventKind, Outcome, changed
from chatbot.pipeline.gather import CITIZEN
from chatbot.pipeline.offers import offered_by
from chatbot.pipeline.work import Setup, Work

MISSED: Final = frozenset({Outcome.UNANSWERED_UNKNOWN, Outcome.UNANSWERED_EMPTY})
"""Replies that helped nobody; what follows them says something else."""


def remember(work: Work, _setup: Setup) -> Work:
    """Keep the buttons for typed choices, when the citizen was last seen, what they were told, and whether we asked."""
    if work.event.kind not in CITIZEN and work.event.kind is not EventKind.UNDELIVERED:
        return work
    reply, session = work.reply, work.session
    seen_at = work.turn.now if work.event.kind in CITIZEN else session.seen_at
    if reply is None or not reply.parts:
        return work.remembers(changed(session, seen_at=seen_at))
    clarified = reply.outcome is Outcome.CLARIFY_CHOICES
    misses, rejected = session.misses, session.rejected
    if reply.outcome in MISSED:
        misses += 1
    elif not clarified:
        misses, rejected = 0, ()
    kept = changed(
        session,
        seen_at=seen_at,
        offers=offered_by(reply),
        clarified=clarified,
        greeted=True,
        resume_offer=False,
        misses=misses,
        rejected=rejected,
    )
    return work.remembers(kept)
