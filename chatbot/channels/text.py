"""Cutting texts to a platform's size: at ends of lines and sentences, never inside a word or a marked letter."""

import re
from collections.abc import Callable, Sequence
from typing import Final
from unicodedata import category

from chatbot.model import SayButton

Measure = Callable[[str], int]

ELLIPSIS: Final = "…"
LEAST_FILL: Final = 0.4
"""A better kind of break is preferred only if the piece is at least this full."""
_PARAGRAPH = re.compile(r"\n\s*\n\s*")
_LINE = re.compile(r"\s*\n\s*")
_SENTENCE = re.compile(r"(?<=[.!?…;])(?<!\n\d\.)(?<!\n\d\d\.)[\"”’')\]]*\s+")
_SPACE = re.compile(r"\s+")
_BREAKS: Final = (_PARAGRAPH, _LINE, _SENTENCE, _SPACE)
_JOINERS: Final = frozenset("\u200d\ufe0f\ufe0e")
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)


def utf16(text: str) -> int:
    """Length as JavaScript counts: a character outside the basic plane counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int, measure: Measure = len) -> tuple[str, ...]:
    """Pieces of at most `limit`; only white space at the joints is lost. An empty text gives no piece."""
    rest = text.strip()
    pieces = []
    while measure(rest) > limit:
        end, start = _cut(rest, _fitting(rest, limit, measure))
        pieces.append(rest[:end])
        rest = rest[start:].lstrip()
    return (*pieces, rest) if rest else tuple(pieces)


def split_tail(text: str, limit: int, tail_limit: int, measure: Measure = len) -> tuple[str, ...]:
    """Like `split`, but the last piece fits `tail_limit`, which may be smaller."""
    whole = text.strip()
    short = split(whole, tail_limit, measure)
    if len(short) <= 1:
        return short
    head = whole[: len(whole) - len(short[-1])]
    return (*split(head, limit, measure), short[-1])


def shorten(label: str, limit: int, measure: Measure = len) -> str:
    """A label within `limit`, cut at a word and marked with an ellipsis when something was left out."""
    whole = " ".join(label.split())
    if measure(whole) <= limit:
        return whole
    room = _fitting(whole, limit - 1, measure)
    spaces = [match.start() for match in _SPACE.finditer(whole, 0, room + 1)]
    end = spaces[-1] if spaces else _whole_letter(whole, room)
    return whole[:end].rstrip(" ,;:-–(") + ELLIPSIS


def numbered(buttons: Sequence[SayButton], first: int = 1) -> str:
    """The choices as a list to be answered by typing: "1. ...", one a line."""
    return "\n".join(f"{number}. {' '.join(button.label.split())}" for number, button in enumerate(buttons, first))


def _fitting(text: str, limit: int, measure: Measure) -> int:
    """How many characters of the text's beginning are within the limit."""
    end = min(len(text), limit)
    while end and measure(text[:end]) > limit:
        end -= max(1, (measure(text[:end]) - limit) // 2)
    return end


def _cut(text: str, room: int) -> tuple[int, int]:
    """Where the piece ends and where the next begins."""
    for pattern in _BREAKS:
        found = [match for match in pattern.finditer(text, 0, room + 1) if match.start() > 0 and _end(match) <= room]
        if found and (pattern is _SPACE or _end(found[-1]) >= room * LEAST_FILL):
            return _end(found[-1]), found[-1].end()
    end = _whole_letter(text, room)
    return end, end


def _end(match: re.Match[str]) -> int:
    """The end of the kept text: closing quotes belong to the sentence, the white space behind them is dropped."""
    return match.start() + len(match.group().rstrip())


def _whole_letter(text: str, end: int) -> int:
    """The nearest end at or before `end` that leaves letters with their marks; `end` itself if there is none."""
    cut = end
    while cut > 0 and cut < len(text) and _joined(text, cut):
        cut -= 1
    return cut or end


def _joined(text: str, cut: int) -> bool:
    following = text[cut]
    if category(following) in {"Mn", "Me", "Mc"} or following in _JOINERS or ord(following) in _SKIN_TONES:
        return True
    return text[cut - 1] == "\u200d"
