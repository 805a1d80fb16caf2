"""Why a text was understood as it was: the words read, the signs of each intent, the nearest phrasing."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from chatbot.model import Match
from chatbot.nlu.confidence import SIGNS
from chatbot.nlu.features import concepts, features
from chatbot.nlu.linear import SCALE
from chatbot.nlu.model import Evidence, Model

_SHOWN: Final = 3
_REASONS: Final = 8
_KINDS: Final = {
    "w": "từ", "b": "cặp từ", "s": "cặp cách từ", "#": "mảnh từ", "d": "từ có dấu", "e": "cặp có dấu",
    "c": "khái niệm", "x": "khái niệm + ý hỏi",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Why:
    """One candidate: the parts of its score, and the features that speak most for it with what each adds."""

    intent: str
    confidence: float
    share: float
    cosine: float
    letters: float
    reasons: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that led to a match. `needed`: answered from this confidence (high, normal risk)."""

    words: str
    concepts: tuple[str, ...]
    match: Match
    candidates: tuple[Why, ...]
    background: float
    nearest: str
    signs: tuple[tuple[str, float], ...]
    needed: tuple[float, float]

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """The explanation as Vietnamese lines for a terminal or a page."""
        told = [f"Đọc là: {self.words}"]
        if self.concepts:
            told.append(f"Khái niệm: {', '.join(self.concepts)}")
        for why in self.candidates:
            reasons = ", ".join(f"{name} {value:+.2f}" for name, value in why.reasons)
            told.append(
                f"{why.intent} {why.confidence:.2f} (mô hình {why.share:.2f}, câu gần nhất {why.cosine:.2f},"
                f" chữ {why.letters:.2f}): {reasons}"
            )
        told.append(f"Câu mẫu gần nhất: {self.nearest or 'không có'}; ngoài phạm vi {self.background:.2f}")
        told.append(f"Quyết định: {self.match.decision} (trả lời từ {self.needed[0]:.2f} / {self.needed[1]:.2f})")
        return told


def explain(model: Model, evidence: Evidence, match: Match) -> Explanation:
    """Put together why `evidence` led to `match`."""
    row = model.vocabulary.row(features(evidence.words, model.normalizer.lexicon))
    candidates = []
    for item, candidate in zip(evidence.scored[:_SHOWN], match.candidates, strict=False):
        added = SCALE * row.values * model.weights[row.ids, model.intents.index(item.intent)]
        best = np.argsort(-added, kind="stable")[:_REASONS]
        reasons = tuple((_name(model.vocabulary.names[row.ids[place]]), float(added[place])) for place in best)
        candidates.append(Why(item.intent, candidate.confidence, item.share, item.cosine, item.letters, reasons))
    signs = tuple(zip(SIGNS, evidence.signs, strict=True)) if evidence.scored else ()
    return Explanation(
        words=evidence.words.text,
        concepts=tuple(sorted(concepts(evidence.words, model.normalizer.lexicon))),
        match=match,
        candidates=tuple(candidates),
        background=evidence.background,
        nearest=evidence.nearest,
        signs=signs,
        needed=(model.thresholds.answer_high, model.thresholds.answer_normal),
    )


def _name(feature: str) -> str:
    return f"{_KINDS[feature[0]]} '{feature[1:].strip()}'"
