"""When somebody reaches the age of retirement: Nghị định 135/2020/NĐ-CP, Điều 3 to 5 with Phụ lục I and II."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from chatbot.reckoning.case import SEXES, YEAR, Case, Line

_AGE: Final = re.compile(r"(\d+) tuổi(?: (\d+) tháng)?")
_YOUNGEST: Final = 18
_OLDEST: Final = 100


@dataclass(frozen=True, slots=True)
class _Step:
    """An age and the months (counted from the year 0) in which it is the one that holds; no end for the last."""

    first: int
    last: int | None
    age: int
    words: str


@dataclass(frozen=True, slots=True)
class _Reached:
    """A month of birth and the month in which the age is reached."""

    born: int
    month: int
    words: str


@dataclass(frozen=True, slots=True)
class _Phrases:
    """How a month still to come, one gone by, a whole year of birth, and one long past are told."""

    month: str
    past: str
    year: str
    before: str


_NORMAL: Final = _Phrases("sum.retire_month", "sum.retire_past", "sum.retire_year", "sum.retire_before")
_EARLY: Final = _Phrases("sum.early_month", "sum.early_past", "sum.early_year", "sum.early_before")


def retirement(case: Case) -> Iterator[Line]:
    """The month of the normal age, for each sex that may be meant."""
    yield from _lines(case, "retirement_age", _NORMAL)


def early_retirement(case: Case) -> Iterator[Line]:
    """The earliest month for arduous work and very hard regions."""
    yield from _lines(case, "lowest_retirement_age", _EARLY)


def _lines(case: Case, series: str, say: _Phrases) -> Iterator[Line]:
    born = case.told.born
    if born is None or not case.today.year - _OLDEST <= born.first.year <= case.today.year - _YOUNGEST:
        return
    for sex in case.sexes:
        steps = _steps(case, series, SEXES[sex])
        first, last = _index(born.first), _index(born.last)
        reached = [_reach(month, steps) for month in range(first, last + 1)]
        slots = {"who": sex.capitalize(), "born": _born(first, last)}
        known = [one for one in reached if one is not None]
        if len(known) < len(reached) or not known:
            yield Line(say.before, {**slots, "year": str(steps[0].first // YEAR)})
        elif first == last:
            one = known[0]
            times = {"age": one.words, "month": _month(one.month), "next": _month(one.month + 1)}
            yield Line(say.past if one.month < _index(case.today) else say.month, {**slots, **times})
        else:
            yield Line(say.year, {**slots, "parts": "; ".join(_parts(known))})


def _steps(case: Case, series: str, part: str) -> list[_Step]:
    found = []
    for row in case.series.series[series].values:
        words = str(row.value[part])
        age = _AGE.fullmatch(words)
        if age is None:
            raise ValueError(f"series.yaml: {series}: '{words}' is no age")
        months = int(age[1]) * YEAR + int(age[2] or 0)
        found.append(_Step(_index(row.valid_from), _index(row.valid_to) if row.valid_to else None, months, words))
    return found


def _reach(born: int, steps: list[_Step]) -> _Reached | None:
    """The first month in which the age of that month's year is reached; None when that was before the first step."""
    for step in steps:
        month = born + step.age
        if step is steps[0] and month < step.first:
            return None
        if step.last is None or month <= step.last:
            return _Reached(born, max(month, step.first), step.words)
    return None


def _parts(reached: list[_Reached]) -> Iterator[str]:
    """The months of birth that share an age, told together."""
    start = 0
    for end in range(1, len(reached) + 1):
        if end == len(reached) or reached[end].words != reached[start].words:
            first, last = reached[start], reached[end - 1]
            yield (
                f"sinh từ tháng {first.born % YEAR + 1} đến tháng {last.born % YEAR + 1} thì đủ {first.words} "
                f"trong khoảng tháng {_month(first.month)} đến tháng {_month(last.month)}"
            )
            start = end


def _index(day: date) -> int:
    return day.year * YEAR + day.month - 1


def _month(index: int) -> str:
    return f"{index % YEAR + 1}/{index // YEAR}"


def _born(first: int, last: int) -> str:
    return f"tháng {_month(first)}" if first == last else f"năm {first // YEAR}"
