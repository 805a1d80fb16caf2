"""What is paid in: deductions from a wage, voluntary insurance, a household's health insurance."""

from collections.abc import Iterator
from typing import Final

from chatbot.reckoning.case import Case, Line, money, number

_TIMES: Final = 20
"""The highest wage of contributions is so many times the reference level (Luật BHXH 41/2024/QH15, Điều 31)."""
_LARGEST_HOUSEHOLD: Final = 15
_LISTED: Final = 6
"""A longer sum is not read out term by term."""


def deduction(case: Case) -> Iterator[Line]:
    """What a worker and a company pay from a month's wage."""
    rates, level = case.series.value("contribution_pct", case.day), case.series.value("reference_level_vnd", case.day)
    wage = case.wage
    if wage is None or rates is None or level is None or wage > level * _TIMES:
        return
    parts = {name: money(wage * rates[f"{name}_employee"] / 100) for name in ("bhxh", "bhyt", "bhtn")}
    slots = {
        "wage": money(wage),
        "pct": number(rates["employee"]),
        "amount": money(wage * rates["employee"] / 100),
        "employer": money(wage * rates["employer"] / 100),
    }
    yield Line("sum.deduction", {**slots, **parts})


def voluntary(case: Case) -> Iterator[Line]:
    """The contribution for a chosen income, and what is left after the support that everybody gets."""
    income, figures = case.wage, case.figures
    support = case.beside("tunguyen_ho_tro").get("other_vnd")
    if income is None or support is None or not figures["floor_income_vnd"] <= income <= figures["cap_income_vnd"]:
        return
    amount = income * figures["rate_pct"] / 100
    slots = {"income": money(income), "pct": number(figures["rate_pct"]), "amount": money(amount)}
    yield Line("sum.voluntary", {**slots, "support": money(support), "rest": money(amount - support)})


def household(case: Case) -> Iterator[Line]:
    """A year's health insurance of all members together."""
    people, steps = case.told.people, case.figures["year_vnd"]
    if people is None or not 1 < people <= _LARGEST_HOUSEHOLD:
        return
    terms = [steps[min(number_, len(steps) - 1)] for number_ in range(people)]
    slots = {"people": str(people), "total": money(sum(terms))}
    if people > _LISTED:
        yield Line("sum.household_many", slots)
    else:
        yield Line("sum.household", {**slots, "terms": " + ".join(money(term).removesuffix(" đồng") for term in terms)})
