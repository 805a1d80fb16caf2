"""The calculators by the name that a topic's `compute` gives, and the figures that each needs there."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from chatbot.reckoning.benefits import accident, maternity, sickness, unemployment, unemployment_months
from chatbot.reckoning.case import Case, Line
from chatbot.reckoning.contributions import deduction, household, voluntary
from chatbot.reckoning.pension import early_cut, lump_sum, pension_rate
from chatbot.reckoning.retirement import early_retirement, retirement

Calculator = Callable[[Case], Iterator[Line]]

_CAPS: Final = {f"cap_region{region}_vnd" for region in range(1, 5)}
_ALL: Final[tuple[tuple[Calculator, frozenset[str]], ...]] = (
    (retirement, frozenset()),
    (early_retirement, frozenset()),
    (pension_rate, frozenset({"male", "female"})),
    (early_cut, frozenset({"cut_per_year_pct", "cut_6_to_12_months_pct", "max_early_years_heavy"})),
    (lump_sum, frozenset({"from_2014_months"})),
    (maternity, frozenset({"lump_multiplier"})),
    (sickness, frozenset({"pct", "days_divisor"})),
    (unemployment, frozenset({"pct", *_CAPS})),
    (unemployment_months, frozenset({"first_12_36_months", "extra_per_12_months", "max_months"})),
    (
        accident,
        frozenset({"one_off_from_pct", "one_off_to_pct", "monthly_from_pct"})
        | {"one_off_5pct_vnd", "one_off_per_1pct_vnd", "monthly_31pct_vnd", "monthly_per_1pct_vnd"},
    ),
    (deduction, frozenset()),
    (voluntary, frozenset({"rate_pct", "floor_income_vnd", "cap_income_vnd"})),
    (household, frozenset({"year_vnd"})),
)
CALCULATORS: Final[Mapping[str, Calculator]] = {calculator.__name__: calculator for calculator, _ in _ALL}
NEEDS: Final[Mapping[str, frozenset[str]]] = {calculator.__name__: needs for calculator, needs in _ALL}


def reckon(name: str, case: Case) -> tuple[Line, ...]:
    """The lines for a case, or nothing when its input is missing or unclear. Raises KeyError for an unknown name."""
    return tuple(CALCULATORS[name](case))
