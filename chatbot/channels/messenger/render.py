"""A reply as Messenger messages: quick replies for choices, a button template for links and calls."""

import re
from dataclasses import dataclass
from typing import Any, Final
from unicodedata import normalize

from chatbot.channels.base import Limits, Payload
from chatbot.channels.text import numbered, shorten, split_tail, utf16
from chatbot.model import Button, CallButton, LinkButton, Reply, SayButton

LIMITS: Final = Limits(text=2000, buttons=13, label=20, payload=1000)
CUT_AT: Final = 1900
"""Texts are cut a little below the limit, whose unit Meta does not tell."""
TEMPLATE_TEXT: Final = 640
TEMPLATE_BUTTONS: Final = 3


@dataclass(frozen=True, slots=True)
class _Choice:
    """A button to say, with the number that can be typed instead."""

    number: int
    button: SayButton


@dataclass(frozen=True, slots=True)
class _Plan:
    """A part's buttons by where they go. `pooled` choices become quick replies at the very end of the reply, because
    Messenger hides quick replies as soon as another message follows; a template stays."""

    text: str
    choices: tuple[_Choice, ...]
    links: tuple[LinkButton | CallButton, ...]
    template: tuple[Button, ...]
    pooled: tuple[_Choice, ...]


def render(reply: Reply) -> tuple[Payload, ...]:
    """Every part in order. Numbers of typed choices run through the whole reply, as the session's offers do."""
    plans = _plans(reply)
    pool = [choice for plan in plans for choice in plan.pooled]
    listed = len(pool) > LIMITS.buttons or any(_needs_list(plan) for plan in plans)
    messages = [message for plan in plans for message in _messages(plan, listed=listed)]
    if messages and pool:
        messages[-1]["quick_replies"] = [_quick_reply(choice, listed=listed) for choice in pool[: LIMITS.buttons]]
    return tuple({"messaging_type": "RESPONSE", "message": message} for message in messages)


def phone_number(phone: str) -> str:
    """A number with its country's prefix, as the call button wants it."""
    digits = re.sub(r"[^\d+]", "", phone)
    if digits.startswith("+"):
        return digits
    return "+84" + digits.removeprefix("0")


def _plans(reply: Reply) -> list[_Plan]:
    plans: list[_Plan] = []
    number = 1
    for part in reply.parts:
        says = [button for button in part.buttons if isinstance(button, SayButton)]
        choices = tuple(_Choice(place, button) for place, button in enumerate(says, number))
        links = tuple(button for button in part.buttons if not isinstance(button, SayButton))
        together = bool(choices and links) and len(part.buttons) <= TEMPLATE_BUTTONS
        template = part.buttons if together else links[:TEMPLATE_BUTTONS]
        plans.append(_Plan(part.text.strip(), choices, links, template, () if together else choices))
        number += len(says)
    return plans


def _needs_list(plan: _Plan) -> bool:
    """Do the buttons alone not tell the choices in full?"""
    return bool(plan.choices) and (not plan.text or any(_long(choice.button) for choice in plan.choices))


def _messages(plan: _Plan, *, listed: bool) -> list[dict[str, Any]]:
    whole = normalize("NFC", _full_text(plan, listed=listed))
    texts = split_tail(whole, CUT_AT, TEMPLATE_TEXT if plan.template else CUT_AT, utf16)
    messages: list[dict[str, Any]] = [{"text": text} for text in texts]
    if messages and plan.template:
        buttons = [_template_button(button) for button in plan.template]
        payload = {"template_type": "button", "text": texts[-1], "buttons": buttons}
        messages[-1] = {"attachment": {"type": "template", "payload": payload}}
    return messages


def _full_text(plan: _Plan, *, listed: bool) -> str:
    """The text, the choices to type, and the addresses and numbers that no button shows in full."""
    hidden = [
        button for place, button in enumerate(plan.links) if place >= TEMPLATE_BUTTONS or _long(button) or not plan.text
    ]
    lines = "\n".join(f"{button.label}: {_address(button)}" for button in hidden)
    choices = numbered([choice.button for choice in plan.choices], plan.choices[0].number) if plan.choices else ""
    return "\n\n".join(block for block in (plan.text, choices if listed else "", lines) if block)


def _long(button: Button) -> bool:
    return utf16(normalize("NFC", button.label)) > LIMITS.label


def _quick_reply(choice: _Choice, *, listed: bool) -> dict[str, str]:
    """With a list in the text the label begins with its number."""
    label = f"{choice.number}. {choice.button.label}" if listed else choice.button.label
    title = shorten(normalize("NFC", label), LIMITS.label, utf16)
    return {"content_type": "text", "title": title, "payload": choice.button.action.pack()}


def _address(button: LinkButton | CallButton) -> str:
    return button.url if isinstance(button, LinkButton) else button.phone


def _template_button(button: Button) -> dict[str, str]:
    title = shorten(normalize("NFC", button.label), LIMITS.label, utf16)
    match button:
        case SayButton():
            return {"type": "postback", "title": title, "payload": button.action.pack()}
        case LinkButton():
            return {"type": "web_url", "title": title, "url": button.url}
        case CallButton():
            return {"type": "phone_number", "title": title, "payload": phone_number(button.phone)}
