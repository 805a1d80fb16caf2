"""What a change of content does to sentences."""

from datetime import date

from chatbot.knowledge import load
from chatbot.knowledge.impact import Change, Side, impacts, known_sentences
from chatbot.model import Candidate, Decision, Entities, Match, Period
from tests.knowledge.conftest import Content

TODAY = date(2026, 11, 22)


def _match(intent: str, decision: Decision = Decision.ANSWER, day: date | None = None) -> Match:
    period = Period(day, day) if day else None
    return Match(candidates=(Candidate(intent, 0.9),), decision=decision, entities=Entities(period=period))


def test_every_kind_of_change(content: Content) -> None:
    """Another topic, another decision, another answer; what stays the same is not told."""
    before = load(content.root)
    content.replace("faq/money/phat.yaml", "{salary x 2}", "{salary x 3}")
    after = load(content.root)
    old = {
        "same": _match("thuong"),
        "moved": _match("thuong"),
        "asked": _match("thuong"),
        "other answer": _match("phat"),
        "old event": _match("phat", day=date(2024, 1, 1)),
        "never understood": _match("thuong", Decision.REFUSE),
    }
    new = {
        **old,
        "moved": _match("phat"),
        "asked": _match("thuong", Decision.ASK),
        "never understood": _match("phat", Decision.REFUSE),
    }
    found = list(impacts(Side(before, old.__getitem__), Side(after, new.__getitem__), old, TODAY))
    assert [(item.sentence, item.change) for item in found] == [
        ("moved", Change.INTENT),
        ("asked", Change.DECISION),
        ("other answer", Change.ANSWER),
    ]
    assert "2.500.000" in found[2].before.text
    assert "3.750.000" in found[2].after.text


def test_known_sentences_are_those_of_both_sides(content: Content) -> None:
    """Tests, hard negatives and asks, each once."""
    before = load(content.root)
    content.replace("faq/money/phat.yaml", "not_this: []", "not_this:\n  - {say: dễ nhầm, means: thuong}")
    content.replace("faq/money/phat.yaml", "phat được mấy đồng", "phạt mấy đồng")
    known = known_sentences(before, load(content.root))
    assert {"dễ nhầm", "phat được mấy đồng", "phạt mấy đồng", "cho hỏi tiền thuong", "cám ơn nhé"} <= set(known)
    assert len(known) == len(set(known))
