"""Words with some of their fields changed."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from chatbot.model import Session, changed

SEEN = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
OTHERS = {"topic": "pension.age", "misses": 2, "greeted": True, "seen_at": SEEN, "slots": {"language": "en"}}


def test_a_changed_word_is_what_the_standard_library_makes_of_it() -> None:
    session = Session(flow="password_reset", recent=(SEEN,))
    assert changed(session, **OTHERS) == replace(session, **OTHERS)  # type: ignore[arg-type]


def test_every_field_is_kept_that_is_not_named() -> None:
    session = Session(flow="password_reset", recent=(SEEN,))
    copy = changed(session)
    assert all(getattr(copy, field.name) is getattr(session, field.name) for field in fields(Session))


def test_the_word_itself_stays_as_it_was() -> None:
    session = Session()
    changed(session, topic="pension.age")
    assert session == Session()


def test_a_field_that_there_is_not_is_refused() -> None:
    with pytest.raises(KeyError):
        changed(Session(), nickname="x")  # type: ignore[call-arg]
