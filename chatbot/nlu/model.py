"""The trained model: from a normalised text to likely intents with the evidence for each."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from chatbot.nlu.confidence import Curve
from chatbot.nlu.features import Block
from chatbot.nlu.linear import SCALE, halved, softmax
from chatbot.nlu.nearest import LOOKED_AT, Phrasings
from chatbot.nlu.normalize import Normalizer, Words
from chatbot.nlu.vectors import Floats, Row, Vocabulary

NOWHERE: Final = "~"
"""The intent of background texts; sorts after every name and never leaves this package."""


def background_of(intents: Sequence[str]) -> int | None:
    """The number of the background among sorted intents, or None."""
    return len(intents) - 1 if intents[-1] == NOWHERE else None


REDIRECTS: Final = "other."
"""Intents that send people to another agency: said kindly, but no answer of ours."""
COSINE: Final = 5.0
LETTERS: Final = 4.0
_LONG: Final = 12
_HOPELESS: Final = 3e-3
"""An intent that is so much less likely than the first cannot overtake it by its phrasings."""
_AT_LEAST: Final = 4


@dataclass(frozen=True, slots=True)
class Scored:
    """An intent: its share of the linear model, cosine and likeness of its nearest phrasings, and the sum of all."""

    intent: str
    share: float
    cosine: float
    letters: float
    score: float


_NONE: Final = Scored("", 0.0, 0.0, 0.0, -20.0)
_SPEAKS: Final = 0.02
_SPEAKS_STRONGLY: Final = 0.3


@dataclass(frozen=True, slots=True)
class Support:
    """How broadly a text speaks for its best intent: the share of its weight that does at all, and strongly; the share
    of its words; and by how much the weaker of two views (whole words, pieces of words) prefers the intent."""

    any: float
    strong: float
    words: float
    weaker: float


_NO_SUPPORT: Final = Support(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything known about one text, best intent first. `rival` is the best intent that would be another answer,
    `background` the share of belonging nowhere."""

    scored: tuple[Scored, ...]
    rival: Scored
    background: float
    covered: float
    words: Words
    support: Support
    nearest: str = ""

    @property
    def signs(self) -> tuple[float, ...]:
        """What the confidence curves look at (see `confidence.SIGNS`)."""
        first, second = self.scored[0], self.rival
        return (
            1.0,
            math.log(first.share + 1e-6),
            min(first.score - second.score, 12.0),
            math.log(self.background + 1e-6),
            first.cosine,
            first.cosine - second.cosine,
            first.letters,
            self.covered,
            self.words.known,
            min(len(self.words.folded), _LONG) / _LONG,
            self.support.any,
            self.support.strong,
            self.support.words,
            self.support.weaker,
        )


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Confidences from which to answer (by risk), and from which to ask back with choices."""

    answer_high: float
    answer_normal: float
    ask: float


@dataclass(frozen=True, slots=True)
class Model:
    """A linear model with its phrasings and its calibration. Read-only, shared by threads."""

    intents: tuple[str, ...]
    normalizer: Normalizer
    vocabulary: Vocabulary
    weights: NDArray[np.float16]
    """Features x intents, halved for memory: as they stand in the cache, so that a start from there changes nothing."""
    phrasings: Phrasings
    right: Curve
    """The best intent is the right one."""
    near: Curve
    """The right one is among the best three."""
    thresholds: Thresholds

    def evidence(self, words: Words) -> Evidence:
        """Weigh a normalised text. No known feature at all = no scored intent."""
        row = self.vocabulary.read(words, self.normalizer.lexicon)
        if not words.folded or not len(row.ids):
            return Evidence((), _NONE, 1.0, 0.0, words, _NO_SUPPORT)
        weights = halved(self.weights, row.ids)
        shares = softmax(SCALE * (row.values @ weights))
        likely = _likely(shares)
        near = self.phrasings.near(row, words.text, likely)
        scored = [
            self._scored(number, float(shares[number]), near.cosine[number], near.letters[number])
            for number in likely
            if number in near.cosine
        ]
        background = float(shares[-1]) if self.intents[-1] == NOWHERE else 0.0
        kept = sorted(scored, key=lambda item: -item.score)
        support = self._support(row, weights, self.intents.index(kept[0].intent))
        nearest = self.phrasings.texts[near.nearest]
        return Evidence(tuple(kept), self._rival(kept), background, row.covered, words, support, nearest)

    def _support(self, row: Row, weights: Floats, best: int) -> Support:
        squares = row.values * row.values
        speaks = weights[:, best]
        pieces, others = self.vocabulary.blocks.take(row.ids).searchsorted((Block.PIECES, Block.PIECES + 1)).tolist()
        views = np.zeros((2, len(squares)), np.float32)
        views[0, :pieces] = row.values[:pieces]
        views[1, pieces:others] = row.values[pieces:others]
        seen = views @ weights
        mine = seen[:, best].copy()
        seen[:, best] = -np.inf
        words = squares[self.vocabulary.words.take(row.ids)]  # they come first
        return Support(
            any=float(np.add.reduce(squares[speaks > _SPEAKS])),
            strong=float(np.add.reduce(squares[speaks > _SPEAKS_STRONGLY])),
            words=float(np.add.reduce(words[speaks[: len(words)] > 0]) / (np.add.reduce(words) + 1e-9)),
            weaker=SCALE * float((mine - seen.max(axis=1)).min()),
        )

    def _rival(self, scored: Sequence[Scored]) -> Scored:
        twins = self.normalizer.lexicon.twins.get(scored[0].intent, frozenset()) if scored else frozenset()
        return next((item for item in scored[1:] if item.intent not in twins), _NONE)

    def _scored(self, number: int, share: float, cosine: float, letters: float) -> Scored:
        score = math.log(share + 1e-6) + COSINE * cosine + LETTERS * letters
        return Scored(self.intents[number], share, cosine, letters, score)


def _likely(shares: Floats) -> list[int]:
    """Numbers of the intents whose phrasings are worth comparing, the likeliest first."""
    first = (-shares).argsort(kind="stable")[:LOOKED_AT]
    near = int(np.count_nonzero(shares[first] > shares[first[0]] * _HOPELESS))
    likely: list[int] = first[: max(near, _AT_LEAST)].tolist()
    return likely


def spread(scored: Sequence[Scored]) -> list[float]:
    """Scores as shares that sum to 1."""
    if not scored:
        return []
    powers = [math.exp(item.score - scored[0].score) for item in scored]
    total = sum(powers)
    return [power / total for power in powers]
