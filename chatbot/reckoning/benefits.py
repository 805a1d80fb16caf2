"""Benefits from a wage that was told: maternity, sickness, unemployment, accident."""

from collections.abc import Iterator
from typing import Final

from chatbot.reckoning.case import Case, Line, length, money, number

_SECOND: Final = 2
_TIMES: Final = 20
"""The highest wage of contributions is so many times the reference level (Luật BHXH 41/2024/QH15, Điều 31)."""


def maternity(case: Case) -> Iterator[Line]:
    """Leave of one or more children and the one-off grant."""
    wage, level = case.wage, case.series.value("reference_level_vnd", case.day)
    leave = case.beside("thaisan_thoi_gian_nghi")
    months = _leave(case, leave)
    if wage is None or level is None or months is None or wage > level * _TIMES:
        return
    babies = case.told.babies or 1
    pay, grant = wage * months, level * case.figures["lump_multiplier"] * babies
    slots = {
        "wage": money(wage),
        "babies": {1: "một con", 2: "đôi", 3: "ba"}[babies],
        "months": str(months),
        "pay": money(pay),
        "grant": money(grant),
        "total": money(pay + grant),
    }
    yield Line("sum.maternity", slots)


def _leave(case: Case, leave: object) -> int | None:
    """Months of leave; None when the rules for a second child and for twins meet."""
    if not isinstance(leave, dict) or "months" not in leave:
        return None
    babies = case.told.babies or 1
    second = case.told.ordinal_child == _SECOND and "months_second_child" in leave
    if second and babies > 1:
        return None
    first = leave["months_second_child"] if second else leave["months"]
    return int(first + (babies - 1) * leave["extra_per_twin_months"])


def sickness(case: Case) -> Iterator[Line]:
    """The money of a day, and of the days that were told, up to what everybody may take in a year."""
    if case.wage is None:
        return
    share, divisor = case.figures["pct"], case.figures["days_divisor"]
    a_day = case.wage * share / 100 / divisor
    slots = {"wage": money(case.wage), "pct": number(share), "divisor": number(divisor), "day": money(a_day)}
    yield Line("sum.sick", slots)
    days, most = case.told.days, case.beside("omdau_thoi_gian").get("normal_days", {}).get("lt15y", 0)
    if days is not None and 1 < days <= most:
        yield Line("sum.sick_days", {"days": str(days), "amount": money(a_day * days)})


def unemployment(case: Case) -> Iterator[Line]:
    """The money of a month below the cap, the cap above it, and how long."""
    caps = sorted(case.figures[f"cap_region{region}_vnd"] for region in range(1, 5))
    count = _benefit_months(case, case.beside("bhtn_thoi_gian_huong"))
    if case.wage is not None:
        amount = case.wage * case.figures["pct"] / 100
        slots = {"wage": money(case.wage), "pct": number(case.figures["pct"]), "amount": money(amount)}
        suffix = "" if amount <= caps[0] else "_most" if amount > caps[-1] else "_some"
        yield Line(f"sum.unemployment{suffix}", slots)
        if count and not suffix:
            total = {"count": str(count), "amount": money(amount), "total": money(amount * count)}
            yield Line("sum.unemployment_total", total)
            return
    if case.told.paid is not None and count is not None:
        yield from _months_line(case, count)


def unemployment_months(case: Case) -> Iterator[Line]:
    """How many months, from the months paid."""
    count = _benefit_months(case, case.figures)
    if count is not None:
        yield from _months_line(case, count)


def _months_line(case: Case, count: int) -> Iterator[Line]:
    paid = length(case.told.paid or 0)
    phrase = "sum.unemployment_months" if count else "sum.unemployment_short"
    yield Line(phrase, {"paid": paid, "count": str(count)})


def _benefit_months(case: Case, figures: object) -> int | None:
    """Three months for the first 36 paid, one more for each further twelve; 0 below twelve, None when not told."""
    paid = case.told.paid
    if paid is None or not isinstance(figures, dict) or "first_12_36_months" not in figures:
        return None
    if paid < 12:  # noqa: PLR2004
        return 0
    more = max(paid - 36, 0) // 12 * figures["extra_per_12_months"]
    return int(min(figures["first_12_36_months"] + more, figures["max_months"]))


def accident(case: Case) -> Iterator[Line]:
    """From the percentage of reduced capacity: once up to 30 %, every month from 31 %."""
    share, figures = case.told.percent, case.figures
    if share is None or share != int(share) or not figures["one_off_from_pct"] <= share <= 100:  # noqa: PLR2004
        return
    once = share <= figures["one_off_to_pct"]
    start = figures["one_off_from_pct"] if once else figures["monthly_from_pct"]
    first = figures["one_off_5pct_vnd"] if once else figures["monthly_31pct_vnd"]
    each = figures["one_off_per_1pct_vnd"] if once else figures["monthly_per_1pct_vnd"]
    more = int(share) - start
    slots = {
        "pct": number(share),
        "first": money(first),
        "more": str(more),
        "each": money(each),
        "amount": money(first + more * each),
    }
    yield Line("sum.accident_once" if once else "sum.accident_monthly", slots)
