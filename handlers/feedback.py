"""What the citizen thinks of the last answer: "không phải ý tôi", "đúng rồi", "chưa được"."""

from typing import Final

from chatbot.dialogue import Context, Handled, Router
from chatbot.model import Action, Button, Outcome, Part, Reply, Session, changed
from handlers import menu, ways_on

router = Router("feedback", priority=60)
MOST_WAYS: Final = 2
"""Neighbouring topics offered beside the last one, the hotline and a person: five buttons in all."""


@router.action("not_mine")
def not_mine(context: Context) -> Handled:
    """Misread: forget the topic and do not offer it again. The outcome feeds the list of unanswered questions."""
    session = context.session
    again = session.misses > 0
    ways = (ways_on.hotline(context), ways_on.menu(context)) if again else (ways_on.menu(context),)
    part = Part(context.say("feedback.not_mine", int(again)), (*ways, ways_on.person(context)))
    reply = Reply(outcome=Outcome.UNANSWERED_UNKNOWN, parts=(part,), intent=session.topic)
    rejected = tuple(dict.fromkeys((*session.rejected, *_misread(session))))
    return Handled(reply, changed(session, topic="", topic_on="", rejected=rejected))


def _misread(session: Session) -> tuple[str, ...]:
    """All choices of a question back, else the topic that was answered."""
    if not session.clarified:
        return (session.topic,) if session.topic else ()
    actions = (Action.unpack(offer.payload) for offer in session.offers)
    return tuple(action.args["id"] for action in actions if action and "id" in action.args)


@router.intent("flow.done")
def good(context: Context) -> Reply:
    """ "Xong rồi", "đúng rồi" outside a guided flow."""
    return Reply(outcome=Outcome.ANSWERED_SMALLTALK, parts=(Part(context.say("feedback.good")),), intent="flow.done")


@router.intent("flow.not_done")
def not_yet(context: Context) -> Reply:
    """ "Chưa được" outside a guided flow: what is it about?"""
    return _asked(context, "feedback.not_yet")


@router.intent("flow.repeat")
def plainer(context: Context) -> Reply:
    """ "Dài quá không hiểu" after an answer: its parts one by one, or a person who explains."""
    topic = context.knowledge.faqs.get(context.session.topic)
    if topic is None:
        return _asked(context, "feedback.not_yet")
    ways = ways_on.known(context, topic.id, *(way.to for way in topic.next[:MOST_WAYS]))
    buttons: tuple[Button, ...] = (*ways, ways_on.hotline(context), ways_on.person(context))
    part = Part(context.say("feedback.plainer"), buttons)
    return Reply(outcome=Outcome.ANSWERED_MENU, parts=(part,), intent="flow.repeat")


@router.intent("flow.*")
def no_step(context: Context) -> Reply:
    """ "Quay lại", "hủy" with nothing open."""
    return _asked(context, "feedback.no_step")


def _asked(context: Context, key: str) -> Reply:
    part = Part(context.say(key), menu.main_buttons(context))
    return Reply(outcome=Outcome.ANSWERED_MENU, parts=(part,), intent=context.match.intent)
