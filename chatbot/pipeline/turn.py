"""The way of one turn: an ordered list of steps, any of which may end it with an outcome. Pure, so it may run twice."""

from collections.abc import Callable
from datetime import timedelta
from time import perf_counter
from typing import Final

from chatbot.dialogue import Desk, Flows, RegistrationError, Routers
from chatbot.knowledge import Knowledge
from chatbot.model import EventKind, Outcome, Reply, Session, Turn, TurnRecord, TurnResult
from chatbot.pipeline.address import hear_pronoun, use_pronoun
from chatbot.pipeline.attachment import attachment
from chatbot.pipeline.check_reply import check_reply
from chatbot.pipeline.condolence import condolence
from chatbot.pipeline.courtesy import courtesy
from chatbot.pipeline.dispatch import EMPTY, GREETING, OLD_BUTTON, UNKNOWN, dispatch
from chatbot.pipeline.events import events
from chatbot.pipeline.flow import flow
from chatbot.pipeline.frame import frame
from chatbot.pipeline.gather import gather
from chatbot.pipeline.kill_switch import kill_switch
from chatbot.pipeline.named_channel import named_channel
from chatbot.pipeline.offers import offers
from chatbot.pipeline.operator_hold import operator_hold
from chatbot.pipeline.ports import Reader
from chatbot.pipeline.rate_limit import rate_limit
from chatbot.pipeline.remember import remember
from chatbot.pipeline.rudeness import rudeness
from chatbot.pipeline.safety import safety
from chatbot.pipeline.secrets import secrets
from chatbot.pipeline.stale import stale
from chatbot.pipeline.switches import Switches
from chatbot.pipeline.undelivered import undelivered
from chatbot.pipeline.understand import understand
from chatbot.pipeline.work import Emergency, Guard, Setup, Step, Work, nobody_in_danger

UNTIL_ANSWERED: Final[tuple[tuple[str, Step], ...]] = (
    ("events", events),
    ("operator_hold", operator_hold),
    ("kill_switch", kill_switch),
    ("undelivered", undelivered),
    ("stale", stale),
    ("rate_limit", rate_limit),
    ("hear_pronoun", hear_pronoun),
    ("safety", safety),
    ("attachment", attachment),
    ("offers", offers),
    ("understand", understand),
    ("named_channel", named_channel),
    ("rudeness", rudeness),
    ("secrets", secrets),
    ("condolence", condolence),
    ("flow", flow),
    ("dispatch", dispatch),
)
"""Each step sees the turn unless one before it ended it."""
ALWAYS: Final[tuple[tuple[str, Step], ...]] = (
    ("frame", frame),
    ("courtesy", courtesy),
    ("use_pronoun", use_pronoun),
    ("check_reply", check_reply),
    ("remember", remember),
)
"""These see every turn."""
STEPS: Final = (*((name, step, False) for name, step in UNTIL_ANSWERED), *((name, step, True) for name, step in ALWAYS))
"""Name, step, and whether it sees an answered turn."""
CANDIDATES_KEPT: Final = 3
SPOKEN: Final = frozenset({EventKind.TEXT, EventKind.ACTION})
"""Kinds whose words are kept in the record."""
NEEDED: Final = frozenset({GREETING, UNKNOWN, EMPTY, OLD_BUTTON})
"""Intents that the pipeline itself asks the routers for."""


class Pipeline:
    """Turns settled events into a reply and the next state.

    `switches` is asked every turn, so that an operator's change holds at once. `guard` names what is wrong with a reply
    that is about to leave. `timer` counts seconds for the record only. Raises RegistrationError when no router answers
    what the pipeline needs.
    """

    def __init__(
        self,
        *,
        knowledge: Knowledge,
        understanding: Reader,
        routers: Routers,
        flows: Flows,
        desk: Desk,
        switches: Callable[[], Switches],
        guard: Guard,
        emergency: Emergency = nobody_in_danger,
        rate_limit_per_minute: int = 20,
        hold: timedelta = timedelta(minutes=30),
        timer: Callable[[], float] = perf_counter,
    ) -> None:
        missing = NEEDED - routers.intents
        if missing:
            raise RegistrationError(f"no router answers {', '.join(sorted(missing))}")
        self._timer = timer
        self._setup = Setup(
            knowledge=knowledge,
            reader=understanding,
            routers=routers,
            flows=flows,
            desk=desk,
            switches=switches,
            per_minute=rate_limit_per_minute,
            hold=hold,
            emergency=emergency,
            guard=guard,
        )

    def turn(self, turn: Turn) -> TurnResult:
        """The reply to these events. Errors of handlers rise: the lane tries again and then apologises."""
        work = gather(turn)
        took: dict[str, float] = {}
        began = self._timer()
        for name, step, always in STEPS:
            if always or work.reply is None:
                work = step(work, self._setup)
                ended = self._timer()
                took[name] = (ended - began) * 1000
                began = ended
        reply = work.reply or Reply(outcome=Outcome.UNANSWERED_IGNORED)
        return TurnResult(
            session=Session() if work.erase else work.session,
            reply=reply,
            record=_record(work, reply, took),
            erase=work.erase,
            drop_queued=work.drop_queued,
        )


def _record(work: Work, reply: Reply, took: dict[str, float]) -> TurnRecord:
    session = work.session
    return TurnRecord(
        text=_shown(work) if work.event.kind in SPOKEN else "",
        intent=reply.intent or work.match.intent,
        candidates=work.match.candidates[:CANDIDATES_KEPT],
        state=f"{session.flow}/{session.state}" if session.flow else "",
        steps=took,
    )


def _shown(work: Work) -> str:
    """The masked text, or the name of the tapped button."""
    action = work.event.action
    return work.event.text or (f"[{action.pack()}]" if action else "")
