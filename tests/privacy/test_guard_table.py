"""The labelled table: what must be masked («…») and what must pass, with recall and precision by class."""

import re
from collections import Counter
from pathlib import Path

import pytest

from chatbot.privacy import clean, mask

TABLE = Path(__file__).with_name("guard_table.tsv")
NEVER_MISSED = {"OTP", "MATKHAU", "CCCD"}
MOST_FALSE = 0.01


def rows() -> list[tuple[str, str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [(kind, text) for kind, _, text in (line.partition("\t") for line in lines)]


@pytest.mark.parametrize(("kind", "text"), [row for row in rows() if row[0] != "-"])
def test_a_secret_is_masked_under_its_class(kind: str, text: str) -> None:
    masked = mask(re.sub("[«»]", "", text))
    assert not [secret for secret in re.findall("«(.*?)»", text) if clean(secret) in masked.text]
    assert set(kind.split(",")) <= {found.value for found in masked.found}
    assert mask(masked.text).text == masked.text


def test_words_around_a_secret_stay() -> None:
    assert mask("cccd 001199012345 hỏi lương hưu").text == "cccd [CCCD] hỏi lương hưu"
    assert mask("mk Abc@1234 không vào được").text == "mk [MATKHAU] không vào được"
    assert mask("482913").text == "[OTP:6]"
    assert mask("gửi về hoa@gmail.com nhé").text == "gửi về [EMAIL]@gmail.com nhé"


def test_recall_and_precision() -> None:
    table = rows()
    missed: Counter[str] = Counter()
    wrong = 0
    for kind, text in table:
        masked = mask(re.sub("[«»]", "", text))
        if kind == "-":
            wrong += bool(masked.found) or masked.text != clean(text)
        elif any(clean(secret) in masked.text for secret in re.findall("«(.*?)»", text)):
            missed.update(kind.split(","))
    harmless = sum(kind == "-" for kind, _ in table)
    assert len(table) >= 400
    assert min(harmless, len(table) - harmless) >= 200
    assert not NEVER_MISSED & set(missed), missed
    assert wrong / harmless <= MOST_FALSE
