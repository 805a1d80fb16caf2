"""The desk: is anybody there at this moment?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from chatbot.desk.hours import Hours, read_hours
from chatbot.desk.working_days import DayKind, WorkingDays

VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Settings(Protocol):
    """The `desk` section of the configuration."""

    @property
    def staffed(self) -> bool:
        """Do officers answer at all?"""

    @property
    def hours(self) -> Mapping[Any, str]:
        """Hours by English weekday."""

    @property
    def closed_on(self) -> tuple[date, ...]:
        """Extra days off."""

    @property
    def open_on(self) -> tuple[date, ...]:
        """Extra working days."""


@dataclass(frozen=True, slots=True)
class OfficeDesk:
    """Office hours by weekday (Monday first) on Vietnamese working days. Without staff it is never open."""

    staffed: bool
    week: tuple[Hours, ...]
    days: WorkingDays

    def is_open(self, now: datetime) -> bool:
        """Is somebody there at this moment?"""
        local = now.astimezone(VIETNAM)
        return self.staffed and self._on(local.date()).cover(local.time())

    def _on(self, day: date) -> Hours:
        own = self.week[day.weekday()]
        match self.days.kind(day):
            case DayKind.OFF:
                return Hours()
            case DayKind.MAKE_UP:
                return own if own.spans else self._usual()
            case DayKind.USUAL:
                return own

    def _usual(self) -> Hours:
        """The hours of a make-up day at the weekend: those of the week's first working day."""
        return next((hours for hours in self.week if hours.spans), Hours())


def make_desk(settings: Settings) -> OfficeDesk:
    """The desk of the configuration. Raises HoursError."""
    week = tuple(read_hours(settings.hours.get(name, "")) for name in WEEKDAYS)
    return OfficeDesk(settings.staffed, week, WorkingDays(frozenset(settings.closed_on), frozenset(settings.open_on)))
