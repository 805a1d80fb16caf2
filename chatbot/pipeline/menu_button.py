"""Ways on that stand under many replies."""

from chatbot.knowledge import Knowledge
from chatbot.model import Action, SayButton


def menu_button(knowledge: Knowledge) -> SayButton:
    """Opens the main menu."""
    return SayButton(knowledge.phrases.say("button.menu"), Action("menu"))


def human_button(knowledge: Knowledge) -> SayButton:
    """Asks for a person."""
    return SayButton(knowledge.phrases.say("button.human"), Action("human"))


def not_mine_button(knowledge: Knowledge) -> SayButton:
    """Tells that the bot misread the question."""
    return SayButton(knowledge.phrases.say("button.not_mine"), Action("not_mine"))
