"""The understanding of a text: intent, decision and entities. What the rest of the program calls."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from chatbot.knowledge import Faq, Knowledge, Risk
from chatbot.model import Candidate, Decision, Entities, Match
from chatbot.nlu import cache
from chatbot.nlu.lexicon import load_lexicon
from chatbot.nlu.model import NOWHERE, Evidence, Model, spread
from chatbot.nlu.train import Progress, train

SHOWN: Final = 10
"""Candidates of a match."""


class Understanding:
    """Reads a text. Pure and thread-safe: the same text, day and topic give the same match."""

    def __init__(self, model: Model, faqs: Mapping[str, Faq]) -> None:
        self.model = model
        self._faqs = faqs
        self._risky = high_risk(faqs)

    def understand(self, text: str, *, today: date, topic: str = "") -> Match:
        """What a text asks. `topic` is the last policy topic, for follow-ups; `today` is the citizen's day."""
        evidence = self.model.evidence(self.model.normalizer.words(text))
        entities = Entities()
        if not evidence.scored:
            return Match(entities=entities)
        return Match(candidates=self._candidates(evidence), decision=self._decide(evidence), entities=entities)

    def _candidates(self, evidence: Evidence) -> tuple[Candidate, ...]:
        first = self.model.right.at(evidence.signs)
        shares = spread(evidence.scored)
        rest = max(1.0 - shares[0], 1e-9)
        others = [(1.0 - first) * (1.0 - evidence.background) * share / rest for share in shares[1:]]
        values = [first, *(min(value, first) for value in others)]
        named = zip(evidence.scored, values, strict=True)
        return tuple(Candidate(item.intent, round(value, 4)) for item, value in named)[:SHOWN]

    def _decide(self, evidence: Evidence) -> Decision:
        thresholds = self.model.thresholds
        risky = evidence.scored[0].intent in self._risky
        sure = self.model.right.at(evidence.signs)
        if sure >= (thresholds.answer_high if risky else thresholds.answer_normal):
            return Decision.ANSWER
        return Decision.ASK if self.model.near.at(evidence.signs) >= thresholds.ask else Decision.REFUSE


def high_risk(faqs: Mapping[str, Faq]) -> frozenset[str]:
    """The topics whose answer needs a clear winner."""
    return frozenset(name for name, faq in faqs.items() if faq.risk is Risk.HIGH)


def load_understanding(knowledge: Knowledge, cache_dir: Path, progress: Progress | None = None) -> Understanding:
    """The understanding of this content: from the cache when it was trained before, else trained now (a minute) and cached."""
    examples = [*knowledge.examples(), *((NOWHERE, text) for text in knowledge.background)]
    risky = high_risk(knowledge.faqs)
    lexicon = load_lexicon(knowledge.root)
    key = cache.cache_key(examples, risky, knowledge.root)
    model = cache.read(cache_dir, key, lexicon)
    if model is None:
        model = train(examples, lexicon, high_risk=risky, progress=progress)
        cache.save(model, cache_dir, key)
    return Understanding(model, knowledge.faqs)
