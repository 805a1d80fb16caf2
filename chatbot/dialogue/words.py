"""Reading short words: yes, done, not yet, I don't know, go on, stop, back. With or without diacritics."""

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
from chatbot.nlu.letters import WORDS_REMEMBERED
from chatbot.nlu.syllables import is_syllable, telex_bare

_SHORT: Final = {
    **dict.fromkeys(
        ("ko", "k", "hok", "hong", "hk", "khg", "kg", "kh", "hem", "hok", "kong", "hog", "kô", "hông", "hổng"), "khong"
    ),
    **dict.fromkeys(("dc", "duoc", "đc", "dk", "duok"), "duoc"),
    **dict.fromkeys(("r", "rui", "rùi", "roi", "roy", "òi", "oy", "gòi"), "roi"),
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
    "nx": "nua",
    "h": "gio",
    **dict.fromkeys(("dzạ", "dza", "zạ"), "da"),
    **dict.fromkeys(("z", "zậy", "zay", "dzậy", "dzay", "rứa"), "vay"),
    "mô": "dau",
    "răng": "sao",
    "mần": "lam",
    "chừ": "gio",
    **dict.fromkeys(("đéo", "éo", "đếch"), "khong"),
    "đt": "dien thoai",
    "dt": "dien thoai",
}
_POLITE: Final = frozenset(
    "da a ak ah em oi nhe nha nhi nghen hen he ban ad admin anh chi chau ne luon vay the do".split()  # noqa: SIM905 - one line of words
)
_QUESTION_WORDS: Final = 3
_COMMAND_WORDS: Final = 8
_REPORT_WORDS: Final = 6
_MOST_DONE: Final = 3
_WAIT_WORDS: Final = 8
_THUMBS: Final = re.compile("[\U0001f44d\U0001f44c\u2705\u2714\U0001f197]")
_THUMBS_DOWN: Final = re.compile("[\U0001f44e\u274c\u2716\U0001f6ab\U0001f645]")
_NEGATIONS: Final = frozenset({"khong", "chua", "chang", "chả", "deo"})
_NOT_SO: Final = re.compile(r"(?<!\bo )\bdau co\b|\bco (?:\w+ ){0,2}(?<!o )dau$")
""" "Đâu có thấy", "có thấy gì đâu": no, without a word that says no. Not "ở đâu có", "có ở đâu"."""
_GO_ON: Final = re.compile(
    r"(?:(?:ok|u|uh|um|vang|gio|minh|cho|thoi|cu) )*"
    r"(?:(?:lam|di|noi|day|huong dan|qua|sang) )?tiep"
    r"(?: (?:tuc|theo|di|thoi|nao|lam|gi|nua|cho|sao|buoc|sau|minh|toi))*"
    r"|(?:roi |gio )*(?:lam )?(?:sao|gi|the nao)(?: (?:bay )?gio)?(?: (?:nua|tiep|tiep theo))+"
    r"|roi (?:gio )?(?:lam )?(?:sao|gi|the nao)"
    r"|(?:qua |sang |toi )?buoc (?:tiep|tiep theo|ke tiep|ke|sau|nua)(?: (?:la|lam) gi| di| nao)*"
)
""" "Làm tiếp", "rồi sao nữa", "bước sau đi": on with it. No answer to a question."""
_WAIT: Final = re.compile(r"(?:khoan|(?:doi|cho) (?:chut|ti|xiu)|doi (?:toi|minh|bac|tui)|wait)\b(?!.* lau)")
""" "Đợi chút con khóc": the reason follows."""
_CHI: Final = re.compile(
    r"\b(cái|là|có|không|ko|chẳng|thấy|làm|mang|cần|bấm|gõ|giấy|nút|nói) chi\b(?! (?:phí|trả|nhánh|tiết|hộ))"
)
""" "Cái chi" is "cái gì" in the centre; "chi ơi" is "chị ơi"."""
_LETTERS: Final = re.compile(r"[^\W_]+(?:[/.][^\W_]+)*")
_THANKS: Final = re.compile(r"[\s,.!]*\b(?:cảm ơn|cám ơn|cam on|thanks?|tks|thank you)\b.*$", re.IGNORECASE | re.DOTALL)
_STRETCHED: Final = re.compile(r"([a-z])\1{2,}")


@lru_cache(maxsize=2048)
def fold(text: str) -> str:
    """Lower case, no diacritics, no punctuation, short forms written out: "Ko thấy mã!!" -> "khong thay ma".

    Raw telex keys are read as the word they stand for: "chuwa thaays" -> "chua thay".
    """
    lower = unicodedata.normalize("NFC", text).casefold()
    return " ".join(map(_folded, _LETTERS.findall(_CHI.sub(r"\1 gì", lower))))


@lru_cache(maxsize=WORDS_REMEMBERED)
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
    if words[-3:] in (["duoc", "khong", "con"], ["duoc", "chua", "con"]):  # "con" is whom an elder speaks to
        words = words[:-1]
    if len(words) >= _QUESTION_WORDS and words[-1] in {"khong", "chua"}:
        words = words[:-1]
    return any(word in _NEGATIONS for word in words) or ("dau" in words and _NOT_SO.search(" ".join(words)) is not None)


def goes_on(text: str) -> bool:
    """Is the whole text a wish to go on, and no answer?"""
    said = bare(fold(text))
    return _GO_ON.fullmatch(said) is not None or said in _GO_ON_ENGLISH


def thumbs_up(text: str) -> bool:
    """Only a thumbs-up or a tick, and nothing else to read."""
    return bool(_THUMBS.search(text)) and not _LETTERS.search(text)


def thumbs_down(text: str) -> bool:
    """Only a thumbs-down or a cross."""
    return bool(_THUMBS_DOWN.search(text)) and not _LETTERS.search(text)


def word(text: str) -> Word | None:
    """The short answer that the whole text is, or None."""
    if thumbs_up(text):
        return Word.YES
    if thumbs_down(text):
        return Word.NO
    said = next((kind for kind, said in WORDS.items() if _is(text, said, NOT_YES)), None)
    if said is None and goes_on(text):
        return Word.GO_ON
    if said is None and len(text.split()) <= _WAIT_WORDS and _WAIT.match(bare(fold(text))):
        return Word.WAIT
    return Word.YES if said is None and _done_and_on(text) else said


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
    words = bare(folded).split()
    if len(words) > _REPORT_WORDS or "di lam" in folded or negated(folded) or not NOT_A_STEP.isdisjoint(words):
        return False
    return words[-1:] in (["roi"], ["xong"]) and not STEP_VERBS.isdisjoint(words)


def _done_and_on(text: str) -> bool:
    """ "Rồi, tiếp đi", "xong rồi sao nữa": the step is done, on with the next."""
    words = [one for one in accented(text).split() if fold(one) not in _POLITE]
    return any(
        _is(" ".join(words[:place]), WORDS[Word.YES], NOT_YES) and goes_on(" ".join(words[place:]))
        for place in range(1, min(len(words), _MOST_DONE + 1))
    )


def _is(text: str, said: frozenset[str], lookalikes: frozenset[str]) -> bool:
    folded = fold(text)
    same = bare(folded) in _FOLDED[said] or folded in _FOLDED[said]
    return same and bare(accented(text)) not in lookalikes


_GO_ON_ENGLISH: Final = frozenset(
    map(fold, ("continue", "go on", "keep going", "carry on", "next", "ok next", "next step", "what next", "what now"))
)
_FOLDED: Final = {said: frozenset(fold(one) for one in said) for said in (*WORDS.values(), *COMMANDS.values())}
