"""Anger: calm, one apology, and a person when it comes back."""

from chatbot.dialogue import Context, Handled, Router
from chatbot.model import Button, Outcome, Part, Reply, changed
from handlers import human, ways_on

router = Router("complaint", priority=30)


@router.intent("complaint.anger")
def anger(context: Context) -> Handled:
    """Apologise once; the second time a person is better than another apology. No desk: no person is spoken of."""
    times = context.session.anger + 1
    calmer = changed(context, session=changed(context.session, anger=times))
    if times > 1 and context.desk.staffed:
        return human.handed(calmer, before=context.say("complaint.person"))
    key = "complaint.sorry" if times == 1 else "complaint.again"
    where = () if times > 2 else (context.say("complaint.where"),)  # noqa: PLR2004 - told twice already
    part = Part("\n\n".join((context.say(key), *where)), (*_ways(context), ways_on.menu(context)))
    reply = Reply(outcome=Outcome.ANSWERED_SMALLTALK, parts=(part,), intent="complaint.anger")
    return Handled(reply, calmer.session)


def _ways(context: Context) -> tuple[Button, ...]:
    return (ways_on.person(context),) if context.desk.staffed else (ways_on.hotline(context),)
