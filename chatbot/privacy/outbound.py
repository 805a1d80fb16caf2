"""The last gate: what may not leave. Reset-flow specification, section 7.4."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol
from urllib.parse import urlsplit

from chatbot.model import CallButton, LinkButton, Reply
from chatbot.privacy import patterns
from chatbot.privacy.mask import mask
from chatbot.privacy.shadow import shadow

_REMEMBERED = 1024
"""Texts and labels: every topic's answer, every label, and room for what is put together of them; a few megabytes."""
_EXAMPLE_MAIL = re.compile(r"\bten@gmail\.com\b")
_PHONE = re.compile(
    r"(?<![\d.,/\[])(?:\+?84|\(?0)[ \t.\-]?\d(?:[ \t.\-()]{0,2}\d){7,9}(?!\d)"
    r"|(?<![\d.,/])1[89]00(?:[ \t.\-]?\d){4,6}(?!\d)"
)
"""A number to call stays on its line: "1900.9068", a line break, "3." are two numbers."""
_SHORT_CODE = re.compile(
    r"\b(?:goi|nhan tin|soan tin)\s(?:so\s|den\s|toi\s)?(\d{3,5})"
    r"(?![\d/%:]|[.,\- ]\d|\s?(?:k|d|dong|phut|gio|ngay|nam|thang|nguoi|lan|buoc)\b)"
)
_IP = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,2}(?![\w.])")
_OTHER_DOTS = re.compile(r"(?<=\w)[。．｡․](?=\w)")
_GUARDED = (
    r"(?:mat khau|\botp\b|ma xac (?:nhan|thuc)|cccd|can cuoc|cmnd|dinh danh|ma so bhxh|so bhxh|so the|the bhyt"
    r"|so tai khoan|so dien thoai|\bemail\b|ho chieu"
    r"|anh chup|hinh chup|anh the|hinh the|anh giay to|hinh giay to|ma so(?! thue)|\bpasswords?\b"
    r"|\bcodes?\b|\bid (?:card|number)|insurance number|passport|phone number)"
)
_NAMED = re.compile(_GUARDED)
_CLAUSE_END = re.compile(r"[.!?;\n]+(?=\s|$)")
_ME = r"(?:em|chau|bot|chung em|me|us)"
_TO_US = (
    rf"(?:(?:cho|gui|ve|qua|giup) {_ME}\b|vao day|qua day|o day|tai day|ve day|tin nhan nay"
    r"|(?:vao|o|trong) (?:o |khung )(?:chat|nay)|\bhere\b)"
)
_GIVE = (
    r"\b(?:gui|nhan|doc|cung cap|dua|bao|go|nhap|dien|chup|chep|ghi|cho biet"
    r"|send|tell|give|type|enter|share|provide|write)\b"
)
_ASK_US = re.compile(
    rf"(?:cho {_ME} xin|{_ME} xin|xin cho {_ME}|cho {_ME} biet|cho {_ME} hoi).{{0,40}}{_GUARDED}"
    rf"|\bcho {_ME} [^.(]{{0,30}}{_GUARDED}|\b(?:gui|doc|dua|bao|nhan|chup) (?:giup )?{_ME} [^.(]{{0,30}}{_GUARDED}"
    rf"|\b(?:em|chau) (?:can|muon) (?:co |biet |xem |so |ma ){{0,2}}{_GUARDED}"
    rf"|{_GIVE}.{{0,60}}{_GUARDED}.{{0,40}}{_TO_US}"
    rf"|{_GIVE}.{{0,12}}{_TO_US}.{{0,40}}{_GUARDED}|\b(?:send|tell|give) {_ME}\b.{{0,30}}{_GUARDED}"
    rf"|{_GUARDED}(?: so)? (?:cua )?(?:anh/chi|bac|co|chu|ong|ba)\b.{{0,12}}(?:la gi|la bao nhieu|bao nhieu|la so may)"
    rf"|what(?: is|'s) your .{{0,20}}{_GUARDED}|\bde lai .{{0,20}}{_GUARDED}"
    rf"|{_GIVE}.{{0,40}}{_GUARDED}.{{0,30}}\bde {_ME} (?:tra|kiem tra|xem|giup|ho tro)"
)
_ASK = re.compile(
    r"(?:anh/chi|anh chi|vui long|xin moi|bac|co chu)\s(?:vui long\s|hay\s)?(?:gui|cung cap|cho biet"
    rf"|nhan lai)\b.{{0,30}}{_GUARDED}"
)
_NEGATED = re.compile(r"\b(?:dung|khong|chang|chua|khoi|tuyet doi|tranh|ngung|not|never|don't|no)\b")
_ELSEWHERE = re.compile(
    r"\b(?:tren|trong|vao|tai|cho|den|toi|qua|o|in|on)\s(?:o (?!chat|nay)|ung dung|app|trang|cong|vssid|vneid|may"
    r"|co quan|can bo|bhxh|cong an|ngan hang|noi lam"
    r"|cong ty|don vi|nguoi su dung|dai ly|to chuc|bac si|benh vien|co so|tong dai|the app|that page|that screen)"
)


