"""What expires when."""

from datetime import date

from chatbot.knowledge import Knowledge, load
from chatbot.knowledge.stale import Due, Expiry, due
from tests.knowledge.conftest import Content

TODAY = date(2026, 11, 22)


def _of(content: Content, what: str, today: date = TODAY) -> list[tuple[date, Expiry]]:
    return [(item.on, item.expiry) for item in due(load(content.root), today) if item.what == what]


def test_open_rule_is_due_for_review(content: Content) -> None:
    """Past versions are nobody's work; the open one has its day."""
    assert _of(content, "thuong") == [(date(2027, 5, 1), Expiry.REVIEW)]


def test_before_the_change_the_next_version_is_announced(content: Content) -> None:
    """While the old rule still holds, its end is planned."""
    assert _of(content, "thuong", date(2025, 6, 30))[0] == (date(2025, 6, 30), Expiry.NEW_RULE)


def test_last_version_with_an_end(content: Content) -> None:
    """Nothing follows: the bot will stop answering, also when that day is over."""
    content.replace("faq/money/thuong.yaml", "valid_to: null", "valid_to: 2026-11-01")
    assert _of(content, "thuong") == [(date(2026, 11, 1), Expiry.NO_RULE)]


def test_figures_that_run_out(content: Content) -> None:
    """A series that ends is told, and planned raises too."""
    assert _of(content, "age") == [(date(2026, 12, 31), Expiry.NO_VALUE)]
    assert _of(content, "salary", date(2026, 6, 1)) == [(date(2026, 6, 30), Expiry.NEW_RULE)]


def test_who_is_late() -> None:
    """The day itself still counts, and a planned change is never late."""
    review = Due(TODAY, "x", Expiry.REVIEW, "")
    assert not review.past(TODAY)
    assert review.past(date(2026, 11, 23))
    assert not Due(TODAY, "x", Expiry.NEW_RULE, "").past(date(2027, 1, 1))


def test_real_content_has_nothing_late_when_it_was_written(real: Knowledge) -> None:
    """On the day of its check, nothing of the real content is overdue."""
    assert [item for item in due(real, TODAY) if item.past(TODAY)] == []
