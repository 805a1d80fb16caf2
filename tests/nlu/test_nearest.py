"""The quick ways to the nearest phrasings find what the plain definition finds."""

from typing import Final

import numpy as np
import pytest

from chatbot.nlu.features import features
from chatbot.nlu.linear import halved
from chatbot.nlu.model import Model
from chatbot.nlu.nearest import Phrasings, likeness
from chatbot.nlu.sieve import Sieve
from chatbot.nlu.vectors import Floats, Ints, Row, Rows

FEATURES: Final = 60
SIZES: Final = (40, 3, 25, 400)
"""Phrasings of each intent; those of the last are the background's."""
LIKELY: Final = (2, 3, 0, 1)


def _row(draw: np.random.Generator) -> tuple[Ints, Floats]:
    ids = draw.choice(FEATURES, draw.integers(3, 20), replace=False, p=np.arange(FEATURES, 0, -1) / 1830)
    values = draw.random(len(ids), dtype=np.float32)
    return ids.astype(np.int32), values / np.float32(np.linalg.norm(values))


@pytest.fixture(scope="module")
def rows() -> Rows:
    draw = np.random.default_rng(5)
    made = [_row(draw) for _ in range(sum(SIZES))]
    starts = np.concatenate(([0], np.cumsum([len(ids) for ids, _ in made])))
    return Rows(starts, np.concatenate([ids for ids, _ in made]), np.concatenate([values for _, values in made]))


def _texts(seed: int) -> list[Row]:
    draw = np.random.default_rng(seed)
    return [Row(*_row(draw), covered=0.9) for _ in range(40)]


def _cosines(rows: Rows, row: Row) -> list[float]:
    query = dict(zip(row.ids.tolist(), row.values.tolist(), strict=True))
    said = (zip(*map(np.ndarray.tolist, rows.row(number)), strict=True) for number in range(len(rows)))
    return [row.covered * sum(query.get(feature, 0.0) * value for feature, value in one) for one in said]


@pytest.mark.parametrize("background", [None, 3])
@pytest.mark.parametrize("seed", [1, 2])
def test_neighbours_are_those_of_the_definition(rows: Rows, seed: int, background: int | None) -> None:
    texts = [f"{number:03d} {number % 7}" for number in range(len(rows))]
    bounds = np.concatenate(([0], np.cumsum(SIZES)))
    phrasings = Phrasings(rows, bounds, texts, FEATURES, background)
    for row in _texts(seed):
        cosines = _cosines(rows, row)
        found: list[tuple[float, int, int]] = []
        for intent in LIKELY:
            numbers = sorted(range(bounds[intent], bounds[intent + 1]), key=cosines.__getitem__)
            found.extend((cosines[number], number, intent) for number in numbers[-4:])
        found.sort(reverse=True)
        near = phrasings.near(row, "123 4", LIKELY)
        assert near.nearest == found[0][1]
        for intent in set(LIKELY) - {background}:
            alike = [likeness("123 4", texts[number]) for _, number, of in found[:12] if of == intent]
            assert near.letters[intent] == max(alike, default=0.0)
            assert near.cosine[intent] == pytest.approx(max(cosine for cosine, _, of in found if of == intent))
        assert background not in near.cosine


@pytest.mark.parametrize("least", [0.0, 0.3, 0.5, 0.7])
def test_the_sieve_lets_nothing_pass_by_that_reaches_the_least(rows: Rows, least: float) -> None:
    first = sum(SIZES[:3])
    sieve = Sieve(rows, first, len(rows), FEATURES)
    for row in _texts(3):
        cosines = np.array(_cosines(rows, row)[first:]) / row.covered
        assert set(np.flatnonzero(cosines >= least)) <= set(sieve.reaching(row, least))


def test_weights_of_16_bits_are_read_exactly() -> None:
    every = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    finite = every[np.isfinite(every)].reshape(-1, 2)
    ids = np.arange(len(finite), dtype=np.int32)[::-1]
    assert np.array_equal(halved(finite, ids), finite[ids].astype(np.float32))


@pytest.mark.parametrize(
    "text", ["Sinh con được nghỉ mấy tháng, sinh con ấy", "nghi thai san qwrt qwrt", "quên mk vssid 5 năm", "👍", "zzz"]
)
def test_a_text_read_at_once_has_the_row_of_its_features(small_model: Model, text: str) -> None:
    words, lexicon = small_model.normalizer.words(text), small_model.normalizer.lexicon
    row = small_model.vocabulary.read(words, lexicon)
    spelled_out = small_model.vocabulary.row(features(words, lexicon))
    assert np.array_equal(row.ids, spelled_out.ids)
    assert np.array_equal(row.values, spelled_out.values)
    assert row.covered == spelled_out.covered
