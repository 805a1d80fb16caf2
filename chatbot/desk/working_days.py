"""Working days in Viet Nam: public holidays with Tết, days off in lieu, make-up Saturdays; the configuration wins."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import holidays


class DayKind(StrEnum):
    """What a day is to an office."""

    USUAL = "usual"  # the weekday's own hours hold
    OFF = "off"
    MAKE_UP = "make_up"  # worked although the weekday is free


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """`closed_on` and `open_on` come from the configuration and win over the calendar (open before closed)."""

    closed_on: frozenset[date] = frozenset()
    open_on: frozenset[date] = frozenset()
    _calendar: holidays.HolidayBase = field(default_factory=lambda: holidays.country_holidays("VN"))

    def kind(self, day: date) -> DayKind:
        """What the office makes of this day."""
        if day in self.open_on:
            return DayKind.MAKE_UP
        if day in self.closed_on or day in self._calendar:
            return DayKind.OFF
        return DayKind.MAKE_UP if day in self._calendar.weekend_workdays else DayKind.USUAL
