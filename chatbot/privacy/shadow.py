"""The text as the patterns read it: clean, then a shadow of equal length without marks, capitals or exotic digits."""

import re
import unicodedata
from collections.abc import Iterable

_LETTERS = (range(0x41, 0x5B), range(0xC0, 0x250), range(0x1E00, 0x1F00), range(0xFF01, 0xFF5F))
_LAST_DIGIT_PLANE = 0x1FBFF
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_STRAY_MARK = re.compile(r"(?<=\d)[\u0300-\u036f\u20d0-\u20ff]+")
BLANK = "\x00"
"""Stands in the shadow for what was lifted out; it belongs to no pattern."""


def _folded() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in range(_LAST_DIGIT_PLANE):
        value = unicodedata.digit(chr(code), None)
        if value is not None:
            table[code] = str(value)
    for code in _chain(_LETTERS):
        base = unicodedata.normalize("NFKD", chr(code))[0].lower()
        if len(base) == 1 and base.isascii():
            table[code] = base
    table |= {ord("đ"): "d", ord("Đ"): "d", ord("\xa0"): " ", ord("\r"): " "}
    return table


def _chain(ranges: Iterable[range]) -> Iterable[int]:
    for codes in ranges:
        yield from codes


_TABLE = _folded()
_LETTER_AS_DIGIT = re.compile(r"(?<![a-z])o+(?=\d)|(?<=\d)o+(?=[\d.\- ]{0,2}\d)|(?<=\d)[li](?=\d)")
_LETTER_BY_DIGIT = re.compile(r"[oli]\d|\do")
"""Stands wherever `_LETTER_AS_DIGIT` matches; quick to look for."""


def clean(text: str) -> str:
    """NFC, without invisible, control and bidirectional characters; line breaks and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n"))
    return _STRAY_MARK.sub("", unicodedata.normalize("NFC", text))


def shadow(text: str) -> str:
    """Lower case, no marks, plain digits; as long as `text`, so that positions agree."""
    return text.translate(_TABLE)


def read_digits(folded: str) -> str:
    """The shadow with the letters that people type for digits read as digits: o912..., 09l2..."""
    if not _LETTER_BY_DIGIT.search(folded):
        return folded
    return _LETTER_AS_DIGIT.sub(lambda found: "0" * len(found[0]) if found[0][0] == "o" else "1", folded)


def blank(folded: str, start: int, end: int) -> str:
    """The shadow with a span lifted out."""
    return folded[:start] + BLANK * (end - start) + folded[end:]
