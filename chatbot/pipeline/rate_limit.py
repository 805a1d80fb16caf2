"""Too many messages a minute: one polite sentence, then silence until the minute has passed."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from chatbot.model import EventKind, Outcome
from chatbot.pipeline.work import Setup, Work

WINDOW: Final = timedelta(minutes=1)


def rate_limit(work: Work, setup: Setup) -> Work:
    """Count this turn's messages; taps inside a guided flow are never too many."""
    if work.event.kind is EventKind.ACTION and work.session.flow:
        return work
    now = work.turn.now
    recent = tuple(at for at in work.session.recent if now - at < WINDOW)
    recent = (*recent, *(now for _ in work.turn.events))[-setup.per_minute - 1 :]
    if len(recent) <= setup.per_minute:
        return work.remembers(replace(work.session, recent=recent, limited=False))
    limited = work.remembers(replace(work.session, recent=recent, limited=True))
    if work.session.limited:
        return limited.silent(Outcome.UNANSWERED_LIMITED)
    return limited.says(Outcome.UNANSWERED_LIMITED, setup.knowledge.phrases.say("limit.slow_down"))
