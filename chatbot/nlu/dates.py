"""The date that a citizen's words are about: "tháng 5 năm ngoái", "từ 15/6 đến 20/7/2026", "sinh 8/1965"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from chatbot.knowledge.event_days import JOINED, background, is_birth
from chatbot.model import Period
from chatbot.nlu.date_forms import day, months, near_year, read, readable

_RANGE: Final = re.compile(r"\btu\s+(.{1,24}?)\s+(?:den|toi)\s+(?:het\s+)?(.{1,24})")
_FILLER: Final = re.compile(r"^(?:\s|ngay|thang|nam|hom|hoi|dau|cuoi|het)*$")
_BARE_DAY: Final = re.compile(r"\s*(\d{1,2})\s*/\s*(\d{1,2})(?![\d/])")
_OWN_YEAR: Final = re.compile(r"(?:19|20)\d\d|nam (?:ngoai|nay|truoc|roi|kia)")
_SHORT_BIRTH: Final = re.compile(
    r"\b(?:sinh|sn)\s*(?:nam\s*)?(?:(\d{1,2})\s*[/-]\s*)?([4-9]\d)\b"
    r"(?!\s*(?:tuoi|trieu|tr|nam (?:truoc|roi)|thang|ngay|k|%)|[/.,%]?\d)"
)
"""The two digits of a birth year, "sinh năm 71", "sn 8/65"."""
_STEMS: Final = ("giap", "at", "binh", "dinh", "mau", "ky", "canh", "tan", "nham", "quy")
_BRANCHES: Final = {
    "suu": 1, "dan": 2, "mao": 3, "meo": 3, "thin": 4, "ngo": 6, "mui": 7, "than": 8, "dau": 9, "tuat": 10, "hoi": 11,
}  # fmt: skip
_CYCLE: Final = re.compile(rf"\btuoi\s+({'|'.join(_STEMS)})\s+(ty|ti|{'|'.join(_BRANCHES)})\b")
_BRANCH_COUNT: Final = 12
_WORKED: Final = 40
_ELDERLY: Final = 90
_ELDERS: Final = range(1930, 1990)
_FIRST_OF_CYCLE: Final = 4
"""The year 4 was Giáp Tý, and every sixtieth since."""


_WRITTEN: Final = (
    (re.compile(r"\btôi\b", re.IGNORECASE), "tao"),
    (re.compile(r"(?<=tháng )sáu\b", re.IGNORECASE), "06 "),
)
"""What folding would confuse where the citizen typed the marks, in as many letters: "tháng tôi" is not "tháng tới"
(next month), "tháng sáu" (June) is not "tháng sau"."""
_COUNTED: Final = re.compile(r"(?:\d|\b(?:mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|muoi|may|nhieu|vai))\s*$")
_EVERY: Final = re.compile(r"\b(?:moi|hang|tung)\s*$")
_MONTH_IN_WORDS: Final = re.compile(r"\s*th(?:ang|g)\s*[a-z]")
_NEAR_MONTH: Final = re.compile(r"\s*thang\s*(?:nay|truoc|roi|qua|sau|toi|vua roi|vua qua)$")


_SWAPPED_YEAR: Final = re.compile(
    r"\bnma (?=(?:ngoai|kia)\b|(?:19|20)\d\d\b)|(?<=\d )nma (?=(?:nay|truoc|sau|toi|roi)\b)"
)
""" "Tháng 8 nma ngoái", "nma 2025": the one swapped date word that chats write for something else ("nhưng mà")."""


def distinct(text: str) -> str:
    """The text with what folding would confuse told apart; as long as before."""
    for written, told in _WRITTEN:
        text = written.sub(told, text)
    return text


@dataclass(frozen=True, slots=True)
class _Named:
    """A period with what stands before and after its words."""

    period: Period
    before: str
    after: str


def find_dates(folded: str, today: date) -> tuple[Period | None, Period | None]:
    """What the folded text is about, and a grown person's birth in it."""
    folded = _SWAPPED_YEAR.sub("nam ", folded)
    named = list(_all_named(folded, today))
    return _about(named, today), _birth(folded, named, today)


def _about(all_named: Sequence[_Named], today: date) -> Period | None:
    """The period that a text is about: most exact expressions first; None when it names none.

    What is only the case's background gives way to any other date: a grown person's birth ("sinh 1967, nghỉ hưu 2028"
    is about 2028), the first contribution, the start of a job, the month of a wage.
    """
    spare: Period | None = None
    for named in all_named:
        if not background(named.before, named.after, named.period, today) and not JOINED.search(named.before):
            return named.period
        spare = spare or named.period
    return spare


