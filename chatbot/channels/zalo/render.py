"""A reply as Zalo messages: text, or text with at most five buttons; more choices become a numbered list."""

import re
from typing import Any, Final
from unicodedata import normalize

from chatbot.channels.base import Limits, Payload
from chatbot.channels.text import numbered, shorten, split, utf16
from chatbot.model import Button, CallButton, LinkButton, Part, Reply, SayButton

LIMITS: Final = Limits(text=2000, buttons=5, label=100, payload=1000)


def render(reply: Reply) -> tuple[Payload, ...]:
    """Every part in order. Numbers of typed choices run through the whole reply, as the session's offers do."""
    payloads: list[Payload] = []
    first = 1
    for part in reply.parts:
        payloads.extend(_part(part, first))
        first += sum(isinstance(button, SayButton) for button in part.buttons)
    return tuple(payloads)


def phone_code(phone: str) -> str:
    """A number as the dialler wants it: digits, +84 written as 0."""
    digits = re.sub(r"[^\d+]", "", phone)
    return "0" + digits.removeprefix("+84") if digits.startswith("+84") else digits.lstrip("+")


def _part(part: Part, first: int) -> list[Payload]:
    texts = split(normalize("NFC", _full_text(part, first)), LIMITS.text, utf16)
    messages: list[dict[str, Any]] = [{"text": text} for text in texts]
    if part.buttons and messages:
        shown = [_button(button) for button in part.buttons[: LIMITS.buttons]]
        messages[-1]["attachment"] = {"type": "template", "payload": {"buttons": shown}}
    return [{"message": message} for message in messages]


def _full_text(part: Part, first: int) -> str:
    """The text and, where buttons cannot say it all, the choices to type and the addresses and numbers to use."""
    crowded = len(part.buttons) > LIMITS.buttons
    too_long = any(utf16(button.label) > LIMITS.label for button in part.buttons)
    if not crowded and not too_long and part.text.strip():
        return part.text
    says = [button for button in part.buttons if isinstance(button, SayButton)]
    hidden = [
        button
        for place, button in enumerate(part.buttons)
        if place >= LIMITS.buttons or utf16(button.label) > LIMITS.label or not part.text.strip()
    ]
    lines = [f"{button.label}: {_address(button)}" for button in hidden if not isinstance(button, SayButton)]
    blocks = (part.text.strip(), numbered(says, first), "\n".join(lines))
    return "\n\n".join(block for block in blocks if block)


def _address(button: LinkButton | CallButton) -> str:
    return button.url if isinstance(button, LinkButton) else button.phone


def _button(button: Button) -> dict[str, Any]:
    title = shorten(normalize("NFC", button.label), LIMITS.label, utf16)
    match button:
        case SayButton():
            return {"title": title, "type": "oa.query.hide", "payload": button.action.pack()}
        case LinkButton():
            return {"title": title, "type": "oa.open.url", "payload": {"url": button.url}}
        case CallButton():
            return {"title": title, "type": "oa.open.phone", "payload": {"phone_code": phone_code(button.phone)}}
