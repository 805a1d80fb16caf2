"""Texts as sparse rows of numbers over a fixed vocabulary of features, each block normalised on its own."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from chatbot.nlu.features import BLOCK_OF, Block, Counted

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

WEIGHTS: Final = {Block.WORDS: 1.0, Block.PIECES: 1.0, Block.ACCENTS: 0.6, Block.CONCEPTS: 0.3}
_BLOCK_WEIGHTS: Final = np.array([WEIGHTS[block] for block in Block])
_KIND: Final = {"#": 0.6, "s": 0.7}
"""Weights of single kinds of features within their block; the others count 1."""
_NOT_MISSED: Final = frozenset("sx")
"""Kinds of which most are never seen in training: unknown ones say nothing."""
_RARE: Final = {"b": 2, "s": 3, "e": 2, "x": 3}
"""Training texts that a feature of this kind must stand in, else it is left out: keeps the model small."""


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
        names, counts = zip(*counted.items(), strict=True) if counted else ((), ())
        numbers = np.array([self.numbers.get(name, -1) for name in names], np.int32)
        times = np.float32(1.0) + np.log(np.array(counts, np.float32), dtype=np.float32)
        known = numbers >= 0
        ids = numbers[known]
        if not len(ids):
            return Row(ids, np.zeros(0, np.float32), 0.0)
        missed = [
            float(times[place]) * _KIND.get(names[place][0], 1.0)
            for place in np.flatnonzero(~known).tolist()
            if names[place][0] not in _NOT_MISSED
        ]
        unseen = self._unseen**2 * sum(weight * weight for weight in missed)
        return _balanced(ids, times[known] * self._factors[ids], self.blocks[ids], unseen)

    def rows(self, texts: Sequence[Counted]) -> Rows:
        """Rows of many texts."""
        made = [self.row(counted) for counted in texts]
        starts = np.zeros(len(made) + 1, np.int64)
        np.cumsum([len(row.ids) for row in made], out=starts[1:])
        if not made:
            return Rows(starts, np.zeros(0, np.int32), np.zeros(0, np.float32))
        return Rows(starts, np.concatenate([row.ids for row in made]), np.concatenate([row.values for row in made]))


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
    squares = np.bincount(blocks, values * values, len(Block)) + 1e-9
    scale = (_BLOCK_WEIGHTS / np.sqrt(squares)).astype(np.float32)
    scaled = values * scale[blocks]
    scaled /= math.sqrt(float(scaled @ scaled) + 1e-9)
    inside = float(squares.sum())
    return Row(ids, scaled, math.sqrt(inside / (inside + unseen)))
