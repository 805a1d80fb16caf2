"""From normalised words to features: words, their pieces, their diacritics, and the lexicon's concepts."""

import re
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from sys import intern
from typing import Final, Self

from chatbot.nlu.letters import WORDS_REMEMBERED, accent_key
from chatbot.nlu.lexicon import Lexicon
from chatbot.nlu.normalize import Words

_PIECES: Final = (2, 3, 4)
_NUMBER = re.compile(r"\d")
_SHORT: Final = 3


class Block(IntEnum):
    """A family of features; each is normalised on its own."""

    WORDS = 0
    PIECES = 1
    ACCENTS = 2
    CONCEPTS = 3


BLOCK_OF: Final = {
    "w": Block.WORDS,
    "b": Block.WORDS,
    "s": Block.WORDS,
    "#": Block.PIECES,
    "d": Block.ACCENTS,
    "e": Block.ACCENTS,
    "c": Block.CONCEPTS,
    "x": Block.CONCEPTS,
}


def cut(word: str) -> tuple[str, ...]:
    """The 2- to 4-letter pieces of a word with its edges marked."""
    padded = f" {word} "
    found: list[str] = []
    for size in _PIECES:
        if len(padded) <= size:
            found.append("#" + padded)
            break
        found.extend("#" + padded[place : place + size] for place in range(len(padded) - size + 1))
    return tuple(found)


_pieces = lru_cache(maxsize=WORDS_REMEMBERED)(cut)
"""Remembered for training; whoever only reads remembers their numbers instead."""


def _shape(word: str) -> str:
    """Numbers alike in pairs of words: "15 năm" and "17 năm" ask the same."""
    return "0" if word[0].isdigit() else word


def _pairs(words: tuple[str, ...], mark: str) -> list[str]:
    return [f"{mark}{one} {two}" for one, two in pairwise(words)]


def concepts(words: Words, lexicon: Lexicon) -> set[str]:
    """The lexicon's concepts that a text names; diacritics count where the citizen typed them."""
    found: set[str] = set()
    for place, first in enumerate(words.folded):
        for size in lexicon.sizes.get(first, ()):
            end = place + size
            for form, name in lexicon.concepts.get(words.folded[place:end], ()):
                if name not in found and _same(form, words.spelled[place:end]):
                    found.add(name)
    return found


def _same(form: tuple[str, ...], spelled: tuple[str, ...]) -> bool:
    """Are these words, which fold alike, spelled as the form or without diacritics?"""
    for key, word in zip(form, spelled, strict=True):
        if accent_key(word) != key and (not word.isascii() or (len(form) == 1 and len(word) <= _SHORT)):
            return False
    return True


@dataclass(frozen=True, slots=True)
class Counted:
    """The features of a text and how often each occurs, kept small: training holds those of every text at once."""

    names: tuple[str, ...]
    times: bytes
    """At most 255 each."""

    @classmethod
    def of(cls, counted: Counter[str]) -> Self:
        """Names are shared between texts."""
        return cls(tuple(map(intern, counted)), bytes(min(times, 255) for times in counted.values()))

    def only(self, kept: Set[str]) -> Self:
        """Without the features that are not among the kept."""
        pairs = [(name, times) for name, times in self.items() if name in kept]
        return type(self)(tuple(name for name, _ in pairs), bytes(times for _, times in pairs))

    def items(self) -> Iterator[tuple[str, int]]:
        """Name and count, in the order of the text."""
        return zip(self.names, self.times, strict=True)

    def __len__(self) -> int:
        return len(self.names)


def features(words: Words, lexicon: Lexicon) -> Counter[str]:
    """Every feature of a text with its count; the blocks stand one after the other in the order of `Block`."""
    found = sequence(words)
    for word in words.merged:
        found.extend(_pieces(word))
    found.extend(meaning(words, lexicon))
    return Counter(found)


def sequence(words: Words) -> list[str]:
    """The features of the block WORDS, those of single words first."""
    shaped = ("^", *map(_shape, words.merged), "$")
    found = ["w" + word for word in words.merged]
    found.extend(_pairs(shaped, "b"))
    found.extend([f"s{one} {two}" for one, two in zip(shaped, shaped[2:], strict=False)])
    return found


def meaning(words: Words, lexicon: Lexicon) -> list[str]:
    """The features of the blocks ACCENTS and CONCEPTS."""
    found: list[str] = []
    if words.accented:
        found.extend(["d" + word for word in words.spelled if not word.isascii()])
        found.extend([pair for pair in _pairs(words.spelled, "e") if not pair.isascii()])
    found.extend(_concept_features(concepts(words, lexicon)))
    return found


def _concept_features(named: set[str]) -> list[str]:
    benefits = sorted(name for name in named if not name.startswith("?"))
    aspects = sorted(name for name in named if name.startswith("?"))
    return ["c" + name for name in (*benefits, *aspects)] + [f"x{one}{two}" for one in benefits for two in aspects]
