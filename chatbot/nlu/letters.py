"""Vietnamese letters with and without their marks."""

import unicodedata
from functools import lru_cache


def fold(text: str) -> str:
    """Lower case without diacritics, đ to d; NFC, NFD and both tone placements fold alike."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


@lru_cache(maxsize=4096)
def fold_word(word: str) -> str:
    """`fold` of a single word, remembered."""
    return fold(word)


@lru_cache(maxsize=4096)
def accent_key(word: str) -> str:
    """A word whose tone may stand on either vowel: hoà and hòa have one key."""
    bare = unicodedata.normalize("NFD", word)
    marks = sorted(letter for letter in bare if unicodedata.combining(letter))
    return "".join(letter for letter in bare if not unicodedata.combining(letter)) + "".join(marks)
