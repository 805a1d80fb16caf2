"""The `tests:` sentences of every topic, asked of the understanding that citizens get."""

from datetime import date
from pathlib import Path

from chatbot.knowledge import Knowledge
from chatbot.model import Decision, Match
from chatbot.nlu import Understanding

KNOWN = Path(__file__).with_name("known_failures.txt")
TODAY = date(2026, 11, 22)
FIRST = 0.88
"""Share of sentences whose topic must come first."""
OFFERED = 0.96
"""Share of sentences whose topic must be among the three that the bot can offer."""
WRONGLY_ANSWERED = 0.03
"""Share of sentences that may be answered with another topic, at most."""


def _asked(knowledge: Knowledge, understanding: Understanding) -> list[tuple[str, str, Match]]:
    examples = [example for faq in knowledge.faqs.values() for example in faq.tests]
    return [(item.say, item.expect, understanding.understand(item.say, today=TODAY)) for item in examples]


def test_examples_lead_to_their_topic(full_knowledge: Knowledge, full_understanding: Understanding) -> None:
    """Sentences that nobody trained on; what fails is listed."""
    asked = _asked(full_knowledge, full_understanding)
    second = [(say, wanted, match.intent) for say, wanted, match in asked if match.intent != wanted]
    lost = [(say, wanted) for say, wanted, match in asked if wanted not in [top.intent for top in match.candidates[:3]]]
    wrong = [
        (say, wanted, match.intent)
        for say, wanted, match in asked
        if match.decision is Decision.ANSWER and match.intent != wanted
    ]
    assert len(second) <= (1 - FIRST) * len(asked), second
    assert len(lost) <= (1 - OFFERED) * len(asked), lost
    assert len(wrong) <= WRONGLY_ANSWERED * len(asked), wrong


def test_known_failures_only_shrink(full_knowledge: Knowledge, full_understanding: Understanding) -> None:
    """A sentence astray that is not listed is a new failure; a listed one that comes first must leave the list.

    The answer of a twin serves as well.
    """
    asked = _asked(full_knowledge, full_understanding)
    known = {line for line in KNOWN.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")}
    astray = {
        say
        for say, wanted, match in asked
        if wanted not in [top.intent for top in match.candidates[:3]]
        or (match.decision is Decision.ANSWER and wanted not in {match.intent, *match.twins})
    }
    right = {say for say, wanted, match in asked if match.intent == wanted}
    assert astray - known == set(), "new failures: mend the phrasings, do not list them"
    assert known & right == set(), "these work now: take them off known_failures.txt"
    assert known <= {say for say, _, _ in asked}, "these sentences are in no topic's tests any more"


def test_hard_negatives_are_not_taken(full_knowledge: Knowledge, full_understanding: Understanding) -> None:
    """A sentence that an editor marked as "not this" is never answered by this."""
    taken = [
        (confused.say, faq.id)
        for faq in full_knowledge.faqs.values()
        for confused in faq.not_this
        if full_understanding.understand(confused.say, today=TODAY).intent == faq.id
    ]
    assert len(taken) <= WRONGLY_ANSWERED * len(full_knowledge.faqs), taken
