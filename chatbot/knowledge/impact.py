"""`chatbot impact A..B`: which sentences get another topic or another answer when the content changes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chatbot.knowledge.answer import answer
from chatbot.knowledge.load import Knowledge
from chatbot.model import Decision, Match

Understand = Callable[[str], Match]


class Change(StrEnum):
    """What became different, the worse first."""

    INTENT = "intent"  # another topic answers
    DECISION = "decision"  # answered before and asked back now, or the other way round
    ANSWER = "answer"  # the same topic says something else


@dataclass(frozen=True, slots=True)
class Side:
    """A revision of the content and the understanding that was trained on it."""

    knowledge: Knowledge
    understand: Understand


@dataclass(frozen=True, slots=True)
class Said:
    """What a revision makes of a sentence."""

    intent: str
    decision: Decision
    text: str


@dataclass(frozen=True, slots=True)
class Impact:
    """A sentence whose treatment changed."""

    sentence: str
    change: Change
    before: Said
    after: Said


def impacts(before: Side, after: Side, sentences: Iterable[str], today: date) -> Iterator[Impact]:
    """Try every sentence on both sides and tell those that differ."""
    for sentence in sentences:
        was, now = _said(before, sentence, today), _said(after, sentence, today)
        change = _change(was, now)
        if change is not None:
            yield Impact(sentence, change, was, now)


def known_sentences(*contents: Knowledge) -> list[str]:
    """Every sentence that the content itself names: asks, tests and hard negatives of both revisions, each once."""
    found: dict[str, None] = {}
    for knowledge in contents:
        for faq in knowledge.faqs.values():
            found.update(dict.fromkeys(example.say for example in faq.tests))
            found.update(dict.fromkeys(confused.say for confused in faq.not_this))
        found.update(dict.fromkeys(text for _, text in knowledge.examples()))
    return list(found)


def _said(side: Side, sentence: str, today: date) -> Said:
    match = side.understand(sentence)
    faq = side.knowledge.faqs.get(match.intent)
    day = match.entities.period.last if match.entities.period else today
    text = answer(faq, day=day, today=today, series=side.knowledge.series).text if faq else ""
    return Said(match.intent, match.decision, text)


def _change(was: Said, now: Said) -> Change | None:
    if was.decision is Decision.REFUSE and now.decision is Decision.REFUSE:
        return None
    if was.intent != now.intent:
        return Change.INTENT
    if was.decision is not now.decision:
        return Change.DECISION
    return Change.ANSWER if was.text != now.text else None
