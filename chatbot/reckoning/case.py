"""What is known of a citizen's case, and what a calculator says about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from chatbot.knowledge import Confidence, Faq
from chatbot.knowledge.series import SeriesBook, dong
from chatbot.model import Entities

LEAST_WAGE: Final = 500_000
MOST_WAGE: Final = 500_000_000
"""đồng a month; a sum outside is no wage."""
YEAR: Final = 12
HALF_YEAR: Final = 6
SEXES: Final = {"nam": "male", "nữ": "female"}


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of phrases.vi.yaml and what stands in its slots."""

    phrase: str
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The words' entities, the day of the event, and the figures of the rule in force on that day."""

    told: Entities
    day: date
    today: date
    figures: Mapping[str, Any]
    faqs: Mapping[str, Faq]
    series: SeriesBook

    def beside(self, topic: str) -> Mapping[str, Any]:
        """The figures of another topic on the same day; none when its rule is not certain."""
        faq = self.faqs.get(topic)
        version = faq.version_on(self.day) if faq else None
        return version.figures if version and version.confidence is Confidence.HIGH else {}

    @property
    def wage(self) -> int | None:
        """The one sum that can be a month's wage, in đồng; None when there is none or more than one."""
        sums = [amount for amount in self.told.money if LEAST_WAGE <= amount <= MOST_WAGE]
        return sums[0] if len(sums) == 1 else None

    @property
    def sexes(self) -> tuple[str, ...]:
        """The sex that was told, or that of the relative spoken of, else both."""
        told = self.told.sex or self.told.kin
        return (told,) if told else tuple(SEXES)


def money(amount: float) -> str:
    """A sum as people write it, whole đồng."""
    return dong(round(amount))


def number(value: float) -> str:
    """A number as people write it: 5,5."""
    return f"{value:g}".replace(".", ",")


def length(months: int) -> str:
    """A length of time: "12 năm 5 tháng"."""
    years, rest = divmod(months, YEAR)
    parts = [f"{years} năm" if years else "", f"{rest} tháng" if rest else ""]
    return " ".join(filter(None, parts))


def counted_years(months: int) -> float:
    """Years with a rest of one to six months as half a year, of seven to eleven as a whole one.

    Luật BHXH 41/2024/QH15, Điều 5 khoản 6.
    """
    years, rest = divmod(months, YEAR)
    return years + (0 if not rest else 0.5 if rest <= HALF_YEAR else 1)


def counted(months: int) -> str:
    """The time as told, and how it counts when that differs: "20 năm 3 tháng (tính là 20,5 năm)"."""
    said = length(months)
    return said if months % YEAR == 0 else f"{said} (tính là {number(counted_years(months))} năm)"
