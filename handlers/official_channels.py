"""Genuine channels: every number and address comes from the register, with its price and its date."""

from chatbot.dialogue import Context, Router
from chatbot.model import Button, LinkButton, Outcome, Part, Reply
from handlers import ways_on

router = Router("official_channels", priority=40)


@router.intent("channel.hotline_number", "channel.hotline_hours", "channel.hotline_busy", "channel.hotline_menu")
def hotline(context: Context) -> Reply:
    """The one number, what a call costs and who takes the money."""
    line = context.knowledge.official.phone_by_id("hotline")
    text = context.say(context.match.intent, hotline=line.display, cost=line.cost)
    return _reply(context, text, ways_on.hotline(context), ways_on.menu(context))


@router.intent("channel.website")
def website(context: Context) -> Reply:
    """The agency's sites; nothing that does not end in .gov.vn."""
    official = context.knowledge.official
    hosts = {name: official.site_by_id(name).host for name in ("portal", "services", "national_services")}
    text = context.say(
        "channel.website",
        portal=hosts["portal"],
        services=hosts["services"],
        national=hosts["national_services"],
    )
    links = (_link(hosts["portal"]), _link(hosts["national_services"]))
    return _reply(context, text, *links, ways_on.menu(context))


@router.intent("channel.social")
def social(context: Context) -> Reply:
    """The fanpage's address and the Zalo account's name."""
    official = context.knowledge.official
    facebook, zalo = official.page_by_id("facebook"), official.page_by_id("zalo")
    text = context.say("channel.social", facebook=facebook.handle, zalo=zalo.name)
    return _reply(context, text, ways_on.menu(context))


@router.intent("channel.app_download")
def app_download(context: Context) -> Reply:
    """The application's name in the stores; never a link to a file."""
    app = context.knowledge.official.app_by_id("vssid")
    return _reply(context, context.say("channel.app_download", app=app.name), ways_on.menu(context))


@router.intent("channel.office_location")
def office_location(context: Context) -> Reply:
    """Where offices publish their addresses."""
    portal = context.knowledge.official.site_by_id("portal").host
    text = context.say("channel.office_location", portal=portal)
    return _reply(context, text, _link(portal), ways_on.hotline(context), ways_on.menu(context))


@router.intent("channel.reorg_name")
def reorg_name(context: Context) -> Reply:
    """What the offices are called today."""
    return _reply(context, context.say("channel.reorg_name"), ways_on.menu(context))


def _link(host: str) -> LinkButton:
    return LinkButton(host.removesuffix(".gov.vn")[:20], f"https://{host}/")


def _reply(context: Context, text: str, *buttons: Button) -> Reply:
    return Reply(
        outcome=Outcome.ANSWERED_CHANNEL,
        parts=(Part(text, buttons),),
        checked_on=context.knowledge.official.checked_on,
        intent=context.match.intent,
    )
