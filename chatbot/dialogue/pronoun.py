"""How a citizen calls themself ("bác quên mật khẩu") and how the bot then speaks to them ("Dạ, bác mở ứng dụng…")."""

import re
from functools import lru_cache
from typing import Final

from chatbot.dialogue.words import plain

PRONOUNS: Final = ("bác", "cô", "chú", "ông", "bà")
_ELDERS: Final = frozenset({"bác", "ông", "bà"})
"""With these the bot calls itself "cháu"."""
_OWN: Final = "|".join(PRONOUNS)
_FOLDED: Final = {plain(word): word for word in PRONOUNS}
_VERBS: Final = (
    "quên|không|ko|k|hông|muốn|cần|bị|hỏi|chưa|đang|đã|thấy|làm|vào|gõ|bấm|nhập|già|năm nay|có|tính|định|mới|lỡ|mở|"
    "được|về|đóng|nghỉ|hưởng|nhờ|xem|chẳng|cũng|vẫn|rành|hiểu|biết|sẽ|dùng|gọi|tải|cài|nhận"
)
_ASKING: Final = "quên|muốn|cần|hỏi|không biết|không rành|không hiểu|không vào|chưa|ko biết|ko rành|ko vào|già|nhờ"
"""After "ông" and "bà" only what somebody says of themself: "ông bị tai biến" tells of another person."""
_KIN: Final = "tôi|em|mình|tao|nội|ngoại|ấy|ta|giáo|sĩ|xã|chủ|hàng|bầu|con|cụ|nhà|thông|khí|trẻ|dâu|rể|bên|kia"
_SPOKEN: Final = (
    rf"\b(?:cho|để)\s+(?P<asks>{_OWN})\s+(?:hỏi|nhờ|biết|xin)\b",
    rf"(?:^|[.,;!?]\s*|\b(?:ơi|ạ|à|nhưng|mà|tại|vì|do|giờ|thì)[\s,]+)(?P<does>bác|cô|chú)\s+(?!(?:{_KIN})\b)(?:{_VERBS})\b",
    rf"(?:^|[.,;!?]\s*|\b(?:ơi|ạ|à)[\s,]+)(?P<old>ông|bà)\s+(?!(?:{_KIN})\b)(?:{_ASKING})\b",
    rf"(?<!hỏi )(?<!làm )\b(?:giúp|hướng dẫn|chỉ|bày|bảo|giùm|dùm)\s+(?:cho\s+)?(?P<helped>{_OWN})"
    r"(?:\s+(?:với|nhé|đi|nha|cái|cách|ạ)\b|\s*[.!?]?$)",
    rf"\b(?:của|tuổi)\s+(?P<owns>{_OWN})\s*(?:[.,!?]|$|\s(?:bị|là|thì|có)\b)",
)
_SOMEBODY_ELSE: Final = re.compile(
    r"\b(?:tôi|tui|mình)\b|\bcho (?:em|con|cháu)\b|\b(?:em|con|cháu) (?:được gì|được hưởng|nhận|lãnh|lĩnh|làm gì|muốn"
    r"|hỏi|phải|nộp|cần|thay)\b"
)
"""A speaker with another word for themself: "cô không trả sổ cho em" is about a "cô", not by one."""
_PATTERNS: Final = tuple(re.compile(pattern) for pattern in _SPOKEN)
_PLAIN_PATTERNS: Final = (
    re.compile(plain(_SPOKEN[0])),
    re.compile(rf"(?:^|\boi[\s,]+)(?P<does>bac|chu)\s+(?!(?:{plain(_KIN)})\b)(?:{plain(_VERBS)})\b"),
    re.compile(rf"(?:^|\boi[\s,]+)(?P<old>ong)\s+(?!(?:{plain(_KIN)})\b)(?:{plain(_ASKING)})\b"),
)
_SAID: Final = frozenset({*PRONOUNS, *_FOLDED})
"""One of these stands in the text as a word, or no pattern finds anything."""
_WORD: Final = re.compile(r"\w+")
_REMEMBERED: Final = 1024
"""Texts, masked as ever, whose answer is kept: many people send the same."""
_YOU: Final = re.compile(r"\banh/chị\b", re.IGNORECASE)
_ME: Final = re.compile(r"(?<!trẻ )(?<!anh )(?<!chị )(?<!con )\b(em|Em)\b(?! bé\b)")


@lru_cache(maxsize=_REMEMBERED)
def detect(text: str) -> str:
    """The word the citizen uses for themself, or "" when they use none of these."""
    lower = text.casefold()
    if _SAID.isdisjoint(_WORD.findall(lower)) or _SOMEBODY_ELSE.search(lower):
        return ""
    found = _first(_PATTERNS, lower) or ("" if plain(lower) != lower else _first(_PLAIN_PATTERNS, lower))
    return _FOLDED.get(plain(found), "")


def address(text: str, pronoun: str) -> str:
    """The sentence for this citizen: "anh/chị" becomes their word, and "em" becomes "cháu" for bác, ông and bà."""
    if pronoun not in PRONOUNS:
        return text
    spoken = _YOU.sub(lambda found: _as(pronoun, found[0]), text)
    return _ME.sub(lambda found: _as("cháu", found[0]), spoken) if pronoun in _ELDERS else spoken


def _as(word: str, instead_of: str) -> str:
    return word.capitalize() if instead_of[0].isupper() else word


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> str:
    found = next((match for pattern in patterns if (match := pattern.search(text))), None)
    return next((word for word in found.groupdict().values() if word), "") if found else ""
