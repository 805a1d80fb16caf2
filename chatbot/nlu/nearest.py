"""The training phrasings nearest to a text, looked up only among the intents that the linear model finds likely."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from chatbot.nlu.sieve import Sieve
from chatbot.nlu.vectors import Floats, Row, Rows

LOOKED_AT: Final = 8
"""Likely intents whose phrasings are compared."""
_RESCORED: Final = 12
_OF_ONE: Final = 4
"""Phrasings of one intent that are compared by letters, at most."""

Near = tuple[float, int, int]
"""The similarity of a phrasing, its number, and its intent's."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """By intent number the best cosine and likeness of letters, both 0 to 1; and the nearest phrasing of all."""

    cosine: Mapping[int, float]
    letters: Mapping[int, float]
    nearest: int


class Phrasings:
    """Training phrasings ordered by intent, with their rows: every intent has some, and no row is empty."""

    def __init__(
        self, rows: Rows, bounds: NDArray[np.int64], texts: Sequence[str], features: int, background: int | None = None
    ) -> None:
        """`bounds` has one entry more than there are intents: where each intent's phrasings start. Those of the intent
        `background` are looked up as neighbours only."""
        self.rows = rows
        self.bounds = bounds
        self.texts = texts
        self.background = background
        self._features = features
        self._firsts: list[int] = bounds.tolist()
        self._spans: list[int] = rows.starts[bounds].tolist()
        self._sieve = None
        if background is not None:
            self._sieve = Sieve(rows, self._firsts[background], self._firsts[background + 1], features)

    def near(self, row: Row, text: str, likely: Sequence[int]) -> Neighbours:
        """Compare a text with the phrasings of the likely intents; the background has no cosine and no likeness."""
        intents = sorted(intent for intent in likely if intent != self.background)
        query = np.zeros(self._features, np.float32)
        query[row.ids] = row.values
        similar = [self._of_intent(query, intent) * np.float32(row.covered) for intent in intents]
        best = [_highest(one, intent, self._firsts[intent]) for one, intent in zip(similar, intents, strict=True)]
        found = sorted(chain.from_iterable(best), reverse=True)[:_RESCORED]
        if self.background in likely:
            found = sorted([*found, *self._of_background(query, row, found)], reverse=True)[:_RESCORED]
        letters = dict.fromkeys(intents, 0.0)
        for _, number, intent in found:
            if intent != self.background:
                letters[intent] = max(letters[intent], likeness(text, self.texts[number], letters[intent]))
        return Neighbours({intent: cosine for (cosine, _, intent), *_ in best}, letters, found[0][1])

    def _of_intent(self, query: Floats, intent: int) -> Floats:
        """The cosines of an intent's phrasings, in their order."""
        starts = self.rows.starts[self._firsts[intent] : self._firsts[intent + 1]]
        inside = slice(self._spans[intent], self._spans[intent + 1])
        products = query.take(self.rows.ids[inside], mode="clip")
        products *= self.rows.values[inside]
        return np.asarray(np.add.reduceat(products, starts - inside.start), np.float32)

    def _of_background(self, query: Floats, row: Row, found: Sequence[Near]) -> list[Near]:
        """The nearest phrasings of the background that are nearer than the last one found."""
        if self._sieve is None or self.background is None:
            return []
        least = found[-1][0] / row.covered if len(found) == _RESCORED else 0.0
        numbers = self._sieve.reaching(row, least) + self._firsts[self.background]
        if not len(numbers):
            return []
        rows = [self.rows.row(number) for number in numbers.tolist()]
        products = query.take(np.concatenate([ids for ids, _ in rows]), mode="clip")
        products *= np.concatenate([values for _, values in rows])
        ends = np.cumsum([len(ids) for ids, _ in rows])
        similar = np.add.reduceat(products, np.concatenate(([0], ends[:-1]))) * np.float32(row.covered)
        return [
            (cosine, int(numbers[place]), intent) for cosine, place, intent in _highest(similar, self.background, 0)
        ]


def _highest(similar: Floats, intent: int, first: int) -> list[Near]:
    """The most similar phrasings of an intent whose phrasings begin at number `first`, best first."""
    best = similar.argsort(kind="stable")[: -_OF_ONE - 1 : -1]
    return [(float(similar[place]), first + place, intent) for place in best.tolist()]


def likeness(one: str, two: str, least: float = 0.0) -> float:
    """How alike two normalised texts are by letters and by words, 0 to 1; something lower when it is below `least`."""
    letters = fuzz.ratio(one, two)
    if letters + 100.0 < least * 200.0:  # the words take five times as long
        return 0.0
    return float(np.float32((letters + fuzz.token_set_ratio(one, two)) / 200.0))
