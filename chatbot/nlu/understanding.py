"""The understanding of a text: intent, decision and entities. What the rest of the program calls."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from chatbot.knowledge import Faq, Knowledge, Risk
from chatbot.model import Candidate, Decision, Entities, Match
from chatbot.nlu import cache
from chatbot.nlu.clauses import clauses
from chatbot.nlu.entities import find_entities
from chatbot.nlu.explain import Explanation, explain
from chatbot.nlu.follow_up import FollowUp, asks_what_next, read_follow_up
from chatbot.nlu.lexicon import load_lexicon
from chatbot.nlu.model import NOWHERE, Evidence, Model, spread
from chatbot.nlu.normalize import LONGEST
from chatbot.nlu.places import Places, load_places
from chatbot.nlu.train import Progress, train

SHOWN: Final = 10
"""Candidates of a match."""
WARM_UP: Final = "xin chào, cho hỏi sinh con tháng 5 năm ngoái được nghỉ mấy tháng"
"""Understood once after loading: a first text takes ten times as long, and no citizen should wait for it."""
REMEMBERED: Final = 1024
"""Texts whose match is kept in memory: people ask the same short things, above all after a report in the news."""
_LISTENED: Final = 3
_NO_SECOND: Final = ("smalltalk.", "flow.", "other.", "complaint.", "human.", "pii.")
"""Families that are no second question beside another one."""


class Understanding:
    """Reads a text. Pure and thread-safe: the same text, day and topic give the same match."""

    def __init__(self, model: Model, faqs: Mapping[str, Faq], places: Places) -> None:
        self.model = model
        self._faqs = faqs
        self._places = places
        self._risky = high_risk(faqs)
        self._recent = lru_cache(maxsize=REMEMBERED)(self._understand)

    def understand(self, text: str, *, today: date, topic: str = "") -> Match:
        """What a text asks. `topic` is the last policy topic, for follow-ups; `today` is the citizen's day."""
        return self._recent(text, today, topic)

    def _understand(self, text: str, today: date, topic: str) -> Match:
        words = self.model.normalizer.words(text)
        entities = find_entities(text, words, self._places, today)
        evidence = self.model.evidence(words)
        sure = self._sure(evidence)
        decision = self._decide(evidence, sure)
        if topic and (asks_what_next(words) or not self._is_act(evidence, decision)):
            best = evidence.scored[0].intent if evidence.scored else ""
            alone = best if decision is Decision.ANSWER else ""
            likely = best if decision is not Decision.REFUSE else ""
            follow_up = read_follow_up(self.model, self._faqs, words, entities, topic, alone=alone, likely=likely)
            if follow_up:
                return _followed(follow_up, entities)
        candidates = self._candidates(evidence, sure)
        second = self._second(text, evidence)
        if decision is Decision.ASK and second:
            decision = Decision.ANSWER
        twins = self._twins(candidates[0].intent) - {candidates[0].intent} if candidates else frozenset[str]()
        return Match(candidates=candidates, decision=decision, entities=entities, second=second, twins=twins)

    def explain(self, text: str, *, today: date | None = None) -> Explanation:
        """Why a text is understood as it is, for editors and `/why`."""
        words = self.model.normalizer.words(text)
        evidence = self.model.evidence(words)
        entities = find_entities(text, words, self._places, today) if today else Entities()
        sure = self._sure(evidence)
        match = Match(
            candidates=self._candidates(evidence, sure), decision=self._decide(evidence, sure), entities=entities
        )
        return explain(self.model, evidence, match)

    def _sure(self, evidence: Evidence) -> float:
        """The probability that the best intent is the right one."""
        return self.model.right.at(evidence.signs) if evidence.scored else 0.0

    def _candidates(self, evidence: Evidence, first: float) -> tuple[Candidate, ...]:
        if not evidence.scored:
            return ()
        shares = spread(evidence.scored)
        rest = max(1.0 - shares[0], 1e-9)
        others = [(1.0 - first) * (1.0 - evidence.background) * share / rest for share in shares[1:]]
        values = [first, *(min(value, first) for value in others)]
        named = zip(evidence.scored, values, strict=True)
        return tuple(Candidate(item.intent, round(value, 4)) for item, value in named)[:SHOWN]

    def _twins(self, intent: str) -> frozenset[str]:
        return self.model.normalizer.lexicon.twins.get(intent, frozenset((intent,)))

    def _decide(self, evidence: Evidence, sure: float) -> Decision:
        if not evidence.scored:
            return Decision.REFUSE
        thresholds = self.model.thresholds
        risky = evidence.scored[0].intent in self._risky
        if sure >= (thresholds.answer_high if risky else thresholds.answer_normal):
            return Decision.ANSWER
        return Decision.ASK if self.model.near.at(evidence.signs) >= thresholds.ask else Decision.REFUSE

    def _is_act(self, evidence: Evidence, decision: Decision) -> bool:
        """Is it clearly something other than a policy question ("cảm ơn", "gặp nhân viên")?"""
        return decision is Decision.ANSWER and evidence.scored[0].intent not in self._faqs

    def _second(self, text: str, evidence: Evidence) -> str:
        """The other intent when two clauses of the text are clear questions of their own: one asks for the best intent,
        one for another likely one. Reads no more clauses than decide it."""
        likely = [item.intent for item in evidence.scored]
        twins = self._twins(likely[0]) if likely else frozenset[str]()
        others = [intent for intent in likely if intent not in twins and not intent.startswith(_NO_SECOND)]
        if not others or all(intent.startswith(_NO_SECOND) for intent in twins):
            return ""
        before = second = ""
        asked = False
        asking = clauses(unicodedata.normalize("NFC", text[:LONGEST]))
        for left, clause in zip(range(len(asking), 0, -1), asking, strict=True):
            if left < (not asked) + (not second):
                return ""
            intent = self._asked_by(clause, before)
            if not intent or intent.startswith(_NO_SECOND):
                continue
            before = before or intent
            if intent in twins:
                asked = True
            elif intent in others:
                second = second or intent
            if asked and second:
                return second
        return ""

    def _asked_by(self, clause: str, before: str) -> str:
        """The intent of a clause that is clear alone, or clear after the clause before it ("và hồ sơ cần gì")."""
        words = self.model.normalizer.words(clause)
        evidence = self.model.evidence(words)
        alone = evidence.scored[0].intent if self._decide(evidence, self._sure(evidence)) is Decision.ANSWER else ""
        if before:
            follow_up = read_follow_up(self.model, self._faqs, words, Entities(), before, alone=alone)
            if follow_up and follow_up.clear:
                return follow_up.topics[0][0]
        return alone


