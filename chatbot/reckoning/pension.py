"""Pension rates and one-off payments from years paid: Luật BHXH 41/2024/QH15, Điều 5 khoản 6, 66, 70."""

from collections.abc import Iterator
from typing import Final

from chatbot.reckoning.case import SEXES, YEAR, Case, Line, counted, counted_years, length, money, number

_LEAST_YEARS: Final = 15
_FULL_YEARS: Final = 20
"""Years from which men get the rate that women get at fifteen."""
_SECOND_TERM: Final = 2014
"""Years paid from then on count more in a one-off payment."""


def pension_rate(case: Case) -> Iterator[Line]:
    """The rate, and the pension when the average wage is told."""
    paid = case.told.paid
    if paid is None:
        return
    if paid < _LEAST_YEARS * YEAR:
        yield Line("sum.rate_short", {"paid": length(paid), "least": str(_LEAST_YEARS)})
        return
    rates = {sex: _rate(case, sex, counted_years(paid)) for sex in case.sexes}
    for sex, rate in rates.items():
        yield Line("sum.rate", {"who": sex.capitalize(), "paid": counted(paid), "pct": number(rate)})
        if case.wage is not None:
            slots = {"pct": number(rate), "wage": money(case.wage), "amount": money(case.wage * rate / 100)}
            yield Line("sum.rate_money", slots)


def _rate(case: Case, sex: str, years: float) -> float:
    steps = case.figures[SEXES[sex]]
    if "20y" not in steps:
        return float(min(steps["15y"] + (years - _LEAST_YEARS) * steps["per_year"], steps["max"]))
    if years < _FULL_YEARS:
        return float(steps["15y"] + (years - _LEAST_YEARS) * steps["per_year_15_20"])
    return float(min(steps["20y"] + (years - _FULL_YEARS) * steps["per_year"], steps["max"]))


def early_cut(case: Case) -> Iterator[Line]:
    """What leaving before the age takes off the rate."""
    years, months = case.told.years, case.told.months
    if case.told.paid is not None or years is None or years > case.figures["max_early_years_heavy"]:
        return
    early = round(years * YEAR + (months or 0))
    whole, rest = divmod(early, YEAR)
    cut = whole * case.figures["cut_per_year_pct"] + (case.figures["cut_6_to_12_months_pct"] if rest >= YEAR / 2 else 0)
    yield Line("sum.early_cut", {"early": length(early), "pct": number(cut)})


def lump_sum(case: Case) -> Iterator[Line]:
    """Months of the average wage, all paid since 2014; money when the average is told."""
    paid = case.told.paid
    longest = (case.today.year - _SECOND_TERM + 1) * YEAR
    period = case.told.period
    if paid is None or not YEAR <= paid <= longest or (period and period.first.year < _SECOND_TERM):
        return
    years, each = counted_years(paid), case.figures["from_2014_months"]
    months = years * each
    yield Line(
        "sum.lump",
        {"paid": counted(paid), "years": number(years), "each": number(each), "months": number(months)},
    )
    if case.wage is not None:
        slots = {"wage": money(case.wage), "months": number(months), "amount": money(case.wage * months)}
        yield Line("sum.lump_money", slots)
