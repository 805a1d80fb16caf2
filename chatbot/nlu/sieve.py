"""The background has as many phrasings as seventeen topics: which of them can be near enough to matter?"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from chatbot.nlu.vectors import Row, Rows

_COMMON: Final = 0.25
"""A feature that so many of the rows have is common. What all common ones add to a cosine is bounded at once, by the
product of their lengths; the others are multiplied."""
_UNKNOWN: Final = -1
_SHARED: Final = -2
_ROUNDING: Final = 1e-4


class Sieve:
    """Some rows, listed by feature: tells which of them can reach a cosine without multiplying all."""

    def __init__(self, rows: Rows, first: int, end: int, features: int) -> None:
        """Of the rows from `first` up to `end`."""
        starts = rows.starts[first : end + 1]
        ids, values = rows.ids[starts[0] : starts[-1]], rows.values[starts[0] : starts[-1]]
        number = np.repeat(np.arange(end - first), np.diff(starts))
        seen = np.bincount(ids, minlength=features)
        common = seen >= _COMMON * (end - first)
        shared = common[ids]
        order = np.argsort(ids[~shared], kind="stable")
        rare = (seen > 0) & ~common
        self._slots = np.full(features, _UNKNOWN, np.int32)
        self._slots[common] = _SHARED
        self._slots[rare] = np.arange(np.count_nonzero(rare))
        self._starts = np.concatenate(([0], np.cumsum(seen[rare])))
        self._numbers = number[~shared][order].astype(np.min_scalar_type(end - first))
        self._values = values[~shared][order]
        self._norms = np.sqrt(np.bincount(number[shared], values[shared].astype(np.float64) ** 2, end - first))

    def reaching(self, row: Row, least: float) -> NDArray[np.intp]:
        """Places of the rows whose cosine with this one may be `least` or more: all that are, few that are not."""
        slots = self._slots.take(row.ids)
        rare = (slots >= 0).nonzero()[0]
        firsts = self._starts.take(slots.take(rare))
        counts = self._starts.take(slots.take(rare) + 1) - firsts
        places = np.repeat(firsts - counts.cumsum() + counts, counts)
        places += np.arange(len(places))
        products = self._values.take(places)
        products *= np.repeat(row.values.take(rare), counts)
        most = np.bincount(self._numbers.take(places), products, len(self._norms))
        shared = row.values[slots == _SHARED]
        bound = most + self._norms * math.sqrt(float(shared @ shared))
        return np.asarray((bound >= least - _ROUNDING).nonzero()[0], np.intp)
