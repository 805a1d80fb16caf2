"""Figures that recur in many answers: typed once with their dates, filled in at the day of the event."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import Field, RootModel

from chatbot.knowledge.fields import Number, Strict, Text

PLACEHOLDER = re.compile(
    r"\{(?P<name>[a-z_]+)(?:\.(?P<part>\w+))?(?: x (?P<times>\d+(?:\.\d+)?))?(?: @(?P<on>\d{4}-\d\d-\d\d))?\}"
)
"""`{name}`, `{name.part}`, `{name x 20}`; `{name @2026-06-30}` is the value of that day, whatever the event's."""


class SeriesError(LookupError):
    """A placeholder names no series, or none that has a value on the day."""


class SeriesValue(Strict):
    """A value and the days for which it holds, both ends included."""

    valid_from: date
    valid_to: date | None
    value: Number
    basis: Text
    confidence: Text


class Series(Strict):
    """One figure through time. `unit` is "vnd", "age" or "pct"."""

    title: Text
    unit: Text
    values: tuple[SeriesValue, ...] = Field(min_length=1)

    def on(self, day: date) -> SeriesValue | None:
        """The value of that day."""
        inside = (row for row in self.values if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to))
        return next(inside, None)


class SeriesFile(RootModel[dict[str, Series]]):
    """The whole file."""


class SeriesBook:
    """All series; fills placeholders such as `{base_salary_vnd x 20}` in an answer."""

    def __init__(self, series: dict[str, Series]) -> None:
        self.series = series

    def fill(self, text: str, day: date) -> str:
        """The text with every placeholder replaced by its value of the day.

        Raises SeriesError, also for a value of low confidence: such a figure is never told.
        """
        return PLACEHOLDER.sub(lambda found: self._one(found, day), text)

    def value(self, name: str, day: date) -> Any:
        """The bare value of that day; None when there is none, or none to rely on."""
        row = self.series[name].on(day) if name in self.series else None
        return row.value if row and row.confidence != "low" else None

    def rows(self, text: str, day: date) -> tuple[SeriesValue, ...]:
        """The values of that day behind the text's placeholders, but for those that name their own day."""
        found = (found["name"] for found in PLACEHOLDER.finditer(text) if not found["on"])
        named = (self.series[name] for name in found if name in self.series)
        return tuple(row for series in named if (row := series.on(day)) is not None)

    def _one(self, found: re.Match[str], day: date) -> str:
        name, part, times = found["name"], found["part"], found["times"]
        series = self.series.get(name)
        day = date.fromisoformat(found["on"]) if found["on"] else day
        row = series.on(day) if series else None
        if series is None or row is None:
            raise SeriesError(f"{{{name}}} không có giá trị cho ngày {day:%d/%m/%Y}")
        if row.confidence == "low":
            raise SeriesError(f"{{{name}}} từ {row.valid_from:%d/%m/%Y} có độ tin cậy thấp: đừng nêu con số này")
        value: Any = row.value
        if part is not None:
            if not isinstance(value, dict) or part not in value:
                raise SeriesError(f"{{{name}.{part}}}: không có phần '{part}'")
            value = value[part]
        if isinstance(value, dict):
            raise SeriesError(f"{{{name}}} có nhiều phần, viết rõ như {{{name}.{next(iter(value))}}}")
        return _written(value, series.unit, times)


def _written(value: Any, unit: str, times: str | None) -> str:
    if unit == "pct":
        return f"{value:g}".replace(".", ",") + "%"
    return dong(int(Decimal(value) * Decimal(times or 1))) if unit == "vnd" else str(value)


def dong(amount: int) -> str:
    """Money as people write it: 2.530.000 đồng."""
    return f"{amount:,}".replace(",", ".") + " đồng"
