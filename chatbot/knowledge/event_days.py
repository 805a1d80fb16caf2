"""The days that a question is about: which date in a text is the event's, and how a button carries it along."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

from chatbot.model import Period
from chatbot.privacy.shadow import shadow

OLDEST_YEARS: Final = 12
"""Older dates are birth years and first jobs, not events whose rule is asked for."""
ONE_DAY: Final = timedelta(days=1)
SPAN: Final = ".."
STARTED: Final = re.compile(
    r"(?:dong|tham gia|lam|cong tac|bat dau)[\w\s]{0,20}tu\s*(?:hoi\s*)?(?:nam|thang|ngay)?\s*$"
)
"""What stands before the date of a first contribution: "đóng bảo hiểm từ năm 2016"."""
WORKED: Final = re.compile(r"(?:dong|tham gia|(?<!nghi )lam|cong tac)\s[\w\s]{0,20}$")
LASTED: Final = re.compile(r"\d[\d.,]*\s*(?:nam|thang)(?:\s*(?:roi|nay|qua))?")
"""A time that lasted, "5 năm rồi": after "đóng", it says how long and not when."""
BORN: Final = re.compile(r"\bsinh\s*(?:nam|thang|ngay)?\s*$")
GROWN_YEARS: Final = 5
"""A year of birth this long ago is a person's own, not a child's."""
BEFORE: Final = re.compile(r"\btruoc\s*(?:ngay|thang|nam|hom|moc)?\s*$")
AFTER: Final = re.compile(r"\b(?:sau|ke tu|tro di tu)\s*(?:ngay|thang|nam|hom|moc)?\s*$")
TODAY: Final = re.compile(r"\b(?:bay gio|hien (?:nay|gio|tai|hanh)|hom nay|nam nay|luc nay)\b")


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


def event_days(text: str, period: Period | None, today: date) -> EventDays | None:
    """The event's days in a masked text; None when its date is a birth year, a first job, or none is named."""
    if period is None or period.last < today - timedelta(days=OLDEST_YEARS * 365):
        return None
    folded = " ".join(shadow(text).split())
    words = " ".join(shadow(period.words).split())
    place = folded.find(words) if words else -1
    if place < 0:
        return EventDays(period.first, period.last)
    before = folded[:place]
    if STARTED.search(before) or (LASTED.fullmatch(words) and WORKED.search(before)):
        return None
    if BORN.search(before) and period.last.year <= today.year - GROWN_YEARS:
        return None
    if BEFORE.search(before):
        return EventDays.on(period.first - ONE_DAY)
    return EventDays.on(period.last) if AFTER.search(before) else EventDays(period.first, period.last)


def asks_about_today(text: str) -> bool:
    """Does a follow-up leave the day of the last question: "bây giờ thì sao"?"""
    return TODAY.search(" ".join(shadow(text).split())) is not None
