"""The guided flows as the pipeline sees them: a turn for the open flow, the way back to it, the form of address."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from chatbot.dialogue.context import Context
from chatbot.dialogue.flow import Elsewhere, Said, Why
from chatbot.dialogue.flows import Flows
from chatbot.dialogue.handled import Handled
from chatbot.dialogue.pronoun import address
from chatbot.dialogue.router import UNHANDLED, Routers, Unhandled
from chatbot.model import Candidate, Decision, Match, Reply, Session

_ANSWERED: Final = frozenset({"answered", "unanswered"})
_TYPED_ACT: Final = "act"


class Guide:
    """The flows together with the skills that answer what a flow hands on."""

    def __init__(self, flows: Flows, routers: Routers) -> None:
        self.flows = flows
        self._routers = routers

    def take(self, context: Context) -> Handled | Unhandled:
        """The open flow's reaction; UNHANDLED when none is open or something else was asked (then `return_to`)."""
        action = context.event.action
        if action is not None and action.name == _TYPED_ACT:
            said = Said(match=context.match)
        else:
            said = Said(text=context.text, action=action, match=context.match)
        result = self.flows.turn(context.session, said, context.now)
        if not isinstance(result, Elsewhere):
            return result or UNHANDLED
        return self._handed_on(context, result)

    def return_to(self, session: Session, reply: Reply, now: datetime) -> Handled:
        """An answer given in the middle, followed by the step that waits."""
        why = Why.QUESTION if reply.outcome.family in _ANSWERED and reply.intent else Why.BUTTON
        return self.flows.after(session, reply, now, why)

    def address(self, text: str, pronoun: str) -> str:
        """The sentence for somebody who calls themself by this word."""
        return address(text, pronoun)

    def _handed_on(self, context: Context, passed: Elsewhere) -> Handled | Unhandled:
        moved = passed.session != context.session
        if passed.why in (Why.EXPIRED, Why.PAUSED) or not (passed.intent and (moved or passed.why is not Why.QUESTION)):
            return UNHANDLED
        asked = Match(candidates=(Candidate(passed.intent, 1.0),), decision=Decision.ANSWER)
        there = replace(context, session=passed.session, match=asked)
        answered = self._routers.answer(there, passed.intent)
        if isinstance(answered, Unhandled):
            return UNHANDLED
        back = self.flows.after(answered.session, answered.reply, context.now, passed.why)
        return replace(back, erase=answered.erase)
