"""The forms of dates and periods in folded Vietnamese, most exact first, and how each is read.

Years must be plausible (1950-2099). A month alone means the one nearest to today, unless a word beside it looks back
("hồi tháng 2", "tháng 5 vừa rồi") or ahead ("dự sinh tháng 5"). Tết is known as the span that holds it in any year;
other dates of the lunar calendar are none here, for they fall a month or two later.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from chatbot.knowledge.event_days import tet_days
from chatbot.model import Period

_NUMBERS: Final = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7, "tam": 8,
    "chin": 9, "muoi": 10,
}  # fmt: skip
_COUNT: Final = r"(\d{1,3}|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi)"
_MONTH: Final = r"(\d{1,2}|muoi hai|muoi mot|mot|hai|ba|tu|nam|sau|bay|tam|chin|muoi)"
_YEAR: Final = r"((?:19[5-9]|20\d)\d)"
_RELATIVE_YEAR: Final = r"(nam ngoai|nam truoc|nam roi|nam kia|nam nay|sang nam|nam sau|nam toi)"
_SHIFT: Final = {
    "nam ngoai": -1, "nam truoc": -1, "nam roi": -1, "nam kia": -2, "nam nay": 0,
    "sang nam": 1, "nam sau": 1, "nam toi": 1,
}  # fmt: skip
_DAYS: Final = {"hom nay": 0, "hom qua": -1, "hom kia": -2, "ngay mai": 1, "ngay kia": 2}
_YEAR_OF_MONTHS: Final = 12
_HALF: Final = 6
_FURTHEST_YEARS: Final = 60
_FURTHEST: Final = 600
"""Months; "1000 tháng trước" is no date."""
_CENTURY: Final = 2000

_BACK: Final = re.compile(r"\b(?:hoi|vua|moi|da|luc)\s*(?:\w+\s*){0,2}$")
_BACK_AFTER: Final = re.compile(r"^\s*(?:vua (?:roi|qua)|roi|qua|truoc)\b")
_AHEAD: Final = re.compile(r"\b(?:du sinh|du kien|sap|se)\s*(?:\w+\s*){0,2}$")
_AHEAD_AFTER: Final = re.compile(r"^\s*(?:sap )?(?:toi|sau)\b")
_LUNAR: Final = re.compile(r"^[\s,(]*(?:am lich|al\b|ta\b)")

Reader = Callable[[re.Match[str], date], Period | None]


def read(found: re.Match[str], reader: Reader, today: date) -> Period | None:
    """The period of one match, without its words; None when it is no possible date, or one of the lunar calendar."""
    return None if _LUNAR.search(found.string[found.end() :]) else reader(found, today)


def day(year: int, month: int, number: int) -> Period | None:
    """One day, or None when there is no such day."""
    try:
        exact = date(year, month, number)
    except ValueError:
        return None
    return Period(exact, exact)


def months(year: int, first: int, last: int) -> Period:
    """Whole months of a year, both included."""
    return Period(date(year, first, 1), date(year, last, monthrange(year, last)[1]))


def near_year(month: int, today: date, lean: int = 0) -> int:
    """The year of the nearest such month: in November, "tháng 1" is the coming one, "tháng 5" the past one.

    `lean` -1 is the last such month, +1 the coming one.
    """
    ahead = (month - today.month) % _YEAR_OF_MONTHS
    back = lean < 0 if lean else ahead >= _HALF
    away = ahead - _YEAR_OF_MONTHS if back and ahead else ahead
    return today.year + (today.month - 1 + away) // _YEAR_OF_MONTHS


def _lean(found: re.Match[str]) -> int:
    """Does a word beside the date look back (-1) or ahead (+1)?"""
    before, after = found.string[: found.start()], found.string[found.end() :]
    if _BACK_AFTER.search(after) or _BACK.search(before):
        return -1
    return 1 if _AHEAD_AFTER.search(after) or _AHEAD.search(before) else 0


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    if word in {"muoi mot", "muoi hai"}:
        return 11 if word.endswith("mot") else 12
    return _NUMBERS[word]


def _month(year: int, month: int) -> Period | None:
    return months(year, month, month) if 1 <= month <= _YEAR_OF_MONTHS else None


def _month_at(place: int) -> Period | None:
    """The month counted from the year 0."""
    return _month(place // _YEAR_OF_MONTHS, place % _YEAR_OF_MONTHS + 1)


def _full_date(found: re.Match[str], _: date) -> Period | None:
    return day(int(found[3]), int(found[2]), int(found[1]))


def _day_month(found: re.Match[str], today: date) -> Period | None:
    number, month = int(found[1]), int(found[2])
    return day(near_year(month, today, _lean(found)), month, number) if 1 <= month <= _YEAR_OF_MONTHS else None


def _month_year(found: re.Match[str], _: date) -> Period | None:
    return _month(int(found[2]), _number(found[1]))


def _month_short_year(found: re.Match[str], _: date) -> Period | None:
    """ "tháng 5/25"."""
    return _month(_CENTURY + int(found[2]), int(found[1]))


def _month_relative(found: re.Match[str], today: date) -> Period | None:
    return _month(today.year + _SHIFT[found[2]], _number(found[1]))


def _part(found: re.Match[str], today: date) -> Period:
    year = int(found[2]) if found[2] else today.year + _SHIFT[found[3]]
    if found[1] == "dau":
        return months(year, 1, 3)
    return months(year, 10, 12) if found[1] == "cuoi" else months(year, 5, 8)


def _quarter(found: re.Match[str], today: date) -> Period | None:
    number = {"i": 1, "ii": 2, "iii": 3, "iv": 4}.get(found[1]) or int(found[1])
    year = int(found[2]) if found[2] else today.year + _SHIFT[found[3]]
    return months(year, 3 * number - 2, 3 * number)


def _school_year(found: re.Match[str], _: date) -> Period | None:
    """ "năm học 2025-2026": September to May."""
    first, last = int(found[1]), int(found[2])
    return Period(date(first, 9, 1), date(last, 5, 31)) if last == first + 1 else None


def _ago(found: re.Match[str], today: date) -> Period | None:
    sign = -1 if found[3] in {"truoc", "roi", "qua"} else 1
    return _shifted(sign * _number(found[1]), found[2], today)


def _since(found: re.Match[str], today: date) -> Period | None:
    """ "cách đây 6 tháng"."""
    return _shifted(-_number(found[1]), found[2], today)


def _shifted(count: int, unit: str, today: date) -> Period | None:
    if unit in {"ngay", "hom", "bua"}:
        exact = today + timedelta(days=count)
        return Period(exact, exact)
    if unit == "tuan":
        around = today + timedelta(weeks=count)
        return Period(around - timedelta(days=around.weekday()), around + timedelta(days=6 - around.weekday()))
    if unit == "nam":
        return months(today.year + count, 1, 12) if abs(count) <= _FURTHEST_YEARS else None
    return _month_at(today.year * 12 + today.month - 1 + count) if abs(count) <= _FURTHEST else None


def _near_month(found: re.Match[str], today: date) -> Period | None:
    return _month_at(today.year * 12 + today.month - 1 + {"nay": 0, "sau": 1, "toi": 1}.get(found[1], -1))


def _near_week(found: re.Match[str], today: date) -> Period:
    weeks = {"nay": 0, "sau": 1, "toi": 1}.get(found[1], -1)
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
    return Period(monday, monday + timedelta(days=6))


def _near_day(found: re.Match[str], today: date) -> Period:
    exact = today + timedelta(days=_DAYS[found[1]])
    return Period(exact, exact)


def _tet(found: re.Match[str], today: date) -> Period:
    return _tet_of(int(found[1]) if found[1] else today.year + _SHIFT[found[2]])


def _last_tet(_: re.Match[str], today: date) -> Period:
    """ "hồi tết", "tết vừa rồi"."""
    return _tet_of(today.year if tet_days(today.year)[1] <= today else today.year - 1)


def _tet_of(year: int) -> Period:
    return Period(*tet_days(year))


def _year(found: re.Match[str], _: date) -> Period:
    return months(int(found[1]), 1, 12)


def _short_year(found: re.Match[str], _: date) -> Period:
    """ "hồi năm 24"."""
    return months(_CENTURY + int(found[1]), 1, 12)


def _relative_year(found: re.Match[str], today: date) -> Period:
    return months(today.year + _SHIFT[found[1]], 1, 12)


def _lone_month(found: re.Match[str], today: date) -> Period | None:
    month = _number(found[1])
    return _month(near_year(month, today, _lean(found)), month) if 1 <= month <= _YEAR_OF_MONTHS else None


_IN: Final = r"\b(?:thang|thg|t)\s*"
_OF: Final = r"\s*(?:[/.-]|,|(?:cua )?(?:nam|nm|n)\b)?\s*"
"""Between a month and its year."""
_ON: Final = r"\b(?:ngay|hom|mung|mong)\s*(\d{1,2})\s*"
_OF_EVENT: Final = r"\b(?:sinh|sanh|de|mat|nghi|viec|hom|bi|vien|nan|con|be|luc|tu|truoc|sau|den|toi)\s*"
"""Words after which "30/6" is a day and no fraction."""
_NO_FRACTION: Final = r"(?![\d/.,%]|\s*(?:luong(?! co so| toi thieu| huu)|nam|thang|ngay|trieu|tr|lan|phan)\b|\s*\d)"
_UNITS: Final = "(ngay|hom|bua|tuan|thang|nam)"
_NO_COUNT: Final = r"(?!\s*(?:luong|nam|ngay|thang|tuoi|trieu|tr|k|cu|lan|buoi|bua|gio|ngan|nghin|phan|%)\b)(?![.,]\d)"
"""What may not follow a lone month: "tháng 3 lần" is no March."""
_NO_NUMBER: Final = r"(?<!nhieu )(?<!may )(?<!chuc )(?<!vai )(?<!\d )(?<!tuoi )"
"""What may not stand before "năm rồi", "năm sau": "bao nhiêu năm rồi" is no year."""

_CENTURIES: Final = ("19", "20")
_RELATIVE: Final = tuple(_SHIFT)
_FORMS: Final[tuple[tuple[str, Reader, tuple[str, ...]], ...]] = (
    (rf"\b(\d{{1,2}})\s*[/.-]\s*(\d{{1,2}})\s*[/.-]\s*{_YEAR}\b", _full_date, _CENTURIES),
    (rf"{_ON}(?:thang|thg|t)\s*(\d{{1,2}}){_OF}{_YEAR}\b", _full_date, _CENTURIES),
    (rf"\bnam hoc\s*{_YEAR}\s*(?:[-/]|den)\s*{_YEAR}\b", _school_year, ("hoc",)),
    (rf"{_IN}{_MONTH}{_OF}{_YEAR}\b", _month_year, _CENTURIES),
    (rf"(?<![\d/.,-])(\d{{1,2}})\s*[/-]\s*{_YEAR}\b", _month_year, _CENTURIES),
    (rf"{_IN}(\d{{1,2}})\s*/\s*(2\d)\b(?![/.,]?\d)", _month_short_year, ("/",)),
    (rf"{_IN}{_MONTH}\s*(?:cua |hoi )?{_RELATIVE_YEAR}\b", _month_relative, _RELATIVE),
    (rf"\bquy\s*(\d|iv|i{{1,3}})\s*[/-]?\s*(?:nam\s*)?(?:{_YEAR}|{_RELATIVE_YEAR})\b", _quarter, ("quy",)),
    (rf"\b(dau|giua|cuoi)\s*(?:nam\s*)?(?:{_YEAR}|{_RELATIVE_YEAR})\b", _part, ("dau", "giua", "cuoi")),
    (rf"\bcach (?:day|nay)\s*(?:khoang\s*|hon\s*|gan\s*)?{_COUNT}\s*{_UNITS}\b", _since, ("cach",)),
    (rf"\b{_COUNT}\s*{_UNITS}\s*(?:ve\s*)?(truoc|nua|roi)\b(?!\s*(?:khi|luc|ngay))", _ago, ("truoc", "nua", "roi")),
    (rf"{_ON}[/.-]\s*(\d{{1,2}})\b(?!\s*[/.-]?\d)", _day_month, ("ngay", "hom", "mung", "mong")),
    (rf"{_ON}(?:thang|thg|t)\s*(\d{{1,2}})\b", _day_month, ("ngay", "hom", "mung", "mong")),
    (rf"{_OF_EVENT}(\d{{1,2}})\s*/\s*(\d{{1,2}}){_NO_FRACTION}", _day_month, ("/",)),
    (r"\bthang\s*(nay|truoc|roi|qua|sau|toi|vua roi|vua qua)\b(?!\s*khi)", _near_month, ("thang",)),
    (r"\btuan\s*(nay|truoc|roi|qua|sau|toi)\b", _near_week, ("tuan",)),
    (r"\b(hom nay|hom qua|hom kia|ngay mai|ngay kia)\b", _near_day, ("hom ", "ngay mai", "ngay kia")),
    (rf"\btet\s*(?:nguyen dan\s*)?(?:nam\s*)?(?:{_YEAR}|{_RELATIVE_YEAR})\b", _tet, ("tet",)),
    (r"\bhoi\s*tet\b|\btet\s*(?:vua (?:roi|qua)|roi|qua)\b", _last_tet, ("tet",)),
    (rf"\bnam\s*{_YEAR}\b", _year, _CENTURIES),
    (rf"{_NO_NUMBER}\b{_RELATIVE_YEAR}\b(?!\s*(?:lien|nua|khi|luc|ngay))", _relative_year, _RELATIVE),
    (rf"\b(?:thang|thg)\s*{_MONTH}\b{_NO_COUNT}", _lone_month, ("thang", "thg")),
    (
        r"\b(?:hoi|trong|cuoi|dau|giua)\s*nam\s*(2\d)\b(?!\s*(?:tuoi|trieu|tr|thang|ngay|nam|k)\b)(?![.,/%]?\d|%)",
        _short_year,
        ("nam",),
    ),
    (rf"(?<![\d/.,]){_YEAR}\b(?![\d/.,]*\d)(?!\s*(?:dong|d|k|ngan|nghin|trieu|tr)\b)", _year, _CENTURIES),
)
READERS: Final = tuple((re.compile(form), reader, needed) for form, reader, needed in _FORMS)
"""Each form with its reader and the letters one of which every match holds: looked for first, for that is cheap."""


def readable(text: str) -> Iterator[tuple[re.Pattern[str], Reader]]:
    """The forms that may stand in a folded text."""
    for pattern, reader, needed in READERS:
        for letters in needed:
            if letters in text:
                yield pattern, reader
                break
