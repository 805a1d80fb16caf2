"""Training: content in, model out, in one process and deterministic. Confidence is fitted on phrasings left out."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from chatbot.nlu.confidence import SIGNS, Curve, above_all_but, fit_curve, threshold
from chatbot.nlu.features import Counted, features
from chatbot.nlu.lexicon import Lexicon
from chatbot.nlu.linear import Schedule, halve, learn
from chatbot.nlu.model import NOWHERE, REDIRECTS, Evidence, Model, Thresholds, background_of
from chatbot.nlu.nearest import Phrasings
from chatbot.nlu.normalize import Normalizer, Words
from chatbot.nlu.vectors import Vocabulary, without_rare

Example = tuple[str, str]
"""(intent or NOWHERE, text)."""
Progress = Callable[[float, str], None]
"""Told the share done, 0 to 1, and what is being done."""

BLOCKS: Final = 8
"""A topic's phrasings in the order of the file, cut into blocks: neighbours have one author, so leaving a block out is
nearer to a stranger's words than leaving out random lines. The last blocks are one author each."""
FULL: Final = Schedule()
_LEFT_OUT: Final = (6, 7)
_COMMON: Final = 3
_FOREIGN_SHARE: Final = 0.15
"""How much of what people write is none of our business; background texts are weighed to this share of all."""
_FOREIGN_ANSWERED: Final = 0.015
_PRECISION_HIGH: Final = 0.984
_PRECISION_NORMAL: Final = 0.982
_ASK: Final = 0.5
_UNFITTED: Final = Curve((0.0,) * len(SIGNS), (0.0,) * len(SIGNS), (1.0,) * len(SIGNS))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A training text with everything that does not depend on the others."""

    intent: str
    words: Words
    counted: Counted
    block: int


def train(
    examples: Sequence[Example],
    lexicon: Lexicon,
    *,
    high_risk: frozenset[str] = frozenset(),
    schedule: Schedule = FULL,
    progress: Progress | None = None,
) -> Model:
    """Train on (intent, text) pairs; background texts have the intent NOWHERE."""
    tell = progress or (lambda _share, _what: None)
    tell(0.0, "Chuẩn hóa câu")
    normalizer = Normalizer(lexicon, _vocabulary(examples, lexicon))
    prepared = prepare(examples, normalizer)
    stages = len(_LEFT_OUT) + 1
    weighed: list[tuple[Prepared, Evidence]] = []
    for stage, block in enumerate(_LEFT_OUT):
        part = _stage(tell, stage, stages, "Đo độ tin cậy")
        kept = [item for item in prepared if item.block != block]
        model = fit(kept, normalizer, schedule, part)
        weighed.extend((item, model.evidence(item.words)) for item in prepared if item.block == block)
        del model  # the next one needs the room
    model = fit(prepared, normalizer, schedule, _stage(tell, stages - 1, stages, "Học"))
    right, near, thresholds = calibrate(weighed, high_risk, lexicon)
    tell(1.0, "Xong")
    return Model(model.intents, normalizer, model.vocabulary, model.weights, model.phrasings, right, near, thresholds)


def _stage(tell: Progress, stage: int, stages: int, what: str) -> Callable[[float], None]:
    return lambda share: tell(0.05 + 0.95 * (stage + share) / stages, what)


def _vocabulary(examples: Sequence[Example], lexicon: Lexicon) -> list[str]:
    plain = Normalizer(lexicon)
    seen = Counter(word for _, text in examples for word in plain.words(text).folded)
    return [word for word, times in seen.most_common() if times >= _COMMON]


def prepare(examples: Sequence[Example], normalizer: Normalizer) -> list[Prepared]:
    """Normalise every text and note its block, ordered by intent."""
    ordered = sorted(examples, key=lambda example: example[0])
    sizes = Counter(intent for intent, _ in ordered)
    place: Counter[str] = Counter()
    said = [normalizer.words(text) for _, text in ordered]
    counted = without_rare([Counted.of(features(words, normalizer.lexicon)) for words in said])
    prepared = []
    for (intent, _), words, kept in zip(ordered, said, counted, strict=True):
        block = place[intent] * BLOCKS // sizes[intent]
        place[intent] += 1
        prepared.append(Prepared(intent, words, kept, block))
    return prepared


def fit(
    prepared: Sequence[Prepared], normalizer: Normalizer, schedule: Schedule, progress: Callable[[float], None] | None
) -> Model:
    """The linear model and its phrasings, not yet calibrated."""
    intents = tuple(sorted({item.intent for item in prepared}))
    numbers = {intent: number for number, intent in enumerate(intents)}
    counted = [item.counted for item in prepared]
    vocabulary = Vocabulary.of(counted)
    rows = vocabulary.rows(counted)
    labels = np.array([numbers[item.intent] for item in prepared], np.int64)
    weights = halve(learn(rows, labels, (len(vocabulary), len(intents)), schedule, progress))
    bounds = np.searchsorted(labels, np.arange(len(intents) + 1))
    texts = [item.words.text for item in prepared]
    phrasings = Phrasings(rows, bounds, texts, len(vocabulary), background_of(intents))
    return Model(intents, normalizer, vocabulary, weights, phrasings, _UNFITTED, _UNFITTED, Thresholds(1.0, 1.0, 1.0))


def calibrate(
    weighed: Sequence[tuple[Prepared, Evidence]], high_risk: frozenset[str], lexicon: Lexicon
) -> tuple[Curve, Curve, Thresholds]:
    """Fit both curves and the thresholds on evidence about texts that were left out.

    Answers start where those to our own questions were right in the wanted share of cases (by risk), but never so low
    that more than `_FOREIGN_ANSWERED` of the background texts would be answered.
    """
    seen = [(item, evidence) for item, evidence in weighed if evidence.scored]
    signs = np.array([evidence.signs for _, evidence in seen])
    ours = np.array([item.intent != NOWHERE for item, _ in seen])
    heavy = np.where(ours, 1.0, _FOREIGN_SHARE / (1 - _FOREIGN_SHARE) * ours.sum() / max((~ours).sum(), 1))
    right = np.array([float(_answers(evidence, item.intent, lexicon)) for item, evidence in seen])
    among = np.array([float(item.intent in {one.intent for one in evidence.scored[:3]}) for item, evidence in seen])
    sure, near = fit_curve(signs, right, heavy), fit_curve(signs, among, heavy)
    at = np.array([sure.at(row) for row in signs])
    risky = np.array([evidence.scored[0].intent in high_risk for _, evidence in seen])
    redirected = np.array([evidence.scored[0].intent.startswith(REDIRECTS) for _, evidence in seen])
    floor = above_all_but(at[~ours & ~redirected], int(_FOREIGN_ANSWERED * (~ours).sum()))
    strict = threshold(at[ours & risky], right[ours & risky], _PRECISION_HIGH)
    plain = threshold(at[ours & ~risky], right[ours & ~risky], _PRECISION_NORMAL)
    return sure, near, Thresholds(max(strict, floor), max(min(strict, plain), floor), _ASK)


def _answers(evidence: Evidence, intent: str, lexicon: Lexicon) -> bool:
    best = evidence.scored[0].intent
    return intent == best or intent in lexicon.twins.get(best, ())
