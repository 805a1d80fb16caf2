"""Questions about one's own data: the bot sees none of it, asks for no number, and shows where to look."""

from chatbot.dialogue import Context, Router
from chatbot.model import Button, LinkButton, Outcome, Part, Reply
from handlers import ways_on

router = Router("account_data", priority=40)


@router.intent("account.contribution_years")
def contribution_years(context: Context) -> Reply:
    """Step by step to the contribution record."""
    return _reply(context, *ways_on.known(context, "so_thieu_qua_trinh", "reset.start"), ways_on.menu(context))


@router.intent("account.dossier_status")
def dossier_status(context: Context) -> Reply:
    """Where a dossier's state is shown."""
    host = context.knowledge.official.site_by_id("national_services").host
    return _reply(context, LinkButton("Cổng quốc gia", f"https://{host}/"), ways_on.hotline(context))


@router.intent(
    "account.change_password", "account.register", "account.update_contact", "policy.id_number", "policy.otp"
)
def look_after(context: Context) -> Reply:
    """Change the password, register, change the e-mail: done by the citizen, on the citizen's own screen."""
    return _reply(context, *ways_on.known(context, "reset.start"), ways_on.menu(context))


def _reply(context: Context, *buttons: Button) -> Reply:
    official = context.knowledge.official
    text = context.say(
        context.match.intent,
        hotline=official.phone_by_id("hotline").display,
        national=official.site_by_id("national_services").host,
        services=official.site_by_id("services").host,
    )
    return Reply(
        outcome=Outcome.ANSWERED_ACCOUNT,
        parts=(Part(text, buttons),),
        checked_on=official.checked_on,
        intent=context.match.intent,
    )
