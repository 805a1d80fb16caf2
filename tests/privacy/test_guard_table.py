"""The labelled table: what must be masked («…») and what must pass, with recall and precision by class."""

import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from chatbot.privacy import clean, mask

TABLE = Path(__file__).with_name("guard_table.tsv")
NEVER_MISSED = {"OTP", "MATKHAU", "CCCD"}
MOST_FALSE = 0.01
MOST_MISSED = 0.02
MOST_CONFUSED = 0.03


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


def test_recall_and_precision(record_property: Callable[[str, str], None]) -> None:
    """By class: of the texts labelled so, how many are masked; of the texts masked so, how many are labelled so."""
    table = [(frozenset(kind.split(",")) - {"-"}, text) for kind, text in rows()]
    harmless = sum(not kinds for kinds, _ in table)
    assert len(table) >= 400
    assert min(harmless, len(table) - harmless) >= 200
    n, missed, masked_so, wrongly = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for kinds, text in table:
        masked = mask(re.sub("[«»]", "", text))
        found = {kind.value for kind in masked.found}
        n.update(kinds or {"-"})
        masked_so.update(found)
        wrongly.update(found - kinds)
        if any(clean(secret) in masked.text for secret in re.findall("«(.*?)»", text)):
            missed.update(kinds)
        if not kinds and (found or masked.text != clean(text)):
            missed["-"] += 1
    for kind in sorted(n):
        precision = 1 - wrongly[kind] / max(masked_so[kind], 1)
        measured = f"n={n[kind]} recall={1 - missed[kind] / n[kind]:.3f} precision={precision:.3f}"
        record_property(kind, measured)
        sys.stdout.write(f"{kind:9} {measured}\n")
    assert not NEVER_MISSED & set(missed), missed
    assert all(missed[kind] / n[kind] <= MOST_MISSED for kind in n if kind != "-"), missed
    assert all(wrongly[kind] / masked_so[kind] <= MOST_CONFUSED for kind in masked_so), wrongly
    assert missed["-"] / harmless <= MOST_FALSE
