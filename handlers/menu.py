"""The menu: main items, groups of topics, topics of a group. Any topic is at most three taps away."""

import re
from collections.abc import Sequence
from typing import Final

from chatbot.dialogue import Context, Router
from chatbot.knowledge import Aspect, Faq
from chatbot.model import Action, Button, Outcome, Part, Reply, SayButton

router = Router("menu", priority=60)

PAGE: Final = 25
"""Topics on one page of a group: the largest group fits, and its list still fits one message."""
PAGE_NUMBER: Final = re.compile(r"[0-9]{1,3}")
ORDER: Final = tuple(Aspect)
GROUPS: Final = "groups"
"""The `list` of a menu action that shows all groups."""


@router.action("menu")
@router.intent("smalltalk.help")
def show(context: Context) -> Reply:
    """The main menu, or the list of groups."""
    action = context.event.action
    if action is not None and action.args.get("list") == GROUPS:
        return groups(context)
    key = "smalltalk.help" if context.match.intent == "smalltalk.help" else "menu.main"
    return _reply(context.say(key), main_buttons(context))


def main_buttons(context: Context) -> tuple[Button, ...]:
    """The main menu's buttons, five at most."""
    return tuple(SayButton(item.label, item.action) for item in context.knowledge.menu.main)


def groups(context: Context) -> Reply:
    """Every group that has topics, in the order of groups.yaml."""
    used = {faq.group for faq in context.knowledge.faqs.values()}
    shown = [(name, group) for name, group in context.knowledge.groups.groups.items() if name in used]
    buttons = [SayButton(group.label, Action("group", {"id": name})) for name, group in shown]
    return _reply(context.say("menu.groups"), buttons)


@router.action("group")
def group(context: Context) -> Reply:
    """The topics of a group, a page at a time; an unknown group shows all groups."""
    action = context.event.action
    name = action.args.get("id", "") if action else ""
    known = context.knowledge.groups.groups.get(name)
    if known is None:
        return groups(context)
    topics = sorted((faq for faq in context.knowledge.faqs.values() if faq.group == name), key=_rank)
    page = _page(action.args.get("page", "") if action else "", len(topics))
    buttons = [_topic(faq) for faq in topics[page * PAGE : (page + 1) * PAGE]]
    if len(topics) > (page + 1) * PAGE:
        buttons.append(SayButton(context.say("button.more"), Action("group", {"id": name, "page": str(page + 1)})))
    buttons.append(SayButton(context.say("button.back_to_groups"), Action("menu", {"list": GROUPS})))
    return _reply(context.say("menu.group", title=known.title), buttons)


def _page(asked: str, topics: int) -> int:
    last = max(0, (topics - 1) // PAGE)
    return min(int(asked), last) if PAGE_NUMBER.fullmatch(asked) else 0


def _rank(faq: Faq) -> int:
    """Who may, how much, how long, which papers first; exceptions last. The content's own order within each."""
    return ORDER.index(faq.aspect)


def _topic(faq: Faq) -> SayButton:
    return SayButton(faq.label, Action("faq", {"id": faq.id}))


def _reply(text: str, buttons: Sequence[Button]) -> Reply:
    return Reply(outcome=Outcome.ANSWERED_MENU, parts=(Part(text, tuple(buttons)),))
