"""Verdicts: the labelled table, and no mutation of a genuine name is genuine, no spelling of one is fake."""

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chatbot.knowledge.official import Official, load_official
from chatbot.knowledge.verify import Verdict, judge
from chatbot.privacy import mask

HERE = Path(__file__)
TABLE = HERE.with_name("verdicts.tsv")
BAD = {Verdict.LOOKALIKE, Verdict.KNOWN_FAKE, Verdict.NOT_OURS}
HOSTS = ("baohiemxahoi.gov.vn", "dichvucong.baohiemxahoi.gov.vn", "vss.gov.vn", "dichvucong.gov.vn")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"


def register() -> Official:
    found = load_official(HERE.parents[2] / "intents", [])
    assert found is not None
    return found


OFFICIAL = register()


def rows() -> list[tuple[str, str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [(verdict, text) for verdict, _, text in (line.partition("\t") for line in lines)]


def verdict(text: str) -> str:
    found = judge(text, OFFICIAL)
    return found[0].verdict.value if found else "none"


@pytest.mark.parametrize(("expected", "text"), rows())
def test_the_table(expected: str, text: str) -> None:
    assert verdict(text) == expected


@pytest.mark.parametrize(("expected", "text"), [row for row in rows() if Verdict(row[0]) in BAD])
def test_masking_never_makes_a_fake_genuine(expected: str, text: str) -> None:
    assert verdict(mask(text).text) in {expected, "none", "not_ours"}


def test_no_fake_is_called_genuine(record_property: Callable[[str, str], None]) -> None:
    """The confusion matrix: label, then what was said."""
    matrix = Counter((expected, verdict(text)) for expected, text in rows())
    for (expected, said), count in sorted(matrix.items()):
        record_property(f"{expected} said {said}", str(count))
        sys.stdout.write(f"{expected:12} said {said:12} {count}\n")
    assert not [said for (expected, said), _ in matrix.items() if expected != "genuine" and said == "genuine"]


def test_the_table_is_large_enough() -> None:
    counted = Counter(expected for expected, _ in rows())
    assert sum(counted.values()) >= 150
    assert set(counted) == {one.value for one in Verdict}


@pytest.mark.parametrize(("expected", "text"), [row for row in rows() if Verdict(row[0]) in BAD])
def test_nothing_bad_is_shown_as_a_link_or_a_number_to_call(expected: str, text: str) -> None:
    for judged in judge(text, OFFICIAL):
        if judged.verdict in BAD:
            assert "." not in judged.shown.replace("[.]", "").replace("VssID 4.0", "").replace("1900.", "")
            assert sum(char.isdigit() for char in judged.shown) < 9 or "[.]" in judged.shown or judged.shown.isdigit()


@settings(max_examples=300, deadline=None)
@given(
    host=st.sampled_from(HOSTS),
    at=st.integers(0, 40),
    letter=st.sampled_from(LETTERS),
    how=st.sampled_from(["put", "swap", "drop", "change"]),
)
def test_no_mutation_of_a_host_is_genuine(host: str, at: int, letter: str, how: str) -> None:
    at %= len(host) - 1
    changed = {
        "put": host[:at] + letter + host[at:],
        "swap": host[:at] + host[at + 1] + host[at] + host[at + 2 :],
        "drop": host[:at] + host[at + 1 :],
        "change": host[:at] + letter + host[at + 1 :],
    }[how]
    assume(OFFICIAL.site(changed) is None)
    assert verdict(f"https://{changed}/") != "genuine"


@settings(max_examples=100, deadline=None)
@given(
    host=st.sampled_from(HOSTS),
    tail=st.sampled_from([".com", ".xyz.com", "-vn.com", ".co", ".info", "@evil.com", ".vn.top", "%2eevil.com"]),
)
def test_no_longer_name_is_genuine(host: str, tail: str) -> None:
    assert verdict(f"https://{host}{tail}/login") != "genuine"


@settings(max_examples=200, deadline=None)
@given(
    host=st.sampled_from(HOSTS),
    at=st.integers(0, 40),
    pair=st.sampled_from(["aа", "eе", "oо", "iі", "o0", "ií", "aạ", "cс", "hһ", "vѵ", "gɡ", "nո"]),
    around=st.sampled_from(["{}", "https://{}/dang-nhap", "trang {} có thật không", "{}.", "WWW.{}"]),
)
def test_no_homoglyph_of_a_host_is_genuine(host: str, at: int, pair: str, around: str) -> None:
    plain, other = pair[0], pair[1]
    places = [index for index, letter in enumerate(host) if letter == plain]
    assume(places)
    place = places[at % len(places)]
    changed = host[:place] + other + host[place + 1 :]
    assume(not changed.isascii() or OFFICIAL.site(changed) is None)
    assert verdict(around.format(changed)) != "genuine"


@settings(max_examples=150, deadline=None)
@given(
    host=st.sampled_from(HOSTS),
    trap=st.sampled_from(
        [
            "https://{host}@evil.com/",
            "https://{host}:443@evil.com",
            "{host}:8080@1.2.3.4",
            "https://evil.com/{host}",
            "https://evil.com?u={host}",
            "https://evil.com#{host}",
            "https://evil.com\\@{host}",
            "https://{host}%00.evil.com",
            "https://{host}。evil.com",
            "{host}-dangnhap.com",
            "https://bit.ly/{host}",
            "http://103.21.244.15/{host}",
            "facebook.com/{host}.hotro",
            "facebook.com/groups/{host}",
            "facebook.com/baohiemxahoi.gov.vn/../{host}1",
            "https://facebook.com/hacker?next={host}",
            "zalo.me/{host}",
        ]
    ),
)
def test_no_trap_around_a_host_is_genuine(host: str, trap: str) -> None:
    found = judge(trap.format(host=host), OFFICIAL)
    assert found
    assert not [one for one in found if one.verdict is Verdict.GENUINE]


@settings(max_examples=200, deadline=None)
@given(
    at=st.integers(0, 7), digit=st.sampled_from("0123456789"), how=st.sampled_from(["put", "swap", "drop", "change"])
)
def test_no_mutation_of_the_hotline_is_genuine(at: int, digit: str, how: str) -> None:
    line = "19009068"
    changed = {
        "put": line[:at] + digit + line[at:],
        "swap": line[:at] + line[at + 1 : at + 2] + line[at] + line[at + 2 :],
        "drop": line[:at] + line[at + 1 :],
        "change": line[:at] + digit + line[at + 1 :],
    }[how]
    assume(changed != line)
    assert verdict(changed) != "genuine"


@settings(max_examples=150, deadline=None)
@given(
    host=st.sampled_from(HOSTS),
    scheme=st.sampled_from(["", "http://", "https://", "https://www.", "hxxps://", "HTTPS://"]),
    end=st.sampled_from(["", "/", ".", "?", ",", "/a/b?c=1", ":443/", "!!!", "/#/index"]),
    upper=st.booleans(),
    around=st.sampled_from(["{}", "trang {} thật không", "({})", '"{}"', "vào {} thì sao em", "thấy ghi:{}"]),
)
def test_no_spelling_of_a_host_is_fake(host: str, scheme: str, end: str, upper: bool, around: str) -> None:
    written = around.format(scheme + (host.upper() if upper else host) + end)
    assert verdict(written) == "genuine"


@settings(max_examples=100, deadline=None)
@given(
    host=st.sampled_from(HOSTS),
    dot=st.sampled_from([" chấm ", " cham ", "[.]", "(.)", " . ", "。", " dot "]),
    around=st.sampled_from(["{}", "trang {} thật không"]),
)
def test_no_dictation_of_a_host_is_fake(host: str, dot: str, around: str) -> None:
    assert verdict(around.format(host.replace(".", dot))) == "genuine"


@settings(max_examples=100, deadline=None)
@given(
    prefix=st.sampled_from(["", "+84 ", "0084", "84", "(84)"]),
    separator=st.sampled_from(["", " ", ".", "-"]),
    cut=st.sampled_from([(4,), (4, 6), (2, 4, 6)]),
)
def test_no_spelling_of_the_hotline_is_fake(prefix: str, separator: str, cut: tuple[int, ...]) -> None:
    line, parts, at = "19009068", [], 0
    for end in (*cut, 8):
        parts.append(line[at:end])
        at = end
    assert verdict(f"số {prefix}{separator.join(parts)} thật không") == "genuine"
