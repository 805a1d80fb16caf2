"""Numbers sent in halves: what the last message ended with and this one begins with may be one value."""

import re
from dataclasses import dataclass

from chatbot.model import SecretKind
from chatbot.privacy.patterns import EXPLAINED, LANDLINE, PUBLIC_TERMS, SERVICE
from chatbot.privacy.shadow import shadow
from chatbot.privacy.suspicion import holds_digit

_TAIL = re.compile(r"(?:\[OTP:(?P<masked>\d{1,2})\]|(?<![\d.,/])(?P<digits>\d(?:[ .\-]?\d){1,10}))\W*$")
_HEAD = re.compile(r"^\W{0,3}(?:\[OTP:(?P<masked>\d{1,2})\]|(?P<digits>\d(?:[ .\-]?\d){1,10})(?![\d.,/]))")
_SHAPE = re.compile(r"d(\d{1,2})")
_KINDS = {9: SecretKind.CCCD, 10: SecretKind.PHONE, 12: SecretKind.CCCD} | dict.fromkeys(
    range(13, 20), SecretKind.ACCOUNT
)


@dataclass(frozen=True, slots=True)
class Split:
    """A text with the second half of a number masked, what it was, and the shape of the text's own tail."""

    text: str
    found: tuple[SecretKind, ...]
    tail: str


def split_number(tail: str, text: str) -> Split:
    """Join `tail` ("d6": the last message ended with six digits, see `Session.tail`) with the masked text after it.

    Only lengths are remembered between messages, never digits.
    """
    folded = shadow(text)
    if not holds_digit(folded):
        return Split(text, (), "")
    kept = _SHAPE.fullmatch(tail)
    folded = folded.replace("[otp", "[OTP")
    head = _HEAD.match(folded)
    next_tail = _shape(_TAIL.search(folded))
    if kept is None or head is None or (head["digits"] and _known(head["digits"])):
        return Split(text, (), next_tail)
    size = _size(head)
    kind = _KINDS.get(int(kept[1]) + size)
    if kind is None or size < 3:
        return Split(text, (), next_tail)
    if head["masked"]:
        return Split(text, (kind,), "")
    start, end = head.span("digits")
    return Split(f"{text[:start]}[{kind.value}]{text[end:]}", (kind,), "")


def _size(match: re.Match[str]) -> int:
    return int(match["masked"]) if match["masked"] else sum(char.isdigit() for char in match["digits"])


def _shape(match: re.Match[str] | None) -> str:
    if match is None or (match["digits"] and _known(match["digits"])):
        return ""
    return f"d{_size(match)}"


def _known(digits: str) -> bool:
    """Dates, amounts and numbers that anybody may name are no half of anything."""
    plain = "".join(char for char in digits if char.isdigit())
    service = SERVICE.fullmatch(plain) or LANDLINE.fullmatch(plain)
    return plain in PUBLIC_TERMS or bool(service or EXPLAINED.fullmatch(digits))
