"""A pattern with the pieces of text that it cannot do without: most texts hold none and are spared the search."""

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sign:
    """`pattern` matches nowhere in a text that holds none of `pieces`; who changes the one looks at the other."""

    pieces: tuple[str, ...]
    pattern: re.Pattern[str]

    def stands_in(self, text: str) -> bool:
        """Does the pattern match somewhere?"""
        for piece in self.pieces:
            if piece in text:
                return self.pattern.search(text) is not None
        return False


def sign(pieces: Iterable[str], pattern: str) -> Sign:
    """A sign, compiled."""
    return Sign(tuple(pieces), re.compile(pattern))


def shows(signs: tuple[Sign, ...], text: str) -> bool:
    """Does one of the signs stand in the text?"""
    return any(one.stands_in(text) for one in signs)
