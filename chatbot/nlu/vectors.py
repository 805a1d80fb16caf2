"""Texts as sparse rows of numbers over a fixed vocabulary of features, each block normalised on its own."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from chatbot.nlu.features import BLOCK_OF, Block, Counted, cut, meaning, sequence
from chatbot.nlu.letters import WORDS_REMEMBERED
from chatbot.nlu.lexicon import Lexicon
from chatbot.nlu.normalize import Words

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

WEIGHTS: Final = {Block.WORDS: 1.0, Block.PIECES: 1.0, Block.ACCENTS: 0.6, Block.CONCEPTS: 0.3}
_BLOCK_WEIGHTS: Final = [WEIGHTS[block] for block in Block]
_KIND: Final = {"#": 0.6, "s": 0.7}
"""Weights of single kinds of features within their block; the others count 1."""
_NOT_MISSED: Final = frozenset("sx")
"""Kinds of which most are never seen in training: unknown ones say nothing."""
_RARE: Final = {"b": 2, "s": 3, "e": 2, "x": 3}
"""Training texts that a feature of this kind must stand in, else it is left out: keeps the model small."""

_MOST: Final = 4095
_TIMES: Final = np.float32(1.0) + np.log(np.maximum(np.arange(_MOST + 1, dtype=np.float32), 1))
"""How much a feature counts that stands so often in a text; none of a text that is read can stand more often."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text: feature numbers, their weights (length 1) and the share of its weight that the vocabulary holds."""

    ids: Ints
    values: Floats
    covered: float


@dataclass(frozen=True, slots=True)
class Rows:
    """Many texts, one after the other; `starts` has one entry more than there are rows."""

    starts: NDArray[np.int64]
    ids: Ints
    values: Floats

    def __len__(self) -> int:
        return len(self.starts) - 1

    def row(self, number: int) -> tuple[Ints, Floats]:
        """The feature numbers and weights of one row."""
        first, end = self.starts[number], self.starts[number + 1]
        return self.ids[first:end], self.values[first:end]


class Vocabulary:
    """Numbers and inverse document frequencies of the features of training texts."""

    def __init__(self, names: Sequence[str], idf: Floats) -> None:
        self.names = names
        self.numbers: Mapping[str, int] = {name: number for number, name in enumerate(names)}
        self.idf = idf
        self.blocks = np.array([BLOCK_OF[name[0]] for name in names], np.uint8)
        self.words = np.array([name[0] == "w" for name in names], np.bool_)
        self._factors = idf * np.array([_KIND.get(name[0], 1.0) for name in names], np.float32)
        self._unseen = float(idf.max()) if len(idf) else 1.0
        self._pieces = lru_cache(maxsize=WORDS_REMEMBERED)(partial(_pieces, self.numbers))

    @classmethod
    def of(cls, texts: Sequence[Counted]) -> "Vocabulary":
        """Learn from training texts; the same texts in the same order give the same vocabulary."""
        seen = times_seen(texts)
        names = sorted(name for name, times in seen.items() if times >= _RARE.get(name[0], 1))
        total = len(texts)
        idf = np.array([math.log((1 + total) / (1 + seen[name])) + 1 for name in names], np.float32)
        return cls(names, idf)

    def __len__(self) -> int:
        return len(self.names)

    def row(self, counted: Counter[str] | Counted) -> Row:
        """A text's row; features outside of the vocabulary count in the length, so unknown words make it uncertain."""
        known: dict[int, int] = {}
        unknown: dict[str, int] = {}
        for name, times in counted.items():
            number = self.numbers.get(name)
            if number is None:
                unknown[name] = times
            else:
                known[number] = times
        return self._row(known, unknown)

    def read(self, words: Words, lexicon: Lexicon) -> Row:
        """The row of `features`, without spelling out the pieces of words that were read before."""
        known, unknown = _numbered(self.numbers, sequence(words))
        for word in words.merged:
            numbers, names = self._pieces(word)
            known.extend(numbers)
            unknown.extend(names)
        numbers, names = _numbered(self.numbers, meaning(words, lexicon))
        return self._row(Counter([*known, *numbers]), Counter([*unknown, *names]))

    def _row(self, known: Mapping[int, int], unknown: Mapping[str, int]) -> Row:
        """The row of features with their counts: by number, and by name those that the vocabulary has not."""
        ids = np.fromiter(known, np.int32, len(known))
        if not known:
            return Row(ids, np.zeros(0, np.float32), 0.0)
        missed = 0.0
        for name, times in unknown.items():
            if name[0] not in _NOT_MISSED:
                missed += (_TIMES.item(min(times, _MOST)) * _KIND.get(name[0], 1.0)) ** 2
        values = _TIMES.take(np.fromiter(known.values(), np.intp, len(known)), mode="clip")
        values *= self._factors.take(ids)
        return _balanced(ids, values, self.blocks.take(ids), self._unseen**2 * missed)

    def rows(self, texts: Sequence[Counted]) -> Rows:
        """Rows of many texts."""
        most = sum(map(len, texts))
        ids, values = np.empty(most, np.int32), np.empty(most, np.float32)
        starts = np.zeros(len(texts) + 1, np.int64)
        end = 0
        for number, counted in enumerate(texts):
            row = self.row(counted)
            first, end = end, end + len(row.ids)
            ids[first:end], values[first:end], starts[number + 1] = row.ids, row.values, end
        return Rows(starts, ids[:end], values[:end])


def _numbered(numbers: Mapping[str, int], names: Sequence[str]) -> tuple[list[int], list[str]]:
    """The numbers of features, and the names of those that have none."""
    found = list(map(numbers.get, names))
    known = [number for number in found if number is not None]
    if len(known) == len(names):
        return known, []
    return known, [name for name, number in zip(names, found, strict=True) if number is None]


def _pieces(numbers: Mapping[str, int], word: str) -> tuple[list[int], list[str]]:
    return _numbered(numbers, cut(word))


def times_seen(texts: Iterable[Counted]) -> Counter[str]:
    """In how many texts each feature stands."""
    seen: Counter[str] = Counter()
    for counted in texts:
        seen.update(counted.names)
    return seen


def without_rare(texts: Sequence[Counted]) -> list[Counted]:
    """The same texts without the features that no vocabulary of a part of them would hold."""
    kept = {name for name, times in times_seen(texts).items() if times >= _RARE.get(name[0], 1)}
    return [counted.only(kept) for counted in texts]


def _balanced(ids: Ints, values: Floats, blocks: NDArray[np.uint8], unseen: float) -> Row:
    squares = [square + 1e-9 for square in np.bincount(blocks, values * values, len(Block)).tolist()]
    scale = [weight / math.sqrt(square) for weight, square in zip(_BLOCK_WEIGHTS, squares, strict=True)]
    values *= np.array(scale, np.float32).take(blocks)
    values /= np.float32(math.sqrt(float(values @ values) + 1e-9))
    inside = sum(squares)
    return Row(ids, values, math.sqrt(inside / (inside + unseen)))
