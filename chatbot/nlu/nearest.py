"""The training phrasings nearest to a text, looked up only among the intents that the linear model finds likely."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from chatbot.nlu.vectors import Floats, Row, Rows

LOOKED_AT: Final = 8
"""Likely intents whose phrasings are compared."""
_RESCORED: Final = 12


@dataclass(frozen=True, slots=True)
class Neighbours:
    """By intent number the best cosine and likeness of letters, both 0 to 1; and the nearest phrasing of all."""

    cosine: Floats
    letters: Floats
    nearest: int


class Phrasings:
    """Training phrasings ordered by intent, with their rows."""

    def __init__(self, rows: Rows, bounds: NDArray[np.int64], texts: Sequence[str], features: int) -> None:
        """`bounds` has one entry more than there are intents: where each intent's phrasings start."""
        self.rows = rows
        self.bounds = bounds
        self.texts = texts
        self._features = features

    def near(self, row: Row, text: str, likely: NDArray[np.int64]) -> Neighbours:
        """Compare a text with the phrasings of the likely intents."""
        classes = len(self.bounds) - 1
        cosine = np.zeros(classes, np.float32)
        letters = np.zeros(classes, np.float32)
        query = np.zeros(self._features, np.float32)
        query[row.ids] = row.values
        found: list[tuple[float, int, int]] = []
        for intent in likely.tolist():
            similar = self._cosines(query, intent) * row.covered
            if len(similar):
                cosine[intent] = similar.max()
                best = np.argpartition(-similar, min(3, len(similar) - 1))[:4]
                first = int(self.bounds[intent])
                found.extend((float(similar[place]), first + int(place), intent) for place in best)
        found.sort(reverse=True)
        for _, number, intent in found[:_RESCORED]:
            letters[intent] = max(letters[intent], likeness(text, self.texts[number]))
        return Neighbours(cosine, letters, found[0][1] if found else -1)

    def _cosines(self, query: Floats, intent: int) -> Floats:
        first, end = int(self.bounds[intent]), int(self.bounds[intent + 1])
        starts = self.rows.starts[first : end + 1]
        if first == end or starts[0] == starts[-1]:
            return np.zeros(0, np.float32)
        inside = slice(int(starts[0]), int(starts[-1]))
        products = query.take(self.rows.ids[inside], mode="clip") * self.rows.values[inside]
        return np.asarray(np.add.reduceat(products, starts[:-1] - starts[0]), np.float32)


def likeness(one: str, two: str) -> float:
    """How alike two normalised texts are by letters and by words, 0 to 1."""
    return (fuzz.ratio(one, two) + fuzz.token_set_ratio(one, two)) / 200.0
