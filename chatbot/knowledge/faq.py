"""The schema of one policy topic: its dated versions, how people ask for it, and what leads on from it."""

from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from chatbot.knowledge.fields import Label, MaybeEmpty, Name, Number, Strict, Text

LONGEST_ANSWER = 500
"""Characters of an answer after its figures are filled in: reads aloud well and fits one message with its basis."""

BEGINNING = date(1995, 1, 1)
"""What `valid_from: null` stands for: as long as there has been a Viet Nam Social Security."""


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
    """A rule and the days of the event for which it holds, both ends included; null = no known beginning or end."""

    valid_from: Annotated[date, BeforeValidator(lambda value: BEGINNING if value is None else value)]
    valid_to: date | None = None
    answer: Text
    figures: dict[str, Number] = Field(default_factory=dict)
    compute: Name | None = None
    """The calculator that works out a citizen's own case from these figures."""
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

    @field_validator("versions")
    @classmethod
    def _continuous(cls, versions: tuple[Version, ...]) -> tuple[Version, ...]:
        """In the order of time, whatever the order in the file; without gaps and overlaps."""
        ordered = tuple(sorted(versions, key=lambda version: version.valid_from))
        for before, after in pairwise(ordered):
            if before.valid_to is None or before.valid_to + timedelta(days=1) != after.valid_from:
                end = "không có ngày cuối" if before.valid_to is None else f"kết thúc ngày {before.valid_to}"
                raise ValueError(
                    f"bản từ {before.valid_from} {end}, nên bản kế tiếp (từ {after.valid_from}) bị chồng hoặc hở ngày; "
                    "valid_from của bản sau phải là ngày liền sau valid_to của bản trước"
                )
        return ordered

    def __hash__(self) -> int:
        """By its id, of which a content has each once: quick enough to remember answers by."""
        return hash(self.id)

    def version_on(self, day: date) -> Version | None:
        """The version for an event of that day, or None when we hold no rule for it."""
        return next((version for version in self.versions if version.covers(day)), None)
