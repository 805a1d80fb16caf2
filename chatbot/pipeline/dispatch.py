"""Hand the turn to the skill that answers it, or ask back, or say honestly that it was not understood."""

import re
from typing import Final

from chatbot.dialogue import Handled
from chatbot.model import Action, Candidate, Decision, EventKind, Match, Outcome, Part, Reply, SayButton, changed
from chatbot.pipeline.clarify import LIKELY, NOT_A_CHOICE, clarify, offered
from chatbot.pipeline.menu_button import menu_button
from chatbot.pipeline.named_group import named_group
from chatbot.pipeline.rudeness import ANGER
from chatbot.pipeline.safety import PAUSE
from chatbot.pipeline.work import Setup, Work

GREETING: Final = "smalltalk.greeting"
UNKNOWN: Final = "fallback.unknown"
PERSON: Final = "human.request"
EMPTY: Final = "fallback.empty"
OLD_BUTTON: Final = "fallback.button"
VICTIM: Final = "scam.victim"
"""These intents pause an open flow, as the emergency rule does."""
TORN: Final = 0.85
"""Share of the best confidence from which another intent is as likely."""
RESTATED: Final = 0.8
"""Confidence from which an unclear text repeats one of the choices just offered in other words."""
FEWEST_LETTERS: Final = 2
"""A single letter, dots and emoji hold no question."""
BOTH_FIT: Final = 900
"""Characters up to which the answers of two questions stand in one reply; longer, the second is offered."""


def dispatch(work: Work, setup: Setup) -> Work:
    """The reply of a router; an open flow gets its pending question appended."""
    done = _answered(work, setup)
    if done.reply is not None and done.reply.outcome is Outcome.ANSWERED_EMERGENCY and _in_danger(work):
        return done.remembers(setup.flows.pause(done.session, PAUSE))
    if done.reply is None or work.aside is None or _moved(work, done):
        return done
    return done.settles(setup.flows.after(done.session, done.reply, work.turn.now, work.aside))


def _in_danger(work: Work) -> bool:
    return work.match.intent.startswith(VICTIM)


def _harmless(match: Match) -> bool:
    """Small talk, anger and the wish for a person are answered rather than asked back about: being wrong costs nothing.

    Praise and anger look alike ("hay quá ha"): torn between the two, neither is answered.
    """
    if match.intent == PERSON:
        return match.confidence >= LIKELY
    if not match.intent.startswith(NOT_A_CHOICE):
        return False
    close = [one for one in match.candidates if one.confidence > TORN * match.confidence]
    if len({one.intent == ANGER for one in close if one.intent.startswith(NOT_A_CHOICE)}) > 1:
        return False
    return sum(one.confidence for one in close if one.intent.startswith(NOT_A_CHOICE)) >= LIKELY


def _moved(work: Work, done: Work) -> bool:
    """Did the answer itself lead the flow on, or end the conversation?"""
    same = (done.session.flow, done.session.state) == (work.session.flow, work.session.state)
    return not same or done.erase or done.reply is None or done.reply.outcome.family == "flow"


def _answered(work: Work, setup: Setup) -> Work:
    action = work.event.action
    if work.event.kind is EventKind.OPENED:
        return _ask(work, setup, GREETING)
    if action is not None and not work.match.intent:
        return _tapped(work, setup)
    if action is None and work.match.decision is not Decision.ANSWER:
        return _unsure(work, setup)
    if work.match.intent in work.session.rejected and action is None:
        return clarify(work, setup) or _ask(work, setup, UNKNOWN)
    return _both(work, setup) if _second(work, setup) else _ask(work, setup, work.match.intent)


