"""The days that a question is about: which date in a text is the event's, and how a button carries it along."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Self

from chatbot.model import Period
from chatbot.privacy.shadow import shadow

OLDEST_YEARS: Final = 12
"""Older dates are birth years and first jobs, not events whose rule is asked for."""
ONE_DAY: Final = timedelta(days=1)
SPAN: Final = ".."
MARK: Final = r"\s*(?:ngay|thang|nam|hom|moc|quy)?\s*$"
"""What may stand between a word and the date that it governs."""
STARTED: Final = re.compile(r"(?:dong|tham gia|lam|cong tac|bat dau|ky hop dong)[\w\s]{0,20}\btu\s*(?:hoi\s*)?" + MARK)
"""What stands before the date of a first contribution: "đóng bảo hiểm từ năm 2016"."""
JOINED: Final = re.compile(
    r"\b(?:tham gia|vao lam|di lam|bat dau lam|ky hop dong)\s(?:[\w\s]{0,20}\s)?(?:hoi|luc|vao)?" + MARK
)
"""A date that gives way to any other: "vào làm tháng 2/2025, nghỉ việc tháng 12/2025" is about December."""
MEMBER: Final = re.compile(r"\b(?:dong|tham gia|co bhxh)\b[\w\s]{0,30}\b(?:truoc|sau)" + MARK)
"""Who paid before or since a day ("đóng trước 1/7/2025 có được rút không") asks by today's rule for such people."""
WORKED: Final = re.compile(r"(?:dong|tham gia|(?<!nghi )lam|cong tac)\s[\w\s]{0,20}$")
LASTED: Final = re.compile(r"\d[\d.,]*\s*(?:nam|thang)(?:\s*(?:roi|nay|qua))?")
"""A time that lasted, "5 năm rồi": after "đóng", it says how long and not when."""
BORN: Final = re.compile(r"\b(?:sinh|sn)\s*(?:vao\s*|hoi\s*)?(?:ngay|thang|nam)?\s*$")
GROWN_YEARS: Final = 5
"""A year of birth this long ago is a person's own, not a child's."""
WAGE: Final = re.compile(r"\b(?:luong|thu nhap)" + MARK)
SUM_AFTER: Final = re.compile(r"^[\s\w]{0,20}?\b\d[\d.,]*\s*(?:tr|trieu|cu|k|dong|ty)\b")
"""The month of a wage, "lương tháng 5/2025 là 8 triệu", is no event."""
STILL: Final = re.compile(r"^\s*(?:cho\s*)?(?:den|toi)\s*(?:nay|gio|bay gio|hien (?:nay|tai|gio))\b")
BEFORE: Final = re.compile(r"\b(?:tinh den )?truoc" + MARK)
AFTER: Final = re.compile(r"\b(?:sau|ke tu|tro di tu)" + MARK)
TET_STARTS: Final = (1, 21)
TET_ENDS: Final = (2, 20)
"""The first day of the lunar year falls between these days, whatever the year."""
TODAY: Final = re.compile(r"\b(?:bay gio|hien (?:nay|gio|tai|hanh)|hom nay|nam nay|luc nay)\b")


REMEMBERED: Final = 1024
"""Texts, masked as ever, whose answer is kept: many people send the same."""


@dataclass(frozen=True, slots=True)
class EventDays:
    """The days the event may lie in, both ends included."""

    first: date
    last: date

    @classmethod
    def on(cls, day: date) -> Self:
        """An event of one day."""
        return cls(day, day)

    @classmethod
    def unpack(cls, written: str) -> Self | None:
        """What `pack` wrote; None for anything else, for a button can be forged."""
        first, _, last = written.partition(SPAN)
        try:
            days = cls(date.fromisoformat(first), date.fromisoformat(last or first))
        except ValueError:
            return None
        return days if days.first <= days.last else None

    def pack(self) -> str:
        """One ISO date, or two with two dots between: "2025-05-01..2025-05-31"."""
        first, last = self.first.isoformat(), self.last.isoformat()
        return first if first == last else f"{first}{SPAN}{last}"


def event_days(text: str, period: Period | None, today: date, *, paying: bool = False) -> EventDays | None:
    """The event's days in a masked text; None when its date is a birth year, a first job, or none is named.

    `paying` tells that the question is about contributions themselves: then the day of paying is the event.
    """
    if period is None or period.last < today - timedelta(days=OLDEST_YEARS * 365):
        return None
    folded = " ".join(shadow(text).split())
    words = " ".join(shadow(period.words).split())
    place = folded.find(words) if words else -1
    if place < 0:
        return EventDays(period.first, period.last)
    before, after = folded[:place], folded[place + len(words) :]
    if background(before, after, period, today) or (LASTED.fullmatch(words) and WORKED.search(before)):
        return None
    if MEMBER.search(before) and not paying:
        return None
    if STILL.search(after) and period.first < today:
        return EventDays(period.first, today)
    if BEFORE.search(before):
        return EventDays.on(period.first - ONE_DAY)
    return EventDays.on(period.last) if AFTER.search(before) else EventDays(period.first, period.last)


def background(before: str, after: str, period: Period, today: date) -> bool:
    """Is this date only the case's background: a first contribution, a grown person's birth, the month of a wage?"""
    return bool(
        STARTED.search(before) or is_birth(before, period, today) or (WAGE.search(before) and SUM_AFTER.search(after))
    )


def is_birth(before: str, period: Period, today: date) -> bool:
    """Is this a grown person's date of birth?"""
    return period.last.year <= today.year - GROWN_YEARS and BORN.search(before) is not None


def tet_days(year: int) -> tuple[date, date]:
    """The span that holds Tết of a year."""
    return date(year, *TET_STARTS), date(year, *TET_ENDS)


@lru_cache(maxsize=REMEMBERED)
def asks_about_today(text: str) -> bool:
    """Does a follow-up leave the day of the last question: "bây giờ thì sao"?"""
    return TODAY.search(" ".join(shadow(text).split())) is not None
