"""The schema of one policy topic: its dated versions, how people ask for it, and what leads on from it."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Self

from pydantic import Field, model_validator

from chatbot.knowledge.fields import Label, MaybeEmpty, Name, Number, Strict, Text

LONGEST_ANSWER = 500
"""Characters of an answer after its figures are filled in: what reads aloud well and fits one message with its basis."""


class Confidence(StrEnum):
    """How sure we are of a version. LOW states no figure at all."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Risk(StrEnum):
    """HIGH for money, entitlement and deadlines: such an answer needs a clear winner."""

    HIGH = "high"
    NORMAL = "normal"


class Aspect(StrEnum):
    """What is asked about a benefit; follow-ups such as "hồ sơ gồm gì" move between aspects of one benefit."""

    ELIGIBILITY = "eligibility"
    AMOUNT = "amount"
    DURATION = "duration"
    PAPERS = "papers"
    WHERE = "where"
    DEADLINE = "deadline"
    PROCESSING_TIME = "processing_time"
    HOW = "how"
    WHO = "who"
    STATUS = "status"
    EFFECT = "effect"
    EXCEPTION = "exception"
    CHANNEL = "channel"
    OTHER = "other"


class Basis(Strict):
    """A place in the law. The first basis of a version is the one shown to citizens."""

    document: Text
    place: MaybeEmpty = ""
    url: Text | None = None


class Version(Strict):
    """A rule and the days of the event for which it holds, both ends included; null = no end."""

    valid_from: date
    valid_to: date | None = None
    answer: Text
    figures: dict[str, Number] = Field(default_factory=dict)
    unsure_figures: tuple[Text, ...] = ()
    basis: tuple[Basis, ...] = Field(min_length=1)
    sources: tuple[Text, ...] = Field(min_length=1)
    checked_on: date
    review_by: date
    confidence: Confidence
    note: MaybeEmpty = ""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to phải sau valid_from")
        unknown = [key for key in self.unsure_figures if key not in self.figures]
        if unknown:
            raise ValueError(f"unsure_figures nêu {', '.join(unknown)} không có trong figures")
        return self

    def covers(self, day: date) -> bool:
        """Is this the rule for an event of that day?"""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Next(Strict):
    """A button under the answer: what a citizen asks next."""

    say: Label
    to: Name


class NotThis(Strict):
    """A sentence that is easily mistaken for this topic, and the topic it means."""

    say: Text
    means: Name


class Example(Strict):
    """A sentence that must lead to a topic; not one of the `ask` lines."""

    say: Text
    expect: Name


class Faq(Strict):
    """One policy topic."""

    id: Name
    title: Text
    label: Label
    group: Name
    benefit: Name
    aspect: Aspect
    owner: Text
    authority: Name
    risk: Risk
    versions: tuple[Version, ...] = Field(min_length=1)
    ask: tuple[Text, ...] = ()
    not_this: tuple[NotThis, ...] = ()
    next: tuple[Next, ...] = ()
    tests: tuple[Example, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _in_order(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("versions"), list):
            dated = [item for item in data["versions"] if isinstance(item, dict)]
            if all(isinstance(item.get("valid_from"), date) for item in dated):
                data = {**data, "versions": sorted(dated, key=lambda item: item["valid_from"])}
        return data

    @model_validator(mode="after")
    def _continuous(self) -> Self:
        for before, after in zip(self.versions, self.versions[1:], strict=False):
            if before.valid_to is None or before.valid_to + timedelta(days=1) != after.valid_from:
                raise ValueError(
                    f"bản từ {after.valid_from} phải bắt đầu ngay sau ngày cuối của bản trước ({before.valid_to})"
                )
        return self

    def version_on(self, day: date) -> Version | None:
        """The version for an event of that day, or None when we hold no rule for it."""
        return next((version for version in self.versions if version.covers(day)), None)