def _unsure(work: Work, setup: Setup) -> Work:
    """No clear question: a sign of life, the bare name of a benefit, or a question to ask back about."""
    if len([sign for sign in work.text if sign.isalpha()]) < FEWEST_LETTERS and not re.search(r"\d", work.text):
        return _ask(work, setup, EMPTY)
    if group := named_group(work.text, setup.knowledge):
        opened = changed(work.event, action=Action("group", {"id": group}))
        return changed(_tapped(changed(work, event=opened), setup), event=work.event)
    if _harmless(work.match):
        return _ask(work, setup, work.match.intent)
    if led := _led_in(work, setup):
        return work.settles(led)
    if work.session.clarified and work.match.intent in offered(work.session) and work.match.confidence >= RESTATED:
        return _ask(work, setup, work.match.intent)
    asked = clarify(work, setup) if work.match.decision is Decision.ASK else None
    return asked or _ask(work, setup, UNKNOWN)


def _led_in(work: Work, setup: Setup) -> Handled | None:
    """The guided flow that an unclear text is about, unless it was switched off or refused just now."""
    intent = work.match.intent
    if _off(setup, intent) or intent in work.session.rejected:
        return None
    return setup.flows.lead_in(work.session, work.text, work.match, work.turn.now)


def _tapped(work: Work, setup: Setup) -> Work:
    action = work.event.action
    if action is not None and action.name == "faq" and _off(setup, action.args.get("id", "")):
        return _switched_off(work, setup)
    handled = setup.routers.act(work.context(setup))
    return work.settles(handled) if isinstance(handled, Handled) else _ask(work, setup, OLD_BUTTON)


def _ask(work: Work, setup: Setup, intent: str) -> Work:
    if _off(setup, intent):
        return _switched_off(work, setup)
    if intent in setup.knowledge and intent != work.match.intent:
        work = changed(work, match=changed(work.match, candidates=(Candidate(intent, 1.0),)))
    handled = setup.routers.answer(work.context(setup), intent or UNKNOWN)
    if isinstance(handled, Handled):
        return work.settles(handled)
    return work.says(Outcome.UNANSWERED_UNKNOWN, setup.knowledge.phrases.say("reply.safe"))


def _off(setup: Setup, intent: str) -> bool:
    faq = setup.knowledge.faqs.get(intent)
    names = (intent, faq.group) if faq else (intent, intent.partition(".")[0])
    return setup.switches().covers(*names)


def _switched_off(work: Work, setup: Setup) -> Work:
    text = setup.knowledge.phrases.say("switch.topic_off")
    part = Part(text, (menu_button(setup.knowledge),))
    return work.ends(Reply(outcome=Outcome.UNANSWERED_SWITCHED_OFF, parts=(part,), intent=work.match.intent))


def _second(work: Work, setup: Setup) -> str:
    second = work.match.second
    return second if second in setup.knowledge and second != work.match.intent and not work.session.flow else ""


def _both(work: Work, setup: Setup) -> Work:
    """Both questions of one message: both answered when that stays readable, else the second one offered."""
    first = _ask(work, setup, work.match.intent)
    second = _ask(first, setup, work.match.second)
    if first.reply is None or second.reply is None or first.reply.outcome.family == "flow":
        return first
    if len(first.reply.text) + len(second.reply.text) <= BOTH_FIT and second.reply.outcome.family == "answered":
        return changed(second, reply=_merged(first.reply, second.reply))
    offer = SayButton(setup.knowledge.label(work.match.second), Action("act", {"id": work.match.second}))
    also = setup.knowledge.phrases.say("clarify.second", title=setup.knowledge.title(work.match.second))
    parts = tuple(_without(part, offer.label) for part in first.reply.parts)
    return first.ends(changed(first.reply, parts=(*parts, Part(also, (offer,)))))


def _without(part: Part, label: str) -> Part:
    """The part without a button that is offered again below."""
    return changed(part, buttons=tuple(button for button in part.buttons if button.label != label))


def _merged(first: Reply, second: Reply) -> Reply:
    """Both answers; the buttons of the last one stay."""
    quiet = tuple(changed(part, buttons=()) for part in first.parts)
    return changed(first, parts=(*quiet, *second.parts), sources=(*first.sources, *second.sources))