def _followed(follow_up: FollowUp, entities: Entities) -> Match:
    candidates = tuple(Candidate(intent, round(share, 4)) for intent, share in follow_up.topics)
    shown = candidates if follow_up.clear else candidates[:_LISTENED]
    decision = Decision.ANSWER if follow_up.clear else Decision.ASK
    return Match(candidates=shown[:SHOWN], decision=decision, entities=entities, follow_up=True)


def high_risk(faqs: Mapping[str, Faq]) -> frozenset[str]:
    """The topics whose answer needs a clear winner."""
    return frozenset(name for name, faq in faqs.items() if faq.risk is Risk.HIGH)


def training_texts(knowledge: Knowledge) -> list[tuple[str, str]]:
    """Every (intent, text) to learn from: titles and labels as citizens see them, phrasings, sentences easily mistaken
    for another topic, and background."""
    intents = (*knowledge.faqs, *knowledge.acts)
    texts = [(intent, text) for intent in intents for text in (knowledge.title(intent), knowledge.label(intent))]
    texts.extend(knowledge.examples())
    for faq in knowledge.faqs.values():
        texts.extend((hard.means, hard.say) for hard in faq.not_this if hard.means in knowledge)
    texts.extend((NOWHERE, text) for text in knowledge.background)
    return list(dict.fromkeys(texts))


def load_understanding(knowledge: Knowledge, cache_dir: Path, progress: Progress | None = None) -> Understanding:
    """The understanding of this content: from the cache, or trained now (about a minute) and cached."""
    texts = training_texts(knowledge)
    risky = high_risk(knowledge.faqs)
    lexicon = load_lexicon(knowledge.root)
    key = cache.cache_key(texts, risky, knowledge.root)
    model = cache.read(cache_dir, key, lexicon)
    if model is None:
        with cache.alone(cache_dir):
            model = cache.read(cache_dir, key, lexicon)
            if model is None:
                model = train(texts, lexicon, high_risk=risky, progress=progress)
                cache.save(model, cache_dir, key)
    understanding = Understanding(model, knowledge.faqs, load_places(knowledge.root))
    understanding.understand(WARM_UP, today=date(2026, 1, 1))
    return understanding