def _birth(folded: str, named: Sequence[_Named], today: date) -> Period | None:
    """A grown person's day, month or year of birth: "sinh 8/1965", "sn 71", "tuổi Tân Hợi"; None for none or two."""
    births = {(one.period.first, one.period.last): one.period for one in named if _own_birth(one, today)}
    if births:
        return births.popitem()[1] if len(births) == 1 else None
    if short := _SHORT_BIRTH.search(folded):
        month = int(short[1] or 0)
        return months(1900 + int(short[2]), month or 1, month or 12) if month <= 12 else None  # noqa: PLR2004
    return _of_cycle(folded) or next((one.period for one in named if _long_ago(one, today)), None)


def _own_birth(named: _Named, today: date) -> bool:
    return is_birth(named.before, named.period, today)


def _long_ago(named: _Named, today: date) -> bool:
    """Is it a year that can only be of birth, "mẹ tôi 1968 khi nào về hưu"? No first contribution either."""
    grown = today.year - _ELDERLY <= named.period.last.year <= today.year - _WORKED
    return grown and not background(named.before, named.after, named.period, today)


def _all_named(folded: str, today: date) -> Iterator[_Named]:
    spans = list[tuple[int, int]]()
    for found in _RANGE.finditer(folded):
        if ranged := _range(found, today):
            start, end = found.start(1), found.start(2) + len(ranged.words)
            spans.append((start, end))
            yield _named(folded, ranged, start, end)
    for pattern, reader in readable(folded):
        for found in pattern.finditer(folded):
            period = None if _is_span(found) else read(found, reader, today)
            if period and not any(start <= found.start() < end for start, end in spans):
                yield _named(folded, period, found.start(), found.end())


def _is_span(found: re.Match[str]) -> bool:
    """ "1 tháng năm 2026", "8 thang toi", "mỗi tháng năm nay" tell how long or how often, not which month."""
    if not _MONTH_IN_WORDS.match(found.group()):
        return False
    before = found.string[: found.start()]
    often = _EVERY.search(before) is not None and not _NEAR_MONTH.match(found.group())  # "mới tháng trước" is a month
    return often or _COUNTED.search(before) is not None


def _named(folded: str, period: Period, start: int, end: int) -> _Named:
    words = folded[start:end]
    start += len(words) - len(words.lstrip())
    return _Named(Period(period.first, period.last, words.strip()), folded[:start], folded[end:])


def _range(found: re.Match[str], today: date) -> Period | None:
    """Both ends of "từ tháng 5 đến tháng 7/2026"; a year said once, at the end, is meant for both.

    The `words` of the result are those of the second end.
    """
    first, last = _at_start(found[1], today, whole=True), _at_start(found[2], today)
    if first is None or last is None:
        return None
    start = first.first
    if not _OWN_YEAR.search(found[1]) and _OWN_YEAR.search(last.words):
        start = start.replace(year=last.last.year, day=min(start.day, 28))
        start = start.replace(year=start.year - 1) if start > last.last else start
    return Period(start, last.last, last.words) if start <= last.last else None


def _at_start(words: str, today: date, *, whole: bool = False) -> Period | None:
    """The period with which the words begin, or which they are; "15/6" counts here without a word before it."""
    for pattern, reader in readable(words):
        for found in pattern.finditer(words):
            rest = words[found.end() :] if whole else ""
            period = read(found, reader, today)
            if period and _FILLER.match(words[: found.start()]) and _FILLER.match(rest):
                return Period(period.first, period.last, words[: found.end()])
    bare = _BARE_DAY.match(words)
    if bare is None or (whole and words[bare.end() :].strip()) or not 1 <= int(bare[2]) <= 12:  # noqa: PLR2004
        return None
    exact = day(near_year(int(bare[2]), today), int(bare[2]), int(bare[1]))
    return Period(exact.first, exact.last, bare.group()) if exact else None


def _of_cycle(folded: str) -> Period | None:
    """A year of the sixty-year cycle, as old people tell their age: "tuổi Tân Hợi" is 1971.

    Folding makes Tý and Tỵ one word; the stem tells them apart, for both are even or both odd.
    """
    found = _CYCLE.search(folded)
    if not found:
        return None
    stem = _STEMS.index(found[1])
    branch = _BRANCHES.get(found[2], 0 if stem % 2 == 0 else 5)
    for year in _ELDERS:
        place = year - _FIRST_OF_CYCLE
        if place % len(_STEMS) == stem and place % _BRANCH_COUNT == branch:
            return months(year, 1, 12)
    return None
