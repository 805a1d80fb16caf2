"""Not sure enough: at most three choices in citizens' words. Never twice in a row."""

from typing import Final

from chatbot.model import Action, Match, Outcome, Part, Reply, SayButton
from chatbot.pipeline.menu_button import not_mine_button
from chatbot.pipeline.work import Setup

MOST_CHOICES: Final = 3
FAINT: Final = 0.03
"""Candidates below this confidence only confuse."""
NOT_A_CHOICE: Final = ("smalltalk.", "flow.", "pii.", "complaint.")
"""Intents that nobody means to choose from a list."""


def choices(match: Match, setup: Setup) -> tuple[str, ...]:
    """The intents worth asking about, best first, each label once."""
    seen: dict[str, str] = {}
    wanted = (match.intent, match.second, *(one.intent for one in match.candidates[1:]))
    likely = {one.intent for one in match.candidates if one.confidence >= FAINT} | {match.intent, match.second}
    for intent in wanted:
        if intent in likely and intent in setup.knowledge and not intent.startswith(NOT_A_CHOICE):
            seen.setdefault(setup.knowledge.label(intent), intent)
    return tuple(seen.values())[:MOST_CHOICES]


def clarify(match: Match, setup: Setup) -> Reply | None:
    """The question back, or None when there is nothing to choose from."""
    intents = choices(match, setup)
    if not intents:
        return None
    knowledge = setup.knowledge
    lines = [f"{number}. {knowledge.title(intent)}" for number, intent in enumerate(intents, 1)]
    key = "clarify.ask" if len(intents) > 1 else "clarify.ask_one"
    text = "\n".join((knowledge.phrases.say(key), *lines))
    buttons = tuple(SayButton(knowledge.label(intent), Action("act", {"id": intent})) for intent in intents)
    part = Part(text, (*buttons, not_mine_button(knowledge)))
    return Reply(outcome=Outcome.CLARIFY_CHOICES, parts=(part,), intent=match.intent)
