"""A reply as Messenger messages: quick replies for choices, a button template for links and calls."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from unicodedata import normalize

from chatbot.channels.base import Limits, Payload
from chatbot.channels.text import numbered, shorten, split_tail, utf16
from chatbot.model import Button, CallButton, LinkButton, Part, Reply, SayButton

LIMITS: Final = Limits(text=2000, buttons=13, label=20, payload=1000)
CUT_AT: Final = 1900
"""Texts are cut a little below the limit, whose unit Meta does not tell."""
TEMPLATE_TEXT: Final = 640
TEMPLATE_BUTTONS: Final = 3


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which buttons go where; `listed` are typed choices, `lines` what the text must tell because no button can."""

    template: tuple[Button, ...]
    quick: tuple[SayButton, ...]
    listed: tuple[SayButton, ...]
    lines: tuple[str, ...]
    first: int

    @property
    def addition(self) -> str:
        """What is added to the text."""
        blocks = (numbered(self.listed, self.first), "\n".join(self.lines))
        return "\n\n".join(block for block in blocks if block)


def render(reply: Reply) -> tuple[Payload, ...]:
    """Every part in order. Numbers of typed choices run through the whole reply, as the session's offers do."""
    payloads: list[Payload] = []
    first = 1
    for part in reply.parts:
        payloads.extend(_part(part, first))
        first += sum(isinstance(button, SayButton) for button in part.buttons)
    return tuple(payloads)


def phone_number(phone: str) -> str:
    """A number with its country's prefix, as the call button wants it."""
    digits = re.sub(r"[^\d+]", "", phone)
    if digits.startswith("+"):
        return digits
    return "+84" + digits.removeprefix("0")


def _part(part: Part, first: int) -> list[Payload]:
    layout = _layout(part, first)
    whole = normalize("NFC", "\n\n".join(block for block in (part.text.strip(), layout.addition) if block))
    tail = TEMPLATE_TEXT if layout.template else CUT_AT
    texts = split_tail(whole, CUT_AT, tail, utf16)
    messages: list[dict[str, Any]] = [{"text": text} for text in texts]
    if messages and layout.template:
        buttons = [_template_button(button) for button in layout.template]
        payload = {"template_type": "button", "text": texts[-1], "buttons": buttons}
        messages[-1] = {"attachment": {"type": "template", "payload": payload}}
    if messages and layout.quick:
        messages[-1]["quick_replies"] = _quick_replies(layout)
    return [{"messaging_type": "RESPONSE", "message": message} for message in messages]


def _layout(part: Part, first: int) -> _Layout:
    says = tuple(button for button in part.buttons if isinstance(button, SayButton))
    links = tuple(button for button in part.buttons if not isinstance(button, SayButton))
    mixed = bool(says and links) and len(part.buttons) <= TEMPLATE_BUTTONS
    quick = () if mixed else says[: LIMITS.buttons]
    crowded = len(says) > LIMITS.buttons or not part.text.strip()
    listed = says if crowded or any(_long(button) for button in says) else ()
    untold = [button for place, button in enumerate(links) if place >= TEMPLATE_BUTTONS or _long(button)]
    if not part.text.strip():
        untold = list(links)
    return _Layout(
        template=part.buttons if mixed else links[:TEMPLATE_BUTTONS],
        quick=quick,
        listed=listed,
        lines=tuple(f"{button.label}: {_address(button)}" for button in untold),
        first=first,
    )


def _long(button: Button) -> bool:
    return utf16(normalize("NFC", button.label)) > LIMITS.label


def _quick_replies(layout: _Layout) -> list[dict[str, str]]:
    return [
        {"content_type": "text", "title": title, "payload": button.action.pack()}
        for button, title in zip(layout.quick, _titles(layout.quick, layout), strict=True)
    ]


def _titles(buttons: Sequence[SayButton], layout: _Layout) -> list[str]:
    """Labels within the limit; with a list in the text they begin with their number."""
    labels = [
        f"{number}. {button.label}" if layout.listed else button.label
        for number, button in enumerate(buttons, layout.first)
    ]
    return [shorten(normalize("NFC", label), LIMITS.label, utf16) for label in labels]


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
