"""An open guided flow has the first word on what the citizen says."""

from chatbot.dialogue import Elsewhere, Handled, Said, Why
from chatbot.model import Candidate, Decision, EventKind, Match, changed
from chatbot.pipeline.tokens import without_tokens
from chatbot.pipeline.work import Setup, Work

OVER = frozenset({Why.EXPIRED, Why.PAUSED})
"""The flow does not wait for this answer: nothing is appended to it."""


def flow(work: Work, setup: Setup) -> Work:
    """Let the flow take the turn; another question is passed on, to be answered as an aside."""
    if work.event.kind is EventKind.OPENED:
        return work
    work = work.remembers(setup.flows.gone(work.session))
    said = Said(text=without_tokens(work.text), action=work.event.action, match=work.match)
    result = setup.flows.turn(work.session, said, work.turn.now)
    match result:
        case None:
            return work
        case Handled():
            return work.settles(result)
        case Elsewhere():
            return _aside(work, result)


def _aside(work: Work, passed: Elsewhere) -> Work:
    meant = work.match
    if passed.intent and (passed.intent != meant.intent or passed.why is Why.PERSON):
        meant = Match(
            candidates=(Candidate(passed.intent, 1.0),), decision=Decision.ANSWER, entities=work.match.entities
        )
    event = changed(work.event, action=None) if passed.intent and work.event.action else work.event
    why = None if passed.why in OVER else passed.why
    return changed(work, session=passed.session, match=meant, event=event, aside=why)
