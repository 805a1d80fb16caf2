"""How sure a match is: a logistic curve fitted on phrasings unseen by the model, and the thresholds read off it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

SIGNS: Final = (
    "constant",
    "log share",
    "lead",
    "log background",
    "cosine",
    "cosine lead",
    "letters",
    "covered",
    "known",
    "length",
    "support",
    "strong support",
    "support of words",
    "weaker view",
)
"""What the curve looks at, in the order of `Evidence.signs`."""
_ROUNDS: Final = 40
_RIDGE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Curve:
    """Weights of a fitted logistic curve over standardised signs."""

    weights: tuple[float, ...]
    means: tuple[float, ...]
    spreads: tuple[float, ...]

    def at(self, signs: Sequence[float]) -> float:
        """The probability, 0 to 1."""
        total = 0.0
        for weight, mean, spread, sign in zip(self.weights, self.means, self.spreads, signs, strict=True):
            total += weight * (sign - mean) / spread
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def fit_curve(signs: NDArray[np.float64], right: NDArray[np.float64], heavy: NDArray[np.float64]) -> Curve:
    """Fit by Newton's method. `heavy` weighs each observation."""
    means, spreads = signs.mean(0), signs.std(0) + 1e-6
    means[0], spreads[0] = 0.0, 1.0
    scaled = (signs - means) / spreads
    weights = np.zeros(scaled.shape[1])
    for _ in range(_ROUNDS):
        share = 1.0 / (1.0 + np.exp(-np.clip(scaled @ weights, -30, 30)))
        slope = scaled.T @ (heavy * (right - share)) - _RIDGE * weights
        bend = (scaled * (heavy * share * (1 - share))[:, None]).T @ scaled + _RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(bend, slope)
    return Curve(tuple(weights.tolist()), tuple(means.tolist()), tuple(spreads.tolist()))


def threshold(sure: NDArray[np.float64], right: NDArray[np.float64], wanted: float) -> float:
    """The lowest confidence from which the answers are right in the wanted share of cases; 1 when there is none."""
    order = np.argsort(-sure, kind="stable")
    precise = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(precise >= wanted)
    return float(sure[order[good[-1]]]) if len(good) else 1.0


def above_all_but(sure: NDArray[np.float64], allowed: int) -> float:
    """The lowest confidence that at most `allowed` of these reach."""
    return float(np.nextafter(np.sort(sure)[-allowed - 1], np.inf)) if len(sure) > allowed else 0.0
