"""Too many messages a minute: one polite sentence a burst, then silence until it is over."""

from datetime import timedelta
from typing import Final

from chatbot.model import EventKind, Outcome, changed
from chatbot.pipeline.work import Setup, Work

WINDOW: Final = timedelta(minutes=1)
STAMP: Final = "limited"
"""When the person was last found too quick; a burst is over when that is a whole window ago."""


def rate_limit(work: Work, setup: Setup) -> Work:
    """Count this turn's messages by the platform's time: what waited through an outage was not typed in one minute.

    Taps inside a guided flow are never too many, and none of them counts.
    """
    if work.event.kind is EventKind.ACTION and work.session.flow:
        return work
    written = (*work.session.recent, *(event.at for event in work.turn.events))
    now = max(written)
    recent = tuple(at for at in written if now - at < WINDOW)[-setup.per_minute - 1 :]
    counted = changed(work.session, recent=recent)
    if len(recent) <= setup.per_minute:
        return work.remembers(counted)
    last = work.session.stamps.get(STAMP)
    limited = work.remembers(changed(counted, stamps={**counted.stamps, STAMP: now}))
    if last is not None and now - last < WINDOW:
        return limited.silent(Outcome.UNANSWERED_LIMITED)
    return limited.says(Outcome.UNANSWERED_LIMITED, setup.knowledge.phrases.say("limit.slow_down"))
