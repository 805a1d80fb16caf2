"""A reply could not go out: the citizen gets one sentence about it, instead of silence or an answer out of the blue."""

from typing import Final

from chatbot.model import Candidate, EventKind, Match, Outcome
from chatbot.pipeline.stale import apologised, apology, stamped
from chatbot.pipeline.work import Setup, Work

STALE: Final = "stale"
"""What the outbox notes on an event about an answer that waited too long; it says else when the platform refused it."""


def undelivered(work: Work, setup: Setup) -> Work:
    """Apologise once an hour at most; an apology that could not go out either is not followed by another."""
    if work.event.kind is not EventKind.UNDELIVERED:
        return work
    late = work.event.metadata == STALE
    outcome = Outcome.ERROR_STALE if late else Outcome.ERROR_INTERNAL
    if apologised(work):
        return work.silent(outcome)
    marked = work.remembers(stamped(work))
    if late:
        last = Candidate(work.session.topic, 1.0)
        return marked.ends(apology(Match(candidates=(last,)), setup))
    return marked.says(outcome, setup.knowledge.phrases.say("error.internal"))
