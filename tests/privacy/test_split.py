"""Numbers sent in halves."""

import pytest

from chatbot.model import SecretKind
from chatbot.privacy import split_number


@pytest.mark.parametrize(
    ("tail", "text", "masked", "found"),
    [
        ("d6", "[OTP:6]", "[OTP:6]", SecretKind.CCCD),
        ("d4", "345678 gọi lại giúp em", "[SDT] gọi lại giúp em", SecretKind.PHONE),
        ("d6", "012345 là số của tôi", "[CCCD] là số của tôi", SecretKind.CCCD),
    ],
)
def test_the_second_half_is_masked(tail: str, text: str, masked: str, found: SecretKind) -> None:
    split = split_number(tail, text)
    assert (split.text, split.found, split.tail) == (masked, (found,), "")


@pytest.mark.parametrize(
    ("tail", "text"),
    [("", "345678 gọi lại"), ("d4", "tôi 55 tuổi"), ("d4", "12 năm"), ("d2", "1990"), ("d6", "3.000.000")],
)
def test_other_numbers_pass(tail: str, text: str) -> None:
    split = split_number(tail, text)
    assert (split.text, split.found) == (text, ())


@pytest.mark.parametrize(
    ("text", "tail"), [("cccd em 0011 99", "d6"), ("[OTP:6]", "d6"), ("xin chào", ""), ("sđt 0912", "d4")]
)
def test_only_a_length_is_remembered(text: str, tail: str) -> None:
    assert split_number("", text).tail == tail


@pytest.mark.parametrize("text", ["1900 9068", "+84 1900 9068", "024.37899999", "19009966.35 là gì"])
def test_public_numbers_are_no_half(text: str) -> None:
    assert split_number("d8", text).found == ()
    assert split_number("", text).tail == ""
