"""A softmax over sparse rows, learnt by AdaGrad in plain numpy. Background rows are taught to belong nowhere."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from chatbot.nlu.vectors import Floats, Ints, Rows

SCALE: Final = 6.0
"""Rows have length 1; the scores are multiplied so that a softmax can become certain."""
BACKGROUND: Final = -1
_NOTICEABLE: Final = 2e-3
"""Classes less likely than this are not corrected by a row: ten times faster, the same result."""

_HALVED_AT_ONCE: Final = 1 << 20
_MANTISSA_BITS: Final = 23 - 10
"""How many more bits of mantissa a float of 32 bits has than one of 16."""
_NO_SIGN_COPIES: Final = np.int32(~0x7000_0000)
_EXPONENT_SHIFT: Final = np.float32(2.0 ** (127 - 15))

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast to learn."""

    epochs: int = 8
    rate: float = 0.2
    seed: int = 3


def learn(
    rows: Rows, labels: NDArray[np.int64], shape: tuple[int, int], schedule: Schedule, progress: Progress | None = None
) -> Floats:
    """The weights (features x classes). A label of -1 is background: its target is an even spread.

    Deterministic: the same rows, labels and seed give the same weights.
    """
    features, classes = shape
    weights = np.zeros((features, classes), np.float32)
    squares = np.full(features, 1e-4, np.float32)
    order = np.random.default_rng(schedule.seed)
    for epoch in range(schedule.epochs):
        rate = schedule.rate * (1.0 - 0.8 * epoch / schedule.epochs)
        for number in order.permutation(len(rows)):
            ids, values = rows.row(int(number))
            if len(ids):
                _step(weights, squares, ids, values, int(labels[number]), rate)
        if progress:
            progress((epoch + 1) / schedule.epochs)
    return weights


def _step(weights: Floats, squares: Floats, ids: Ints, values: Floats, label: int, rate: float) -> None:
    error = softmax(SCALE * (values @ weights[ids]))
    if label >= 0:
        error[label] -= 1.0
    else:
        error -= 1.0 / len(error)
    squares[ids] += values * values * np.float32(error @ error)
    step = (rate * values / np.sqrt(squares[ids])).astype(np.float32)
    wrong = np.flatnonzero(np.abs(error) > _NOTICEABLE)
    if label >= 0 and len(wrong) * 3 < len(error):
        weights[ids[:, None], wrong] -= step[:, None] * error[wrong]
    else:
        weights[ids] -= step[:, None] * error


def halve(weights: Floats) -> NDArray[np.float16]:
    """The weights in 16 bits, in the memory of these, which are gone: side by side they were the peak of training."""
    shape, size = weights.shape, weights.size
    flat = weights.reshape(-1)
    for first in range(0, size, _HALVED_AT_ONCE):
        part = flat[first : first + _HALVED_AT_ONCE].astype(np.float16)
        flat.view(np.float16)[first : first + len(part)] = part
    del flat
    weights.resize((size + 1) // 2, refcheck=False)  # gives back the other half
    return weights.view(np.float16)[:size].reshape(shape)


def halved(weights: NDArray[np.float16], ids: Ints) -> Floats:
    """The weights of some features, from their 16 bits. By hand: numpy takes four times as long."""
    bits = weights.view(np.int16).take(ids, axis=0, mode="clip").astype(np.int32)
    bits <<= _MANTISSA_BITS
    bits &= _NO_SIGN_COPIES
    floats = bits.view(np.float32)
    floats *= _EXPONENT_SHIFT
    return floats


def softmax(scores: Floats) -> Floats:
    """Scores as shares that sum to 1."""
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum(), np.float32)
