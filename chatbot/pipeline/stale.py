"""After an outage: one apology that asks whether the citizen still needs it, instead of a burst of late answers."""

from datetime import timedelta
from typing import Final

from chatbot.dialogue import Handled
from chatbot.model import Action, EventKind, Match, Outcome, Part, Reply, SayButton, Session, changed
from chatbot.pipeline.gather import CITIZEN
from chatbot.pipeline.understand import read
from chatbot.pipeline.work import Setup, Work

STAMP: Final = "apology"
ONCE_IN: Final = timedelta(hours=1)
"""Old questions that follow within this time are covered by the same apology."""
MOST_BUTTONS: Final = 2


def stale(work: Work, setup: Setup) -> Work:
    """Apologise for a question that waited too long; a citizen in danger is answered however late."""
    if not work.turn.stale or work.event.kind not in CITIZEN or work.event.kind is EventKind.OPENED:
        return work
    if isinstance(setup.emergency(work.context(setup)), Handled):
        return work
    if apologised(work):
        return work.silent(Outcome.ERROR_STALE)
    asked = read(work, setup).match if work.text else Match()
    return work.remembers(stamped(work)).ends(apology(asked, setup))


def apologised(work: Work) -> bool:
    """Was this person told a short time ago?"""
    last = work.session.stamps.get(STAMP)
    return last is not None and work.turn.now - last < ONCE_IN


def stamped(work: Work) -> Session:
    """The session that remembers that this person was told now."""
    return changed(work.session, stamps={**work.session.stamps, STAMP: work.turn.now})


def apology(asked: Match, setup: Setup) -> Reply:
    """The sentence, with buttons for what was perhaps asked."""
    known = [one.intent for one in asked.candidates if one.intent in setup.knowledge]
    buttons = [
        SayButton(setup.knowledge.label(intent), Action("act", {"id": intent})) for intent in known[:MOST_BUTTONS]
    ]
    text = setup.knowledge.phrases.say("stale.apology")
    menu = SayButton(setup.knowledge.phrases.say("button.menu"), Action("menu"))
    return Reply(outcome=Outcome.ERROR_STALE, parts=(Part(text, (*buttons, menu)),), intent=asked.intent)
