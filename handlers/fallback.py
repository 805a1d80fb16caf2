"""What nobody else answered: said honestly, with ways on. Registered last."""

from chatbot.dialogue import Context, Router
from chatbot.model import Outcome, Part, Reply
from handlers import menu, ways_on

router = Router("fallback", priority=99)


@router.intent("fallback.unknown")
@router.otherwise
def unknown(context: Context) -> Reply:
    """The question was not understood, or nothing is known about it."""
    buttons = (ways_on.menu(context), ways_on.hotline(context), ways_on.person(context))
    return Reply(outcome=Outcome.UNANSWERED_UNKNOWN, parts=(Part(context.say("fallback.unknown"), buttons),))


@router.intent("fallback.empty")
def empty(context: Context) -> Reply:
    """Nothing to read: emoji, dots, spaces."""
    part = Part(context.say("fallback.empty"), menu.main_buttons(context))
    return Reply(outcome=Outcome.UNANSWERED_EMPTY, parts=(part,))


@router.intent("fallback.button")
def old_button(context: Context) -> Reply:
    """A button of an older version, or a forged one."""
    part = Part(context.say("fallback.button"), menu.main_buttons(context))
    return Reply(outcome=Outcome.ANSWERED_MENU, parts=(part,))
