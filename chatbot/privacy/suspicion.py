"""A cheap first look: most messages hold nothing that could be a secret; only the others are read with the patterns."""

import re
from typing import Final

from chatbot.privacy import patterns

_PIECES: Final = ("@", "kha", "mk", "m.k", "pas", "pw", "p/w", "p.w", "pin", "mail", "yahoo", "outlook", "icloud")
"""Every keyword and mail name of `patterns.SUSPECT` contains one of these."""
_DIGIT: Final = re.compile(r"\d")
_SPELLED: Final = frozenset(patterns.SPELLED_DIGIT.removeprefix("(?:").removesuffix(")").split("|"))
_LEAST_SPELLED: Final = 4
_WORD: Final = re.compile(r"[a-z]+")


def suspicious(folded: str) -> bool:
    """Could this shadow of a text hold a guarded value?"""
    return _hinted(folded) and patterns.SUSPECT.search(folded) is not None


def _hinted(folded: str) -> bool:
    if _DIGIT.search(folded) or any(piece in folded for piece in _PIECES):
        return True
    words = _WORD.findall(folded)
    return sum(word in _SPELLED for word in words) >= _LEAST_SPELLED
