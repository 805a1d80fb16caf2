"""Reading short words: yes, done, not yet, I don't know, stop, back. With or without diacritics."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from chatbot.dialogue.word_lists import (
    AGREED,
    COMMANDS,
    INSIDE,
    MARKED_COMMANDS,
    NOT_A_COMMAND,
    NOT_A_STEP,
    NOT_YES,
    STEP_VERBS,
    WORDS,
    Command,
    Word,
)
from chatbot.nlu.syllables import is_syllable, telex_bare

_SHORT: Final = {
    **dict.fromkeys(
        ("ko", "k", "hok", "hong", "hk", "khg", "kg", "kh", "hem", "hok", "kong", "hog", "kô", "hông", "hổng"), "khong"
    ),
    **dict.fromkeys(("dc", "duoc", "đc", "dk", "duok"), "duoc"),
    **dict.fromkeys(("r", "rui", "rùi", "roi", "roy"), "roi"),
    "chx": "chua",
    **dict.fromkeys(("bik", "bít", "bjt", "bix"), "biet"),
    **dict.fromkeys(("mk", "mkhau", "pass", "pas", "password", "matkhau"), "mat khau"),
    **dict.fromkeys(("oke", "okie", "oki", "okay", "okee", "okela", "okey"), "ok"),
    **dict.fromkeys(("gmail", "mail", "email", "e-mail", "imeo", "meo"), "email"),
    **dict.fromkeys(("j", "ji"), "gi"),
    **dict.fromkeys(("app", "ap", "apps"), "app"),
    **dict.fromkeys(("web", "website"), "web"),
    "bn": "bao nhieu",
    "bt": "biet",
    "ntn": "nhu the nao",
    "lm": "lam",
    "đt": "dien thoai",
    "dt": "dien thoai",
}
_POLITE: Final = frozenset(
    "da a ak ah em oi nhe nha nhi ban ad admin anh chi chau ne luon vay the do".split()  # noqa: SIM905 - one line of words
)
_QUESTION_WORDS: Final = 3
_COMMAND_WORDS: Final = 8
_REPORT_WORDS: Final = 6
_THUMBS: Final = re.compile("[\U0001f44d\U0001f44c\u2705\u2714\U0001f197]")
_NEGATIONS: Final = frozenset({"khong", "chua", "chang", "chả"})
_LETTERS: Final = re.compile(r"[^\W_]+(?:[/.][^\W_]+)*")
_THANKS: Final = re.compile(r"[\s,.!]*\b(?:cảm ơn|cám ơn|cam on|thanks?|tks|thank you)\b.*$", re.IGNORECASE | re.DOTALL)
_STRETCHED: Final = re.compile(r"([a-z])\1{2,}")


@lru_cache(maxsize=2048)
def fold(text: str) -> str:
    """Lower case, no diacritics, no punctuation, short forms written out: "Ko thấy mã!!" -> "khong thay ma".

    Raw telex keys are read as the word they stand for: "chuwa thaays" -> "chua thay".
    """
    lower = unicodedata.normalize("NFC", text).casefold()
    return " ".join(map(_folded, _LETTERS.findall(lower)))


@lru_cache(maxsize=8192)
def _folded(written: str) -> str:
    word = _SHORT.get(written) or plain(written)
    return word if is_syllable(word) else telex_bare(word) or word


def plain(text: str) -> str:
    """Without diacritics, stretched letters pulled together: "rồiiii" -> "roi"."""
    if text.isascii():
        return _STRETCHED.sub(r"\1", text)
    bare = "".join(mark for mark in unicodedata.normalize("NFD", text) if not unicodedata.combining(mark))
    return _STRETCHED.sub(r"\1", bare.replace("đ", "d"))


@lru_cache(maxsize=256)
def accented(text: str) -> str:
    """Lower case with diacritics kept, punctuation dropped."""
    return " ".join(_LETTERS.findall(unicodedata.normalize("NFC", text).casefold()))


def bare(folded: str) -> str:
    """Without the polite words around it: "da xong roi a" -> "xong roi"."""
    return " ".join(word for word in folded.split() if word not in _POLITE)


def without_thanks(text: str) -> str:
    """What stands before the thanks: "vào được rồi cảm ơn em" -> "vào được rồi"; thanks alone stay."""
    return _THANKS.sub("", text).strip() or text


def negated(folded: str) -> bool:
    """Is it a "not" or "not yet"? A closing "không?" or "chưa?" of a longer question is not one."""
    words = bare(folded).split()
    if len(words) >= _QUESTION_WORDS and words[-1] in {"khong", "chua"}:
        words = words[:-1]
    return any(word in _NEGATIONS for word in words)


def thumbs_up(text: str) -> bool:
    """Only a thumbs-up or a tick, and nothing else to read."""
    return bool(_THUMBS.search(text)) and not _LETTERS.search(text)


def word(text: str) -> Word | None:
    """The short answer that the whole text is, or None."""
    if thumbs_up(text):
        return Word.YES
    return next((kind for kind, said in WORDS.items() if _is(text, said, NOT_YES)), None)


def command(text: str) -> Command | None:
    """The command that the text is, or None."""
    folded = fold(text)
    if bare(folded) in AGREED:
        return None
    if accented(text) in MARKED_COMMANDS:
        return MARKED_COMMANDS[accented(text)]
    exact = next((kind for kind, said in COMMANDS.items() if _is(text, said, NOT_A_COMMAND)), None)
    if exact or len(folded.split()) > _COMMAND_WORDS:
        return exact
    return next((kind for kind, parts in INSIDE.items() if any(f" {part} " in f" {folded} " for part in parts)), None)


def finished(folded: str) -> bool:
    """A short report that a step was done: "em bấm gửi rồi", "làm xong". Not "mất tiền rồi"."""
    words = folded.split()
    if len(words) > _REPORT_WORDS or negated(folded) or not NOT_A_STEP.isdisjoint(words):
        return False
    return words[-1:] in (["roi"], ["xong"]) and not STEP_VERBS.isdisjoint(words)


def _is(text: str, said: frozenset[str], lookalikes: frozenset[str]) -> bool:
    folded = fold(text)
    same = bare(folded) in _FOLDED[said] or folded in _FOLDED[said]
    return same and bare(accented(text)) not in lookalikes


_FOLDED: Final = {said: frozenset(fold(one) for one in said) for said in (*WORDS.values(), *COMMANDS.values())}
