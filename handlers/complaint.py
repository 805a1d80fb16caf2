"""Anger: calm, one apology, and a person when it comes back."""

from dataclasses import replace

from chatbot.dialogue import Context, Handled, Router
from chatbot.model import Outcome, Part, Reply
from handlers import human, ways_on

router = Router("complaint", priority=30)


@router.intent("complaint.anger")
def anger(context: Context) -> Handled:
    """Apologise once; the second time a person is better than another apology."""
    times = context.session.anger + 1
    calmer = replace(context, session=replace(context.session, anger=times))
    if times > 1:
        return human.handed(calmer, before=context.say("complaint.person"))
    text = f"{context.say('complaint.sorry')}\n\n{context.say('complaint.where')}"
    part = Part(text, (ways_on.person(context), ways_on.menu(context)))
    reply = Reply(outcome=Outcome.ANSWERED_SMALLTALK, parts=(part,), intent="complaint.anger")
    return Handled(reply, calmer.session)
