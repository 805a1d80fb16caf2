"""Training, confidence and the cache, on a small model."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from chatbot.model import Match
from chatbot.nlu import cache
from chatbot.nlu.confidence import above_all_but, fit_curve, threshold
from chatbot.nlu.explain import explain
from chatbot.nlu.lexicon import Lexicon
from chatbot.nlu.model import Model
from chatbot.nlu.train import train
from tests.nlu.conftest import INTENTS, small_examples

UNSEEN = [
    ("vợ em đẻ thì nghỉ được mấy tháng", "nghi_sinh"),
    ("de dc lanh bn tien", "tien_sinh"),
    ("can nop giay to gi khi sinh con", "giay_to_sinh"),
    ("mấy tuổi được về hưu", "tuoi_huu"),
    ("ko nho mk vssid", "quen_mat_khau"),
]


def _best(model: Model, text: str) -> str:
    evidence = model.evidence(model.normalizer.words(text))
    return evidence.scored[0].intent if evidence.scored else ""


@pytest.mark.parametrize(("text", "intent"), UNSEEN)
def test_unseen_words_reach_their_intent(small_model: Model, text: str, intent: str) -> None:
    assert _best(small_model, text) == intent


@pytest.mark.parametrize("text", ["", "   ", "👍", "!!!"])
def test_nothing_to_read_scores_nothing(small_model: Model, text: str) -> None:
    assert small_model.evidence(small_model.normalizer.words(text)).scored == ()


def test_background_is_less_sure_than_an_intent(small_model: Model) -> None:
    sure = small_model.evidence(small_model.normalizer.words("quên mật khẩu vssid"))
    unsure = small_model.evidence(small_model.normalizer.words("nấu phở bò ngon"))
    assert small_model.right.at(sure.signs) > small_model.right.at(unsure.signs)
    assert unsure.background > sure.background


def test_training_is_deterministic(small_model: Model, lexicon: Lexicon) -> None:
    again = train(small_examples(), lexicon, high_risk=frozenset({"tien_sinh"}))
    assert np.array_equal(again.weights, small_model.weights)
    assert again.right == small_model.right
    assert again.thresholds == small_model.thresholds


def test_progress_rises_to_one(lexicon: Lexicon) -> None:
    shares: list[float] = []
    train(small_examples(), lexicon, progress=lambda share, _what: shares.append(share))
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] == 1.0


def test_cache_round_trip(small_model: Model, lexicon: Lexicon, tmp_path: Path) -> None:
    cache.save(small_model, tmp_path, "key")
    again = cache.read(tmp_path, "key", lexicon)
    assert again is not None
    assert again.intents == small_model.intents
    assert again.thresholds == small_model.thresholds
    for text, intent in UNSEEN:
        assert _best(again, text) == intent
    assert [path.name for path in tmp_path.iterdir()] == ["nlu-key.npz"]


def test_a_damaged_or_missing_cache_is_no_model(small_model: Model, lexicon: Lexicon, tmp_path: Path) -> None:
    assert cache.read(tmp_path, "key", lexicon) is None
    cache.save(small_model, tmp_path, "key")
    whole = (tmp_path / "nlu-key.npz").read_bytes()
    (tmp_path / "nlu-key.npz").write_bytes(whole[: len(whole) // 2])
    assert cache.read(tmp_path, "key", lexicon) is None


def test_who_wants_to_learn_waits_for_whoever_learns(small_model: Model, tmp_path: Path) -> None:
    """And finds the other's model: several processes that start on new content learn once."""
    with ThreadPoolExecutor(1) as thread:
        with cache.alone(tmp_path):
            waiting = thread.submit(_alone, tmp_path)
            assert not waiting.done()
            cache.save(small_model, tmp_path, "key")
        assert waiting.result() == ["nlu-key.npz"]


def _alone(folder: Path) -> list[str]:
    with cache.alone(folder):
        return [path.name for path in folder.glob("*.npz")]


def test_old_caches_are_removed(small_model: Model, tmp_path: Path) -> None:
    for number in range(5):
        cache.save(small_model, tmp_path, str(number))
    assert len(list(tmp_path.iterdir())) == 3


def test_the_key_changes_with_what_is_learnt() -> None:
    one = cache.cache_key([("a", "một")], frozenset(), INTENTS)
    assert one == cache.cache_key([("a", "một")], frozenset(), INTENTS)
    assert one != cache.cache_key([("a", "hai")], frozenset(), INTENTS)
    assert one != cache.cache_key([("a", "một")], frozenset({"a"}), INTENTS)


def test_explanation_names_reasons(small_model: Model) -> None:
    evidence = small_model.evidence(small_model.normalizer.words("sinh con được nghỉ mấy tháng"))
    told = explain(small_model, evidence, Match())
    assert "thaisan" in told.concepts
    assert "sinh con duoc nghi may thang" in "\n".join(told.lines())


def test_curve_separates_and_threshold_keeps_precision() -> None:
    draw = np.random.default_rng(1)
    signs = np.column_stack([np.ones(400), draw.normal(size=400)])
    right = (signs[:, 1] + draw.normal(scale=0.5, size=400) > 0).astype(float)
    curve = fit_curve(signs, right, np.ones(400))
    assert curve.at([1.0, 2.0]) > 0.9
    assert curve.at([1.0, -2.0]) < 0.1
    sure = np.array([curve.at(row) for row in signs])
    kept = sure >= threshold(sure, right, 0.95)
    assert right[kept].mean() >= 0.95
    assert threshold(sure, np.zeros(400), 0.95) == 1.0


def test_floor_is_reached_by_no_more_than_allowed() -> None:
    sure = np.array([0.9, 0.2, 0.7, 0.4])
    assert (sure >= above_all_but(sure, 1)).tolist() == [True, False, False, False]
    assert not (sure >= above_all_but(sure, 0)).any()
    assert above_all_but(sure, 4) == 0.0
