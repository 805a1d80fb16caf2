"""`chatbot check`: everything that is wrong with the content, all at once, in the order of files and lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chatbot.knowledge.check_answers import AnswerCheck, Outbound
from chatbot.knowledge.check_phrases import PhraseCheck, phrase_use
from chatbot.knowledge.check_topics import Fold, TopicCheck
from chatbot.knowledge.load import Examined, Knowledge
from chatbot.knowledge.problem import Problem, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Judges:
    """What the check borrows from the rest of the program: its folding of texts, its gate for replies, and the figures
    that each calculator needs."""

    fold: Fold
    outbound: Outbound
    calculators: Mapping[str, frozenset[str]]


def check(examined: Examined, *, judges: Judges, today: date, code: tuple[Path, ...]) -> list[Problem]:
    """All problems of the content that was read; `code` are the packages whose sentences must exist.

    When a file that all others depend on is broken, only the reading's own problems can be told."""
    found = [*examined.problems, *_misplaced(examined)]
    if examined.knowledge is not None:
        found += _cross_checks(examined.knowledge, examined.unread, judges, today, code)
    return sorted(found, key=lambda problem: (problem.file, problem.line, problem.message))


def has_errors(problems: list[Problem]) -> bool:
    """Is there anything that keeps the content from being used?"""
    return any(problem.severity is Severity.ERROR for problem in problems)


def _cross_checks(
    knowledge: Knowledge, unread: frozenset[str], judges: Judges, today: date, code: tuple[Path, ...]
) -> list[Problem]:
    topics = TopicCheck(knowledge, unread, judges.fold, today)
    use = phrase_use(code, knowledge.root / "flows")
    return [
        *topics.problems(),
        *AnswerCheck(topics, judges.outbound, judges.calculators).problems(),
        *PhraseCheck(knowledge, use, judges.outbound).problems(),
    ]


def _misplaced(examined: Examined) -> list[Problem]:
    """Files that look like content but that nothing reads."""
    root = examined.root
    topics = root / "faq"
    lost = [*root.rglob("*.yml"), *sorted(set(topics.rglob("*.yaml")) - set(topics.glob("*/*.yaml")))]
    sentence = "Không ai đọc tệp này: chủ đề phải nằm ở faq/<nhóm>/<id>.yaml, đuôi .yaml."
    return [Problem(str(Path(root.name) / path.relative_to(root)), 1, sentence) for path in lost]
