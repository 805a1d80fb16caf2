"""What the citizen thinks of the last answer: "không phải ý tôi", "đúng rồi", "chưa được"."""

from dataclasses import replace

from chatbot.dialogue import Context, Handled, Router
from chatbot.model import Outcome, Part, Reply
from handlers import menu, ways_on

router = Router("feedback", priority=60)


@router.action("not_mine")
def not_mine(context: Context) -> Handled:
    """Misread: forget the topic, show the menu and a person. The outcome feeds the list of unanswered questions."""
    part = Part(context.say("feedback.not_mine"), (ways_on.menu(context), ways_on.person(context)))
    reply = Reply(outcome=Outcome.UNANSWERED_UNKNOWN, parts=(part,), intent=context.session.topic)
    return Handled(reply, replace(context.session, topic="", topic_on=""))


@router.intent("flow.done")
def good(context: Context) -> Reply:
    """ "Xong rồi", "đúng rồi" outside a guided flow."""
    return Reply(outcome=Outcome.ANSWERED_SMALLTALK, parts=(Part(context.say("feedback.good")),), intent="flow.done")


@router.intent("flow.not_done")
def not_yet(context: Context) -> Reply:
    """ "Chưa được" outside a guided flow: what is it about?"""
    return _asked(context, "feedback.not_yet")


@router.intent("flow.*")
def no_step(context: Context) -> Reply:
    """ "Quay lại", "hủy" with nothing open."""
    return _asked(context, "feedback.no_step")


def _asked(context: Context, key: str) -> Reply:
    part = Part(context.say(key), menu.main_buttons(context))
    return Reply(outcome=Outcome.ANSWERED_MENU, parts=(part,), intent=context.match.intent)
