"""The citizen's own data: what is kept, and forgetting it without arguing."""

from chatbot.dialogue import Context, Handled, Router
from chatbot.model import Outcome, Part, Reply, Session
from handlers import ways_on

router = Router("privacy", priority=20)


@router.intent("privacy.erase")
def erase(context: Context) -> Handled:
    """Forget the whole conversation now."""
    reply = Reply(outcome=Outcome.ANSWERED_PRIVACY, parts=(Part(context.say("privacy.erase")),), intent="privacy.erase")
    return Handled(reply, Session(), erase=True)


@router.intent("privacy.policy")
def policy(context: Context) -> Reply:
    """What is masked, what is kept, how to have it erased."""
    part = Part(context.say("privacy.policy"), (*ways_on.known(context, "privacy.erase"), ways_on.menu(context)))
    return Reply(outcome=Outcome.ANSWERED_PRIVACY, parts=(part,), intent="privacy.policy")


@router.intent("pii.leak")
def leak(context: Context) -> Reply:
    """Somebody offers their numbers: they are not needed."""
    part = Part(context.say("privacy.leak"), (ways_on.menu(context),))
    return Reply(outcome=Outcome.REFUSED_SECRET, parts=(part,), intent="pii.leak")
