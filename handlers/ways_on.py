"""Buttons that lead on from many replies; what they say stands in phrases.vi.yaml."""

from chatbot.dialogue import Context
from chatbot.model import Action, CallButton, SayButton


def menu(context: Context) -> SayButton:
    """Opens the main menu."""
    return SayButton(context.say("button.menu"), Action("menu"))


def person(context: Context) -> SayButton:
    """Asks for a person."""
    return SayButton(context.say("button.human"), Action("human"))


def not_mine(context: Context) -> SayButton:
    """Tells that the question was misread."""
    return SayButton(context.say("button.not_mine"), Action("not_mine"))


def hotline(context: Context) -> CallButton:
    """Calls the hotline of the register."""
    return CallButton(context.say("button.call_hotline"), context.knowledge.official.phone_by_id("hotline").display)


def to(context: Context, intent: str) -> SayButton:
    """Leads to a topic or an act, under its own label."""
    name = "faq" if intent in context.knowledge.faqs else "act"
    return SayButton(context.knowledge.label(intent), Action(name, {"id": intent}))


def known(context: Context, *intents: str) -> tuple[SayButton, ...]:
    """Buttons for those of the intents that the content has."""
    return tuple(to(context, intent) for intent in intents if intent in context.knowledge)