class Allowed(Protocol):
    """The register of what may leave; one object for one state of it."""

    def __hash__(self) -> int:
        """By identity."""

    def allows_link(self, host: str, path: str) -> bool:
        """May this address leave?"""

    def allows_phone(self, digits: str) -> bool:
        """May this number leave?"""


def outbound_problems(reply: Reply, official: Allowed) -> list[str]:
    """Why a reply may not leave, in English for the log; it never repeats the text. Empty: it may."""
    return [*dict.fromkeys(_problems(reply, official))]


def _problems(reply: Reply, official: Allowed) -> Iterator[str]:
    for part in reply.parts:
        yield from _text_problems(part.text, official)
        for button in part.buttons:
            yield from _text_problems(button.label, official)
            if isinstance(button, LinkButton) and not _link_allowed(button.url, official):
                yield "a link button opens an address that is not registered"
            if isinstance(button, CallButton) and not official.allows_phone(_digits(button.phone)):
                yield "a call button calls a number that is not registered"


@lru_cache(maxsize=_REMEMBERED)
def _text_problems(text: str, official: Allowed) -> tuple[str, ...]:
    """Remembered: answers and labels leave again and again, word for word, and the register of a run never changes."""
    return tuple(_found(text, official))


def _found(text: str, official: Allowed) -> Iterator[str]:
    text = _OTHER_DOTS.sub(".", text)
    folded = shadow(text)
    if _IP.search(folded) or any(
        not _link_allowed(match[0].rstrip(".,;:!?)”\"'"), official) for match in patterns.LINK.finditer(text)
    ):
        yield "the text holds an address that is not registered"
    unlinked = patterns.LINK.sub(" ", folded)
    called = [match[0] for match in _PHONE.finditer(unlinked)] + _SHORT_CODE.findall(unlinked)
    if any(not official.allows_phone(_digits(number)) for number in called):
        yield "the text holds a phone number that is not registered"
    if mask(_EXAMPLE_MAIL.sub("", text)).found:
        yield "the text holds something that looks like a secret"
    if _NAMED.search(folded) and any(_asks(clause) for clause in _CLAUSE_END.split(folded)):
        yield "the text asks for a guarded value"


def _asks(clause: str) -> bool:
    for pattern, within in ((_ASK_US, True), (_ASK, False)):
        match = pattern.search(clause)
        if match is None or _NEGATED.search(_part(clause, match)):
            continue
        if _ELSEWHERE.search(match[0] if within else clause[match.start() :]) is None:
            return True
    return False


def _part(clause: str, match: re.Match[str]) -> str:
    """The request from the comma before it: the "không" of "không cần mật khẩu, chỉ cần gửi..." is another clause's."""
    return clause[clause.rfind(",", 0, match.start()) + 1 : match.end()]


def _link_allowed(link: str, official: Allowed) -> bool:
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and "@" not in parts.netloc
        and port is None
        and official.allows_link(host, parts.path)
    )


def _digits(phone: str) -> str:
    digits = "".join(char for char in phone if char.isdigit())
    return "0" + digits[2:] if digits.startswith("84") and len(digits) > 10 else digits
