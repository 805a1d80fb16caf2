"""The cheap first look never lets a text pass that the patterns would have read."""

from pathlib import Path

import pytest

from chatbot.privacy import patterns
from chatbot.privacy.shadow import shadow
from chatbot.privacy.suspicion import suspicious

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
