"""What a text mentions that can be judged: numbers to call, web addresses, also as people dictate them ("chấm com")."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from chatbot.privacy.patterns import LINK, SERVICE, SPELLED, SPELLED_VALUE
from chatbot.privacy.shadow import clean, read_digits, shadow
from chatbot.privacy.suspicion import holds_digit


class Subject(StrEnum):
    """The kind of thing that is asked about."""

    PHONE = "phone"
    SITE = "site"
    PAGE = "page"
    APP = "app"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing found in a text, as written; digits only for a number."""

    subject: Subject
    written: str


_DOTS = re.compile(
    r"(?<=[\w\-])\s{0,2}(?:\[\.\]|\(\.\)|\[dot\]|\(dot\)|[。．｡])\s{0,2}(?=\w)"
    r"|(?<=\w)\s{1,2}(?:chấm|cham|dot)\s{1,2}(?=(?:gov|com|vn|net|org|co|info|biz|xyz|top|site|online|baohiemxahoi|bhxh|dichvucong)\b)"
    r"|(?<=\w)(?:\s\.\s?|\.\s)(?=(?:gov|com|vn|net|org|info|biz|xyz)\b)"
    r"|(?<=\w)\s\.\s?(?=co\b(?!\s(?:ai|phải|phai|thể|the|được|duoc|nên|nen|cần|can|gì|gi)\b))"
    r"|(?<=[\w\-])[\u2024\u2027\u2219\xb7](?=\w)",
    re.IGNORECASE,
)
_SPACED_NAMES = (
    (
        re.compile(r"\bb[aả]o\s?hi[eể]m\s?x[aã]\s?h[oộ]i(?=\s?(?:\.|chấm\b|cham\b|dot\b))", re.IGNORECASE),
        "baohiemxahoi",
    ),
    (re.compile(r"\bd[iị]ch\s?v[uụ]\s?c[oô]ng(?=\s?(?:\.|chấm\b|cham\b|dot\b))", re.IGNORECASE), "dichvucong"),
)
"""Names that people write as words when they dictate an address."""
_SCHEME = re.compile(r"\bh(?:xx|tt)p(s?)\s?:\s?//\s?", re.IGNORECASE)
_SCHEMED = re.compile(r"https?://[^\s<>\"'\x00]{2,2000}", re.IGNORECASE)
_IP = re.compile(r"(?<![\w.])(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})(?![\w.])(?:[:/]\S*)?")
_UNICODE_HOST = re.compile(
    r"(?<![\w@.\-])(?:[\w\-]{1,63}\.){1,8}(?:vn|com|net|org|co|info|biz|xyz|top)(?![\w\-])", re.IGNORECASE
)
_USER_HOST = re.compile(
    r"(?<![\w@.\-/])[\w.\-]{3,128}(?::[^\s@/]{0,64})?@(?:(?:[\w\-]{1,63}\.){1,8}[a-z]{2,24}|(?:\d{1,3}\.){3}\d{1,3})"
    r"(?::\d{1,5})?(?:/\S*)?",
    re.IGNORECASE,
)
_ADDRESSES = (_SCHEMED, _USER_HOST, LINK, _IP, _UNICODE_HOST)
_MAIL_HOSTS = re.compile(r"@(?:gmail|yahoo|hotmail|outlook|icloud|ymail)\.", re.IGNORECASE)
_US = re.compile(
    r"\b(?:em|bot|ban|day|(?:trang|page|fanpage|kenh|zalo|oa|chat)(?: \w+){0,2} nay)\b(?:\s\w+){0,6}?\s"
    r"(?:that|gia|chinh (?:thuc|chu))\s(?:khong|ko|k|hay gia|hay that|ha|a)(?:\s(?:vay|a|nhi|em|ban|con|chau|the))?\W*$"
    r"|^(?:\w+ ){0,2}phai (?:la )?(?:bhxh|bao hiem xa hoi)(?: viet nam)? that (?:khong|ko|k|hong)(?: \w+)?\W*$"
)
"""Asked about this very page: "trang nhắn tin này có phải trang thật không"."""
_TRAILING = ".,;:!?)]}\"'”’…>"
_MASKED_PHONE = "[SDT]"
_JOINT = re.compile("[./\u2024\u2027\u2219\xb7\u3002\uff61]")
"""Looked for in a shadow, where a full-width dot is plain: what stands in every address that is not dictated."""
_SPOKEN_JOINTS = ("cham", "dot")
_ONE = "mot"
"""Every service number begins with a 1 or with the country code before it."""
_SERVICE = re.compile(
    r"(?<![\d])(?<!\+\d\s)(?<!\+\d\d\s)(?<!\+\d\d\d\s)(?:(?:\+|00)?84|\(\+?84\))?[\s.\-]{0,2}1[\s.\-]?[89][\s.\-]?0[\s.\-]?0(?:[\s.\-–_/]{0,3}\d){1,10}"
)
_PHONE = re.compile(r"(?<![\d/])(?:\+|00)?\d(?:[\s.\-()]{0,3}\d){7,13}(?!\d)")
_SHORT = re.compile(
    r"(?<![\d.,/])\d{3,5}(?![\d/%]|[.,]\d|\s?(?:k|d|dong|vnd|nghin|ngan|trieu|nam|thang|tuoi|phut|gio)\b)"
)
_SHORT_CUE = re.compile(r"(?:\b(?:so|tong dai|nhan tin|soan|gui|goi|dau so|hotline|tu)\s(?:toi\s|den\s|may\s)?|^\W*)$")
_ENOUGH = 8
_REMEMBERED = 1024
"""Texts, masked as ever, whose answer is kept: many people send the same."""
_MOST = 10


