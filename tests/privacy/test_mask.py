"""Properties of masking: separators do not help, masking twice changes nothing, hostile texts cost little."""

import time
import unicodedata
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.model import SecretKind
from chatbot.privacy import mask

masking = import_module("chatbot.privacy.mask")  # the package names its function as its module

WORDS = (
    "dạ",
    "em",
    "cccd",
    "mã số",
    "otp",
    "mật khẩu là",
    "1990",
    "5.000.000",
    "123456",
    "0912345678",
    "Abc@123",
    "a@b.vn",
)


def spread(digits: str, separator: str, gaps: list[bool]) -> str:
    return "".join(digit + (separator if gap else "") for digit, gap in zip(digits, [*gaps, False], strict=True))


@settings(max_examples=150, deadline=None)
@given(
    digits=st.from_regex(r"0[0-9]{2}[0-9]{9}", fullmatch=True),
    separator=st.sampled_from([" ", ".", "-", "  ", "\u00a0", "\u200b", "_", " - "]),
    gaps=st.lists(st.booleans(), min_size=11, max_size=11),
)
def test_an_identity_is_masked_however_it_is_spread(digits: str, separator: str, gaps: list[bool]) -> None:
    masked = mask(f"cccd {spread(digits, separator, gaps)} hỏi giúp em")
    assert digits[-6:] not in "".join(char for char in masked.text if char.isdigit())
    assert masked.found


@settings(max_examples=150, deadline=None)
@given(
    digits=st.from_regex(r"0[35789][0-9]{8}", fullmatch=True),
    separator=st.sampled_from(["", " ", ".", "-"]),
    at=st.integers(1, 9),
)
def test_a_mobile_number_is_masked(digits: str, separator: str, at: int) -> None:
    assert mask(f"gọi {digits[:at]}{separator}{digits[at:]} nhé").found == (SecretKind.PHONE,)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join))
def test_masking_twice_changes_nothing(text: str) -> None:
    once = mask(text).text
    assert mask(once).text == once


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_text_can_be_masked_twice(text: str) -> None:
    once = mask(text).text
    assert mask(once).text == once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize("kind", ["nfd", "fullwidth", "invisible"])
def test_other_ways_to_write_the_same(kind: str) -> None:
    text = "mật khẩu là Hoa1990x cccd 001199012345"
    written = {
        "nfd": unicodedata.normalize("NFD", text),
        "fullwidth": text.translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)}),
        "invisible": text.replace("1", "1\u200b\u2060"),
    }[kind]
    assert set(mask(written).found) == {SecretKind.PASSWORD, SecretKind.CCCD}


@pytest.mark.parametrize(
    "text",
    [
        "1 " * 5000,
        "a." * 5000,
        "mật khẩu " * 2000,
        "x@" * 5000,
        "http://" * 2000,
        "một hai ba " * 2000,
        "0-" * 8000,
        "A1!" * 4000,
        "mk vssid " * 2000,
        "[OTP:6]" * 2000,
        "1900" * 3000,
        "ma la " * 3000,
        "." * 10000,
        "gmail a cong " * 1000,
    ],
)
def test_hostile_texts_cost_little(text: str) -> None:
    begun = time.perf_counter()
    mask(text)
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize(
    "text",
    [
        "tôi muốn hỏi chế độ thai sản khi nghỉ việc trước khi sinh ạ",
        "cho em hoi luong huu tinh the nao a",
        "Cảm ơn bạn nhiều nhé, chúc một ngày tốt lành!",
    ],
)
def test_an_ordinary_message_is_not_read_with_the_patterns(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(masking, "_once")
    assert mask(text).text == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://x.com/a?otp=123456&id=5", "https://x.com/a?otp=[OTP]&id=5"),
        ("http://bhxh-x.com/?cccd=001199012345", "http://bhxh-x.com/?cccd=[CCCD]"),
        ("zalo.me/0912345678", "zalo.me/[SDT]"),
        ("https://facebook.com/100093282596968", "https://facebook.com/100093282596968"),
        ("https://baohiemxahoi.gov.vn@evil.com/a", "https://baohiemxahoi.gov.vn@evil.com/a"),
    ],
)
def test_a_link_keeps_what_the_verdict_needs(text: str, expected: str) -> None:
    assert mask(text).text == expected
