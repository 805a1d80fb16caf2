"""The figures of an evaluation, on matches made by hand."""

from datetime import date
from pathlib import Path

import pytest

from chatbot.model import Candidate, Decision, Match
from chatbot.nlu.evaluate import Figures, Labelled, LabelledFileError, evaluate, read_labelled

TODAY = date(2026, 11, 22)


class Script:
    """Answers from a table."""

    def __init__(self, table: dict[str, tuple[Decision, list[str]]]) -> None:
        self.table = table

    def understand(self, text: str, *, today: date, topic: str = "") -> Match:
        """The match in the table, surest first."""
        decision, intents = self.table[text]
        named = tuple(Candidate(intent, 0.9 - 0.2 * place) for place, intent in enumerate(intents))
        return Match(candidates=named, decision=decision)


def _measure(table: dict[str, tuple[Decision, list[str]]], labels: dict[str, str]) -> Figures:
    rows = [Labelled(text, label) for text, label in labels.items()]
    return evaluate(Script(table), rows, today=TODAY, policies=frozenset({"huu"}), leaks=lambda text: "123" in text)


def test_figures() -> None:
    figures = _measure(
        {
            "một": (Decision.ANSWER, ["a", "b"]),
            "hai": (Decision.ANSWER, ["b", "a"]),
            "ba": (Decision.ASK, ["b", "c", "a"]),
            "bốn": (Decision.REFUSE, []),
            "năm": (Decision.ANSWER, ["a"]),
            "sáu": (Decision.ANSWER, ["other.tax"]),
        },
        {"một": "a", "hai": "a", "ba": "a", "bốn": "a", "năm": "out_of_scope", "sáu": "oos"},
    )
    assert (figures.n, figures.top1, figures.top3) == (4, 0.25, 0.75)
    assert (figures.answered, figures.answered_precision) == (0.5, 0.5)
    assert (figures.asked, figures.asked_hit, figures.refused) == (0.25, 1.0, 0.25)
    assert (figures.oos_n, figures.oos_answered) == (2, 0.5)
    assert figures.confusions[0].times == 2
    assert (figures.confusions[0].label, figures.confusions[0].taken_for) == ("a", "b")


def test_any_policy_and_leaks_count_as_found() -> None:
    figures = _measure(
        {"x": (Decision.ANSWER, ["huu"]), "số 123": (Decision.ASK, ["a"])}, {"x": "other.policy", "số 123": "pii.leak"}
    )
    assert figures.top1 == 1.0


def test_no_rows() -> None:
    figures = _measure({}, {})
    assert (figures.n, figures.top1, figures.auroc, figures.p50_ms) == (0, 0.0, 0.0, 0.0)


def test_reading_skips_the_header(tmp_path: Path) -> None:
    file = tmp_path / "rows.tsv"
    file.write_text("text\ttopic_id\nmột\ta\n\nhai\tb\n", encoding="utf-8")
    assert read_labelled(file) == [Labelled("một", "a"), Labelled("hai", "b")]


def test_reading_names_the_bad_line(tmp_path: Path) -> None:
    file = tmp_path / "rows.tsv"
    file.write_text("một\ta\nkhông nhãn\n", encoding="utf-8")
    with pytest.raises(LabelledFileError, match=":2:"):
        read_labelled(file)
