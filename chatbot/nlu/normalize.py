"""From what people type to words a model can compare: one spelling for each word, with and without diacritics.

The rules, in order: NFC and lower case; masked values, links and long numbers become one word each; repeated
letters are squeezed; raw telex/VNI keys are decoded only when that yields a known word; chat spellings are written
out, ambiguous ones by their neighbours; a token that is no Vietnamese syllable is mended: two letters that changed
places, or one letter wrong, missing or too much, the commonest word first; several words that are one thing become one
token.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from chatbot.nlu.letters import WORDS_REMEMBERED, fold, fold_word
from chatbot.nlu.lexicon import Lexicon, Reading
from chatbot.nlu.syllables import is_syllable, long_coda, telex_bare, vni_bare

__all__ = ["LONGEST", "URL", "Normalizer", "Words", "fold"]

LONGEST: Final = 1200
"""Characters of a text that are read; a question is shorter, and time must stay bounded."""

MASKED: Final = "somat"
LINK: Final = "duonglink"
MAILBOX: Final = "hopthu"
LONG_NUMBER: Final = "soday"

_MASK = re.compile(r"\[([A-Z]{2,10})(?::[^\]\s]{0,24})?\](?:(?<=\[EMAIL\])@[\w.-]+)?")
_MASKED_AS: Final = {"EMAIL": MAILBOX} | dict.fromkeys(("SDT", "CCCD", "MASO", "TAIKHOAN", "HOCHIEU"), LONG_NUMBER)
"""What a masked value is to the understanding: the same as the bare one in a phrasing. Any other is a secret."""
_CODE = re.compile(r"(?<![\d.,/])(?!\d{3}000)\d{6}(?![\d.,/])(?!\s*(?:đ|d|vnd|vnđ|đồng|dong|k)\b)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
URL = re.compile(
    r"(?:https?://|www\.)\S+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:vn|com|net|org|info|top|xyz|co|biz|cc|me|app|site|online)\b\S*"
)
_FIGURE = re.compile(r"\d")
_LONG = re.compile(r"\d{9,}|\d{3,4}[ .]\d{3}[ .]\d{3,4}\b")
_TOKEN = re.compile(r"\d+(?:[.,/]\d+)*|[^\W\d_]+")
_VNI = re.compile(r"\b[a-z]+(?:[1-9][a-z]*)+\b")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_DOUBLED = re.compile(r"([^\W\d_])\1")
_DOUBLED_END = re.compile(r"([^\W\d_])\1+$")
_SHORTEST_SLIP: Final = 3
_SHORTEST_REPAIR: Final = 4
_VNI_WORDS: Final = 3
"""Tokens that must look like VNI keys before any is decoded: "thang5" alone means May."""


@dataclass(frozen=True, slots=True)
class Words:
    """A normalised text. `spelled` keeps known diacritics, `folded` has none, `merged` has terms joined."""

    spelled: tuple[str, ...]
    folded: tuple[str, ...]
    merged: tuple[str, ...]
    accented: bool
    known: float
    """Share of words that the training texts or the lexicon hold, 0 to 1."""
    mended: tuple[tuple[str, str], ...] = ()
    """Tokens that were no words as typed, each with what was read instead: ("thnág", "tháng")."""

    @property
    def text(self) -> str:
        """The merged words as one string, for similarity of letters."""
        return " ".join(self.merged)


class Normalizer:
    """Normalises texts with a lexicon and the words that training texts hold, the commonest first. Thread-safe after
    construction."""

    def __init__(self, lexicon: Lexicon, vocabulary: Iterable[str] = ()) -> None:
        self.lexicon = lexicon
        self.ranks = {word: rank for rank, word in enumerate(dict.fromkeys(vocabulary))}
        self.vocabulary = frozenset(self.ranks)
        self._by_length: dict[int, list[str]] = {}
        for word in self.ranks:
            if word.isalpha():
                self._by_length.setdefault(len(word), []).append(word)
        self._one = lru_cache(maxsize=WORDS_REMEMBERED)(self._spell)

    def words(self, text: str) -> Words:
        """The words of a text (its first 1,200 characters)."""
        tokens = self._tokens(unicodedata.normalize("NFC", text[:LONGEST]))
        accented = not all(token.isascii() for token in tokens)
        spelled: list[str] = []
        mended: list[tuple[str, str]] = []
        before = [fold_word(token) for token in tokens]
        for place, token in enumerate(tokens):
            readings = self.lexicon.ambiguous.get(token)
            meant = self._one(token) if readings is None else _read(readings, before, place)
            if meant != token and readings is None and self._is_mended(token, meant):
                mended.append((token, meant))
            spelled.extend(map(intern, meant.split()))
        folded = tuple(fold_word(word) for word in spelled)
        known = sum(self._knows(word) for word in folded) / len(folded) if folded else 0.0
        return Words(tuple(spelled), folded, self._merge(folded), accented, known, tuple(mended))

    def _is_mended(self, token: str, meant: str) -> bool:
        """Is it a slip, no chat spelling and no numeral like "II"?"""
        return len(meant) >= _SHORTEST_SLIP and token not in self.lexicon.spellings

    def _tokens(self, text: str) -> list[str]:
        text = _MASK.sub(lambda found: f" {_MASKED_AS.get(found[1], MASKED)} ", text).lower()
        if "." in text or "://" in text:
            text = URL.sub(f" {LINK} ", _MAIL.sub(f" {MAILBOX} ", text))
        if _FIGURE.search(text):
            text = _CODE.sub(f" {MASKED} ", _LONG.sub(f" {LONG_NUMBER} ", text))
            if len(_VNI.findall(text)) >= _VNI_WORDS:
                text = _VNI.sub(lambda found: self._vni(found.group()), text)
        return _TOKEN.findall(text.replace("%", " phần trăm "))

    def _vni(self, word: str) -> str:
        bare = vni_bare(word)
        return bare if bare and self._knows(bare) else word

    def _knows(self, word: str) -> bool:
        return word in self.vocabulary or word in self.lexicon.known or word[0].isdigit()

    def _spell(self, token: str) -> str:
        """One token outside of any context."""
        if token[0].isdigit():
            return token
        for form in (token, _REPEATED.sub(r"\1", token), _DOUBLED_END.sub(r"\1", token)):
            if form in self.lexicon.spellings:
                return self.lexicon.spellings[form]
            if self._knows(fold_word(form)):
                return form
        token = _REPEATED.sub(r"\1", token)
        return self._mend(token) or token

    def _mend(self, token: str) -> str:
        """What a token that is no known word was meant to be, or ""."""
        folded = fold_word(token)
        bare = telex_bare(folded)
        if bare and self._knows(bare):
            return bare
        if is_syllable(folded):
            return ""
        return self._slip(token) or self._repair(folded)

    def _slip(self, token: str) -> str:
        """The commonest word of which a letter was doubled, two neighbours changed places or the chat left out an n,
        with its marks; "" when there is none."""
        if len(token) < _SHORTEST_SLIP:
            return ""
        swaps = (f"{token[:at]}{token[at + 1]}{token[at]}{token[at + 2 :]}" for at in range(len(token) - 1))
        shortened = long_coda(token)
        known = [one for one in (_DOUBLED.sub(r"\1", token), shortened, *swaps) if fold_word(one) in self.ranks]
        return min(known, key=lambda one: self.ranks[fold_word(one)], default=shortened)

    def _repair(self, folded: str) -> str:
        """The commonest known word one letter away, or ""."""
        if len(folded) < _SHORTEST_REPAIR:
            return ""
        near = [word for size in (-1, 0, 1) for word in self._by_length.get(len(folded) + size, ())]
        found = process.extract(folded, near, scorer=DamerauLevenshtein.distance, score_cutoff=1, limit=None)
        return min((word for word, _, _ in found), key=self.ranks.__getitem__, default="")

    def _merge(self, folded: tuple[str, ...]) -> tuple[str, ...]:
        merged: list[str] = []
        place = 0
        while place < len(folded):
            for words, name in self.lexicon.terms.get(folded[place], ()):
                if folded[place : place + len(words)] == words:
                    merged.append(name)
                    place += len(words)
                    break
            else:
                merged.append(folded[place])
                place += 1
        return tuple(merged)


def _read(readings: tuple[Reading, ...], folded: list[str], place: int) -> str:
    """What an ambiguous spelling means among its neighbours."""
    after = (folded[place - 1] if place else "", " ".join(folded[max(0, place - 2) : place]))
    before = (folded[place + 1] if place + 1 < len(folded) else "", " ".join(folded[place + 1 : place + 3]))
    for reading in readings:
        if reading.fits(after, before):
            return reading.means
    return folded[place]
