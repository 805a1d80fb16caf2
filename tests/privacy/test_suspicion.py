"""The cheap first look never lets a text pass that the patterns would have read."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatbot.privacy import patterns
from chatbot.privacy.shadow import shadow
from chatbot.privacy.suspicion import holds_six_digits, holds_symbol, mixes_letters, suspicious

TABLE = Path(__file__).with_name("guard_table.tsv").read_text(encoding="utf-8").splitlines()
TEXTS = [line.split("\t", 1)[1].replace("«", "").replace("»", "") for line in TABLE if "\t" in line]


def test_the_first_look_agrees_with_the_patterns() -> None:
    folded = [shadow(text) for text in TEXTS]
    assert [suspicious(one) for one in folded] == [patterns.SUSPECT.search(one) is not None for one in folded]


@pytest.mark.parametrize("text", ["mat khau", "M.K cua em", "p/w abc", "ma pin", "mot hai ba bon", "abc @ gmail"])
def test_what_may_be_a_secret_is_looked_at(text: str) -> None:
    assert suspicious(shadow(text))


@pytest.mark.parametrize("text", ["nghỉ thai sản được mấy tháng", "một năm đóng hai lần có được không", ""])
def test_an_ordinary_question_is_not(text: str) -> None:
    assert not suspicious(shadow(text))


@pytest.mark.parametrize(
    ("look", "pattern"),
    [
        (holds_six_digits, patterns.CARD),
        (holds_six_digits, patterns.SHORT_CARD),
        (holds_six_digits, patterns.PASSPORT),
        (holds_symbol, patterns.MIXED_INSIDE),
        (holds_symbol, patterns.MIXED_BANG),
        (mixes_letters, patterns.LETTERS_AND_DIGITS),
    ],
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_look_lets_everything_through_that_its_pattern_matches(
    look: Callable[[str], bool], pattern: re.Pattern[str], data: st.DataObject
) -> None:
    assert look(data.draw(st.from_regex(pattern)))


@pytest.mark.parametrize(
    "pattern",
    [
        patterns.PASSWORD_GIVEN,
        patterns.PASSWORD_NAMED,
        patterns.PASSWORD_QUOTED,
        patterns.PASSWORD_TWO_WORDS,
        patterns.PASSWORD_BIRTHDAY,
    ],
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_given_password_begins_where_one_is_named(pattern: re.Pattern[str], data: st.DataObject) -> None:
    text = data.draw(st.from_regex(pattern))
    named = {match.start() for match in patterns.PASSWORD_NAME.finditer(text)}
    assert named.issuperset(match.start() for match in pattern.finditer(text))
