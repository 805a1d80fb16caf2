"""Matters of another agency: said kindly, with the right door."""

from chatbot.dialogue import Context, Router
from chatbot.model import Button, Outcome, Part, Reply
from handlers import ways_on

router = Router("other_agency", priority=70)


@router.intent("other.*")
def other(context: Context) -> Reply:
    """Name who decides; never guess their rules."""
    intent = context.match.intent
    ways: tuple[Button, ...] = (ways_on.menu(context),)
    if intent == "other.social_account":
        ways = (*ways_on.known(context, "reset.start"), *ways)
    part = Part(context.say(intent), ways)
    return Reply(outcome=Outcome.UNANSWERED_OTHER_AGENCY, parts=(part,), intent=intent)
