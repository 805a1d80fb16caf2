"""Cutting texts: nothing is lost, nothing is torn."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.channels.text import numbered, shorten, split, split_tail, utf16
from chatbot.model import Action, SayButton

LETTERS = st.text(alphabet="ab cđếữ.!?\n  Á1🙏e\u0301\u0323", max_size=400)


def squeezed(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())


@settings(max_examples=150, deadline=None)
@given(LETTERS, st.integers(min_value=4, max_value=60))
def test_no_character_but_white_space_is_lost_and_every_piece_fits(text: str, limit: int) -> None:
    pieces = split(text, limit, utf16)
    assert squeezed("".join(pieces)) == squeezed(text)
    assert all(0 < utf16(piece) <= limit for piece in pieces)


@settings(max_examples=150, deadline=None)
@given(LETTERS, st.integers(min_value=4, max_value=20))
def test_the_tail_fits_its_own_limit(text: str, tail: int) -> None:
    pieces = split_tail(text, 40, tail, utf16)
    assert squeezed("".join(pieces)) == squeezed(text)
    assert all(utf16(piece) <= 40 for piece in pieces[:-1])
    assert not pieces or utf16(pieces[-1]) <= tail


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("", 10, ()),
        ("  \n ", 10, ()),
        ("ngắn", 10, ("ngắn",)),
        ("Câu một. Câu hai.", 10, ("Câu một.", "Câu hai.")),
        ("Đoạn một\n\nĐoạn hai. Hết", 20, ("Đoạn một", "Đoạn hai. Hết")),
        ("Dòng một\nDòng hai", 12, ("Dòng một", "Dòng hai")),
        ("một hai ba bốn", 8, ("một hai", "ba bốn")),
        ("abcdefghij", 4, ("abcd", "efgh", "ij")),
        ('Nói "vâng." Rồi đi.', 12, ('Nói "vâng."', "Rồi đi.")),
        ("Giấy tờ:\n1. Đơn đề nghị", 14, ("Giấy tờ:", "1. Đơn đề nghị")),
        ("Xin.\n1. Đơn đề nghị hưởng chế độ", 22, ("Xin.\n1. Đơn đề nghị", "hưởng chế độ")),
        ("vào https://dichvucong.gov.vn/x ngay", 28, ("vào", "https://dichvucong.gov.vn/x", "ngay")),
    ],
)
def test_breaks_are_sought_from_paragraphs_down_to_letters(text: str, limit: int, pieces: tuple[str, ...]) -> None:
    assert split(text, limit) == pieces


def test_a_letter_keeps_its_marks() -> None:
    word = unicodedata.normalize("NFD", "ế" * 10)
    for piece in split(word, 7):
        assert not unicodedata.combining(piece[0])


def test_a_family_of_joined_emoji_is_not_torn() -> None:
    family = "👨‍👩‍👧"
    assert split("a" + family * 3, 10, utf16) == ("a" + family, family, family)


@pytest.mark.parametrize(
    ("label", "limit", "short"),
    [
        ("Gọi tổng đài", 20, "Gọi tổng đài"),
        ("Thủ tục hưởng chế độ", 20, "Thủ tục hưởng chế độ"),
        ("Thủ tục hưởng chế độ thai sản", 20, "Thủ tục hưởng chế…"),
        ("Hồ sơ, giấy tờ", 7, "Hồ sơ…"),
        ("Hồ sơ (giấy tờ)", 8, "Hồ sơ…"),
        ("khôngcódấucáchnàocả", 10, "khôngcódấ…"),
        ("  thừa   dấu cách ", 20, "thừa dấu cách"),
    ],
)
def test_labels_are_cut_at_words(label: str, limit: int, short: str) -> None:
    assert shorten(label, limit) == short


def test_choices_are_numbered_one_a_line() -> None:
    buttons = [SayButton(label, Action("menu")) for label in ("Một", "Hai\ndòng")]
    assert numbered(buttons, 4) == "4. Một\n5. Hai dòng"
