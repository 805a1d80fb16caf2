"""What nobody else answered: said honestly, with ways on. Registered last."""

from typing import Final

from chatbot.dialogue import Context, Handled, Router
from chatbot.model import Action, Button, Outcome, Part, Reply, SayButton
from handlers import human, menu, ways_on

router = Router("fallback", priority=99)

FRIENDLY: Final = frozenset("👍👌👏🙏🤝💪❤♥💕💖💗🧡💛💚💙💜🌹🌸😀😃😄😁😊🙂😍🥰😘☺🤗🎉\ufe0f\u200d🏻🏼🏽🏾🏿 ")
"""Emoji that thank or agree; they ask nothing."""
NEAR: Final = 0.1
"""Confidence from which the best topic's group is worth opening."""


@router.intent("fallback.unknown")
@router.otherwise
def unknown(context: Context) -> Reply | Handled:
    """Not understood, or nothing is known about it. Then by turns the menu, and other doors."""
    if human.waits(context):
        return human.handed(context)
    misses = context.session.misses
    variant = 2 - misses % 2 if misses else 0
    buttons = menu.main_buttons(context) if variant == 1 else tuple(_ways(context))
    text = context.say("fallback.unknown", variant)
    return Reply(outcome=Outcome.UNANSWERED_UNKNOWN, parts=(Part(text, buttons),))


def _ways(context: Context) -> list[Button]:
    ways: list[Button] = []
    faq = context.knowledge.faqs.get(context.match.intent)
    if faq is not None and context.match.confidence >= NEAR:
        label = context.knowledge.groups.groups[faq.group].label
        ways.append(SayButton(label, Action("group", {"id": faq.group})))
    return [*ways, ways_on.menu(context), ways_on.hotline(context), ways_on.person(context)]


@router.intent("fallback.empty")
def empty(context: Context) -> Reply | Handled:
    """Nothing to read: emoji, dots, a lone letter."""
    if context.session.greeted and context.text.strip() and FRIENDLY.issuperset(context.text):
        return Reply(outcome=Outcome.ANSWERED_SMALLTALK, parts=(Part(context.say("smalltalk.emoji")),))
    if human.waits(context):
        return human.handed(context)
    text = context.say("fallback.empty", min(context.session.misses, 1))
    return Reply(outcome=Outcome.UNANSWERED_EMPTY, parts=(Part(text, menu.main_buttons(context)),))


@router.intent("fallback.button")
def old_button(context: Context) -> Reply:
    """A button of an older version, or a forged one."""
    part = Part(context.say("fallback.button"), menu.main_buttons(context))
    return Reply(outcome=Outcome.ANSWERED_MENU, parts=(part,))