def mentions(text: str) -> list[Mention]:
    """Numbers and addresses of a text in order of kind, each once. Names of pages and applications: see `verify`."""
    text = clean(text)
    folded = shadow(text)
    found: list[Mention] = []
    if _may_hold_address(folded):
        text = _dotted(text)
        for pattern in _ADDRESSES:
            for match in pattern.finditer(text):
                if pattern is _USER_HOST and _MAIL_HOSTS.search(match[0]):
                    continue
                found.append(Mention(Subject.SITE, match[0].rstrip(_TRAILING)))
                text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
        folded = shadow(text)
    found += (Mention(Subject.PHONE, digits) for digits in _phones(text, folded))
    return [*dict.fromkeys(found)]


def _may_hold_address(folded: str) -> bool:
    """By the shadow of a text: is there anything that joins the parts of an address?"""
    return _JOINT.search(folded) is not None or any(word in folded for word in _SPOKEN_JOINTS)


@lru_cache(maxsize=_REMEMBERED)
def asks_of_us(text: str) -> bool:
    """Does somebody ask whether this page, or the bot itself, is genuine?"""
    return _US.search(shadow(clean(text))) is not None


@lru_cache(maxsize=_REMEMBERED)
def words_beside(text: str) -> int:
    """How many words stand beside the numbers and addresses of a text: none where one was only pasted or dictated."""
    text = clean(text)
    folded = shadow(text)
    if _may_hold_address(folded):
        text = _dotted(text)
        for pattern in _ADDRESSES:
            text = pattern.sub(" ", text)
        folded = shadow(text)
    folded = read_digits(folded)
    for pattern in (SPELLED, _SERVICE, _PHONE) if holds_digit(folded) else (SPELLED,):
        folded = pattern.sub(" ", folded)
    return len(re.findall(r"\w+", folded.replace(_MASKED_PHONE.lower(), " ")))


def _dotted(text: str) -> str:
    for words, name in _SPACED_NAMES:
        text = words.sub(name, text)
    return _DOTS.sub(".", _SCHEME.sub(r"http\1://", text))


def _phones(text: str, folded: str) -> Iterator[str]:
    """The numbers of a text, by its shadow too."""
    folded = read_digits(folded)
    if not holds_digit(folded):
        if _ONE in folded:
            yield from (digits for _, _, digits in _dictated(folded))
        if _MASKED_PHONE in text:
            yield _MASKED_PHONE
        return
    for start, end, digits in _dictated(folded):
        yield digits
        folded = folded[:start] + " " * (end - start) + folded[end:]
    for match in _SERVICE.finditer(folded):
        yield _service_digits(match[0])
        folded = folded[: match.start()] + " " * len(match[0]) + folded[match.end() :]
    for match in _PHONE.finditer(folded):
        plus = "+" if match[0].startswith(("+", "00")) else ""
        digits = "".join(char for char in match[0] if char.isdigit())
        yield plus + digits.removeprefix("00") if plus else digits
        folded = folded[: match.start()] + " " * len(match[0]) + folded[match.end() :]
    if _MASKED_PHONE in text:
        yield _MASKED_PHONE
    for match in _SHORT.finditer(folded):
        if _SHORT_CUE.search(folded[max(0, match.start() - 24) : match.start()]):
            yield match[0]


def _dictated(folded: str) -> Iterator[tuple[int, int, str]]:
    """Service numbers said digit by digit: "một chín không không chín không sáu tám"."""
    for match in SPELLED.finditer(folded):
        words = re.findall(r"\w+", match[0])
        digits = "".join(word if word.isdigit() else SPELLED_VALUE[word] for word in words)
        if re.search("[a-z]", match[0]) and SERVICE.fullmatch(digits):
            yield match.start(), match.end(), digits.removeprefix("00")


def _service_digits(written: str) -> str:
    """The service number at the front of digits that may run on into a price or a year: "1900 9068 1000 đồng"."""
    national = re.sub(r"^\D*(?:00)?84\D*(?=1)", "", written)
    digits = ""
    for group in re.findall(r"\d+", national):
        if len(digits) >= _ENOUGH and (len(digits) + len(group) > _MOST or len(group) > 2):
            break
        digits += group
    return digits
