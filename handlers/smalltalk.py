"""Small talk: a greeting, thanks, goodbye, praise, and who is speaking."""

from chatbot.dialogue import Context, Handled, Router
from chatbot.model import Button, EventKind, Outcome, Part, Reply, changed
from handlers import human, menu, ways_on

router = Router("smalltalk", priority=70)


@router.intent("smalltalk.greeting")
def greeting(context: Context) -> Handled:
    """Who we are and the main menu, shorter the second time. "Alo" while waiting asks for the officer."""
    if human.waits(context) and context.event.kind is not EventKind.OPENED:
        return human.handed(context)
    again = context.session.greeted and context.event.kind is not EventKind.OPENED
    key = "smalltalk.greeting_again" if again else "smalltalk.greeting"
    reply = Reply(
        outcome=Outcome.ANSWERED_SMALLTALK,
        parts=(Part(context.say(key), menu.main_buttons(context)),),
        intent="smalltalk.greeting",
    )
    return Handled(reply, changed(context.session, greeted=True))


@router.intent("smalltalk.thanks", "smalltalk.bye", "smalltalk.praise")
def polite(context: Context) -> Reply:
    """One friendly line, nothing to tap."""
    return _said(context)


@router.intent("smalltalk.who_are_you")
def who_are_you(context: Context) -> Reply:
    """A machine, what it can do, what it cannot see."""
    return _said(context, ways_on.menu(context), ways_on.person(context))


def _said(context: Context, *buttons: Button) -> Reply:
    intent = context.match.intent
    return Reply(outcome=Outcome.ANSWERED_SMALLTALK, parts=(Part(context.say(intent), buttons),), intent=intent)
