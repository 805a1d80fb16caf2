"""A cheap first look: most messages hold nothing that could be a secret; only the others are read with the patterns."""

import re
from typing import Final

from chatbot.privacy import patterns

_KEYWORDS: Final = ("kha", "mk", "m.k", "m k", "mat ma", "khu", "pas", "p@s", "pw", "p/w", "p.w", "pin")
"""Every way of writing "mật khẩu" that the patterns know contains one of these."""
_MAILS: Final = ("mail", "yahoo", "outlook", "icloud")
_DIGIT: Final = re.compile(r"\d")
_SIX_DIGITS: Final = re.compile(r"\d(?:[\s.\-]{0,2}\d){5}")
_SYMBOL: Final = re.compile(r"[@#$^&*~!]")
_LETTER_AT_DIGIT: Final = re.compile(r"\d[a-z]|[a-z]\d")
_SPELLED: Final = frozenset(patterns.SPELLED_DIGIT.removeprefix("(?:").removesuffix(")").split("|"))
_NUMBER_WORDS: Final = _SPELLED | set(patterns.TENS)
_LEAST_SPELLED: Final = 4
_WORD: Final = re.compile(r"[a-z]+")


def suspicious(folded: str) -> bool:
    """Could this shadow of a text hold a guarded value?"""
    if holds_digit(folded) or "@" in folded:
        return True
    return _hinted(folded) and patterns.SUSPECT.search(folded) is not None


def holds_digit(folded: str) -> bool:
    """Is there a digit?"""
    return _DIGIT.search(folded) is not None


def holds_six_digits(folded: str) -> bool:
    """Are there as many digits together as the shortest passport or card has?"""
    return _SIX_DIGITS.search(folded) is not None


def holds_symbol(folded: str) -> bool:
    """Is there one of the symbols that nobody writes inside a word but in a password?"""
    return _SYMBOL.search(folded) is not None


def mixes_letters(folded: str) -> bool:
    """Does a letter stand beside a digit?"""
    return _LETTER_AT_DIGIT.search(folded) is not None


def names_password(folded: str) -> bool:
    """May this shadow name a password?"""
    return any(piece in folded for piece in _KEYWORDS)


def spells_numbers(folded: str) -> bool:
    """Are there as many number words as the shortest spoken code has?"""
    return sum(word in _NUMBER_WORDS for word in _WORD.findall(folded)) >= _LEAST_SPELLED


def _hinted(folded: str) -> bool:
    if names_password(folded) or any(piece in folded for piece in _MAILS):
        return True
    words = _WORD.findall(folded)
    return sum(word in _SPELLED for word in words) >= _LEAST_SPELLED
