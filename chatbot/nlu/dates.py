"""Dates and periods in a citizen's words: "tháng 5 năm ngoái", "2 tháng trước", "5/2025", "hôm qua".

Reads folded text, so diacritics do not matter. Years must be plausible (1950-2099); a month alone means the one nearest
to today.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from chatbot.knowledge.event_days import BORN, GROWN_YEARS
from chatbot.model import Period

_NUMBERS: Final = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7, "tam": 8,
    "chin": 9, "muoi": 10,
    "gieng": 1, "chap": 12,
}  # fmt: skip
_COUNT: Final = r"(\d{1,3}|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi)"
_MONTH: Final = r"(\d{1,2}|gieng|chap|muoi hai|muoi mot|mot|hai|ba|tu|nam|sau|bay|tam|chin|muoi)"
_YEAR: Final = r"((?:19[5-9]|20\d)\d)"
_RELATIVE_YEAR: Final = r"(nam ngoai|nam truoc|nam roi|nam kia|nam nay|sang nam|nam sau|nam toi)"
_SHIFT: Final = {
    "nam ngoai": -1, "nam truoc": -1, "nam roi": -1, "nam kia": -2, "nam nay": 0,
    "sang nam": 1, "nam sau": 1, "nam toi": 1,
}  # fmt: skip
_DAYS: Final = {"hom nay": 0, "hom qua": -1, "hom kia": -2, "ngay mai": 1, "ngay kia": 2, "mai mot": 2}
_YEAR_OF_MONTHS: Final = 12
_HALF: Final = 6
_FURTHEST_YEARS: Final = 60
_FURTHEST: Final = 600
"""Months; "1000 tháng trước" is no date."""

Reader = Callable[[re.Match[str], date], Period | None]


def find_period(folded: str, today: date) -> Period | None:
    """The first period that the folded text names, most exact expressions first; None when it names none.

    A grown person's date of birth gives way to any other date: "sinh 1967, nghỉ hưu 2028" is about 2028.
    """
    born: Period | None = None
    for pattern, reader in _READERS:
        for found in pattern.finditer(folded):
            period = reader(found, today)
            if period is None:
                continue
            period = Period(period.first, period.last, found.group().strip())
            if not _is_birth(folded[: found.start()], period, today):
                return period
            born = born or period
    return born


def _is_birth(before: str, period: Period, today: date) -> bool:
    return period.last.year <= today.year - GROWN_YEARS and BORN.search(before) is not None


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    if word in {"muoi mot", "muoi hai"}:
        return 11 if word.endswith("mot") else 12
    return _NUMBERS[word]


def _day(year: int, month: int, day: int) -> Period | None:
    try:
        exact = date(year, month, day)
    except ValueError:
        return None
    return Period(exact, exact)


def _month(year: int, month: int) -> Period | None:
    if not 1 <= month <= _YEAR_OF_MONTHS:
        return None
    return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _months(year: int, first: int, last: int) -> Period:
    return Period(date(year, first, 1), date(year, last, monthrange(year, last)[1]))


def _near_year(month: int, today: date) -> int:
    """The year of the nearest such month: in November, "tháng 1" is the coming one, "tháng 5" the past one."""
    ahead = (month - today.month) % 12
    nearest = ahead if ahead <= _HALF else ahead - 12
    return today.year + (today.month - 1 + nearest) // 12


def _full_date(found: re.Match[str], _: date) -> Period | None:
    return _day(int(found[3]), int(found[2]), int(found[1]))


def _day_month(found: re.Match[str], today: date) -> Period | None:
    day, month = int(found[1]), int(found[2])
    return _day(_near_year(month, today), month, day) if 1 <= month <= _YEAR_OF_MONTHS else None


def _month_year(found: re.Match[str], _: date) -> Period | None:
    return _month(int(found[2]), _number(found[1]))


def _month_relative(found: re.Match[str], today: date) -> Period | None:
    return _month(today.year + _SHIFT[found[2]], _number(found[1]))


def _part(found: re.Match[str], today: date) -> Period:
    year = int(found[2]) if found[2] else today.year + _SHIFT[found[3]]
    if found[1] == "dau":
        return _months(year, 1, 3)
    return _months(year, 10, 12) if found[1] == "cuoi" else _months(year, 5, 8)


def _ago(found: re.Match[str], today: date) -> Period | None:
    count, unit = _number(found[1]), found[2]
    sign = -1 if found[3] in {"truoc", "roi", "qua"} else 1
    if unit in {"ngay", "hom", "bua"}:
        exact = today + timedelta(days=sign * count)
        return Period(exact, exact)
    if unit == "tuan":
        around = today + timedelta(weeks=sign * count)
        return Period(around - timedelta(days=around.weekday()), around + timedelta(days=6 - around.weekday()))
    if unit == "nam":
        return _months(today.year + sign * count, 1, 12) if count <= _FURTHEST_YEARS else None
    if count > _FURTHEST:
        return None
    place = today.year * 12 + today.month - 1 + sign * count
    return _month(place // 12, place % 12 + 1)


def _near_month(found: re.Match[str], today: date) -> Period | None:
    place = today.year * 12 + today.month - 1 + {"nay": 0, "sau": 1, "toi": 1}.get(found[1], -1)
    return _month(place // 12, place % 12 + 1)


def _near_week(found: re.Match[str], today: date) -> Period:
    weeks = {"nay": 0, "sau": 1, "toi": 1}.get(found[1], -1)
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
    return Period(monday, monday + timedelta(days=6))


def _near_day(found: re.Match[str], today: date) -> Period:
    exact = today + timedelta(days=_DAYS[found[1]])
    return Period(exact, exact)


def _year(found: re.Match[str], _: date) -> Period:
    return _months(int(found[1]), 1, 12)


def _relative_year(found: re.Match[str], today: date) -> Period:
    return _months(today.year + _SHIFT[found[1]], 1, 12)


def _lone_month(found: re.Match[str], today: date) -> Period | None:
    month = _number(found[1])
    return _month(_near_year(month, today), month) if 1 <= month <= _YEAR_OF_MONTHS else None


_IN: Final = r"\b(?:thang|thg|t)\s*"
_ON: Final = r"\b(?:ngay|hom|mung|mong)\s*(\d{1,2})\s*"
_NO_COUNT: Final = r"(?!\s*(?:luong|nam|ngay|thang|tuoi|trieu|tr|k|cu|lan|buoi|bua|gio|ngan|nghin|phan|%)\b)(?![.,]\d)"
"""What may not follow a lone month: "tháng 3 lần" is no March."""

_FORMS: Final[tuple[tuple[str, Reader], ...]] = (
    (rf"\b(\d{{1,2}})\s*[/.-]\s*(\d{{1,2}})\s*[/.-]\s*{_YEAR}\b", _full_date),
    (rf"{_ON}(?:thang|thg|t)\s*(\d{{1,2}})\s*(?:nam|,)?\s*{_YEAR}\b", _full_date),
    (rf"{_IN}{_MONTH}\s*(?:[/.-]|nam|,|cua nam)?\s*{_YEAR}\b", _month_year),
    (rf"(?<![\d/.,-])(\d{{1,2}})\s*[/-]\s*{_YEAR}\b", _month_year),
    (rf"{_IN}{_MONTH}\s*(?:cua |hoi )?{_RELATIVE_YEAR}\b", _month_relative),
    (rf"\b(dau|giua|cuoi)\s*(?:nam\s*)?(?:{_YEAR}|{_RELATIVE_YEAR})\b", _part),
    (rf"\b{_COUNT}\s*(ngay|hom|bua|tuan|thang|nam)\s*(?:ve\s*)?(truoc|nua|roi)\b(?!\s*(?:khi|luc|ngay))", _ago),
    (rf"{_ON}[/.-]\s*(\d{{1,2}})\b(?!\s*[/.-]?\d)", _day_month),
    (rf"{_ON}(?:thang|thg|t)\s*(\d{{1,2}})\b", _day_month),
    (r"\bthang\s*(nay|truoc|roi|qua|sau|toi|vua roi)\b(?!\s*khi)", _near_month),
    (r"\btuan\s*(nay|truoc|roi|qua|sau|toi)\b", _near_week),
    (r"\b(hom nay|hom qua|hom kia|ngay mai|ngay kia)\b", _near_day),
    (rf"\b(?:nam|tet)\s*{_YEAR}\b", _year),
    (rf"\b{_RELATIVE_YEAR}\b(?!\s*(?:lien|nua|khi))", _relative_year),
    (rf"\b(?:thang|thg)\s*{_MONTH}\b{_NO_COUNT}", _lone_month),
    (rf"(?<![\d/.,]){_YEAR}\b(?![\d/.,]*\d)(?!\s*(?:dong|d|k|ngan|nghin|trieu|tr)\b)", _year),
)
_READERS: Final = tuple((re.compile(form), reader) for form, reader in _FORMS)
