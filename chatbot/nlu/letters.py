"""Vietnamese letters with and without their marks."""

import unicodedata
from functools import lru_cache
from typing import Final

WORDS_REMEMBERED: Final = 4096
"""Different words whose reading is kept: more than come again and again; what nobody writes twice is soon forgotten."""


def fold(text: str) -> str:
    """Lower case without diacritics, đ to d; NFC, NFD and both tone placements fold alike."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


@lru_cache(maxsize=WORDS_REMEMBERED)
def fold_word(word: str) -> str:
    """`fold` of a single word, remembered."""
    return fold(word)


@lru_cache(maxsize=WORDS_REMEMBERED)
def accent_key(word: str) -> str:
    """A word whose tone may stand on either vowel: hoà and hòa have one key."""
    bare = unicodedata.normalize("NFD", word)
    marks = sorted(letter for letter in bare if unicodedata.combining(letter))
    return "".join(letter for letter in bare if not unicodedata.combining(letter)) + "".join(marks)
