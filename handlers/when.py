"""The day that matters: which date in a question is the event's, and how it is said back."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from chatbot.dialogue import Context
from chatbot.model import Period

OLDEST_YEARS: Final = 12
"""Older dates are birth years and first jobs, not events whose rule is asked for."""
STARTED: Final = re.compile(
    r"(?:đóng|dong|tham gia|làm|lam|công tác|cong tac|bắt đầu|bat dau)[\w\s]{0,20}"
    r"(?:từ|tu)\s*(?:năm|nam|tháng|thang)?\s*$"
)
"""What stands before the date of a first contribution: "đóng bảo hiểm từ năm 2016"."""
WORKED: Final = re.compile(
    r"(?:đóng|dong|tham gia|(?<!nghỉ )(?<!nghi )làm|(?<!nghi )lam|công tác|cong tac)\s[\w\s]{0,20}$"
)
LASTED: Final = re.compile(r"\d[\d.,]*\s*(?:năm|nam|tháng|thang)(?:\s*(?:rồi|roi|nay|qua))?")
"""A time that lasted, "5 năm rồi": after "đóng", it says how long and not when."""


@dataclass(frozen=True, slots=True)
class Event:
    """The days the event may lie in, both ends included."""

    first: date
    last: date

    @classmethod
    def on(cls, day: date) -> "Event":
        """An event of one day."""
        return cls(day, day)


def event_of(context: Context) -> Event | None:
    """The event's days: from the text, from the button, or from the last question that this one follows up."""
    tapped = context.event.action.args.get("on", "") if context.event.action else ""
    if day := _day(tapped):
        return Event.on(day)
    period = context.match.entities.period
    if period is not None:
        return Event(period.first, period.last) if _is_event(period, context) else None
    remembered = _day(context.session.topic_on) if context.match.follow_up else None
    return Event.on(remembered) if remembered else None


def said(context: Context, event: Event) -> str:
    """The event's time in words: "ngày 15/05/2025", "tháng 5/2025", "năm 2025"."""
    first, last = event.first, event.last
    if first == last:
        return context.say("when.day", day=day_words(first))
    if first.day == 1 and last == _month_end(first):
        return context.say("when.month", month=first.month, year=first.year)
    if first == date(first.year, 1, 1) and last == date(first.year, 12, 31):
        return context.say("when.year", year=first.year)
    return context.say("when.span", first=day_words(first), last=day_words(last))


def day_words(day: date) -> str:
    """A day as people write it: 01/07/2026."""
    return f"{day:%d/%m/%Y}"


def _is_event(period: Period, context: Context) -> bool:
    if period.last < context.today - timedelta(days=OLDEST_YEARS * 365):
        return False
    text = context.text.casefold()
    place = text.find(period.words.casefold()) if period.words else -1
    if place < 0:
        return True
    before = text[:place]
    lasted = LASTED.fullmatch(period.words.casefold().strip()) and WORKED.search(before)
    return not (lasted or STARTED.search(before))


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
