"""A person is wanted: office hours and holidays decide what is said, and nothing is promised that nobody keeps."""

from chatbot.dialogue import Context, Handled, Router
from chatbot.model import Button, Outcome, Part, Reply, changed
from handlers import ways_on

router = Router("human", priority=20)


@router.intent("human.request")
@router.action("human")
def request(context: Context) -> Handled:
    """Put the citizen on the desk's list; without a desk, name the hotline and the offices."""
    return handed(context)


def waits(context: Context) -> bool:
    """Is the citizen on the desk's list, with nobody having written yet?"""
    return context.desk.staffed and context.session.waiting_since is not None and not context.session.flow


def handed(context: Context, before: str = "") -> Handled:
    """The same with a sentence before it (a complaint, an open flow)."""
    if not context.desk.staffed:
        return Handled(_reply(context, "human.no_desk", Outcome.ANSWERED_CHANNEL, before), context.session)
    reply = _reply(context, _key(context), Outcome.HANDED_OVER, before)
    since = context.session.waiting_since or min(context.event.at, context.now)
    return Handled(reply, changed(context.session, waiting_since=since))


def _key(context: Context) -> str:
    if context.session.waiting_since is not None:
        return "human.waiting"
    return "human.open" if context.desk.is_open(context.now) else "human.closed"


def _reply(context: Context, key: str, outcome: Outcome, before: str) -> Reply:
    text = f"{before}\n\n{context.say(key)}".strip()
    if key == "human.open" or context.session.flow:
        buttons: tuple[Button, ...] = ()  # the officer is there, or the flow offers its own ways on
    else:
        buttons = (ways_on.hotline(context), ways_on.menu(context))
    return Reply(outcome=outcome, parts=(Part(text, buttons),), intent="human.request")
