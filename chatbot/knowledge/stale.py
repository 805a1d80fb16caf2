"""`chatbot stale`: what in the content expires when, so that nobody learns it from a citizen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chatbot.knowledge.load import Knowledge


class Expiry(StrEnum):
    """What happens on the day."""

    REVIEW = "review"  # a person has to compare the answer with its source again
    NO_RULE = "no_rule"  # the last version ends and nothing follows: the bot stops answering
    NEW_RULE = "new_rule"  # the next version, already written, takes over
    NO_VALUE = "no_value"  # a recurring figure has no value from the next day on


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """One thing that happens on a day: `what` is a topic's id, or a figure of series.yaml."""

    on: date
    what: str
    expiry: Expiry
    title: str

    def past(self, today: date) -> bool:
        """Is somebody late? A version that took over as planned is nobody's fault."""
        return self.expiry is not Expiry.NEW_RULE and self.on < today


def due(knowledge: Knowledge, today: date) -> list[Due]:
    """All that is late or still to come, earliest first."""
    found = [*_versions(knowledge, today), *_series(knowledge, today), *_register(knowledge)]
    return sorted(found)


def _versions(knowledge: Knowledge, today: date) -> Iterator[Due]:
    for faq in knowledge.faqs.values():
        last = faq.versions[-1]
        for version in faq.versions:
            if version is last and version.valid_to is not None:
                yield Due(version.valid_to, faq.id, Expiry.NO_RULE, faq.title)
            elif version.valid_to is not None and version.valid_to >= today:
                yield Due(version.valid_to, faq.id, Expiry.NEW_RULE, faq.title)
            open_until = version.valid_to or date.max
            if open_until >= today and version.review_by < open_until:
                yield Due(version.review_by, faq.id, Expiry.REVIEW, faq.title)


def _series(knowledge: Knowledge, today: date) -> Iterator[Due]:
    for name, series in knowledge.series.series.items():
        end = max((row.valid_to or date.max) for row in series.values)
        if end < date.max:
            yield Due(end, name, Expiry.NO_VALUE, series.title)
        for row in series.values:
            if row.valid_to is not None and today <= row.valid_to < end:
                yield Due(row.valid_to, name, Expiry.NEW_RULE, series.title)


def _register(knowledge: Knowledge) -> Iterator[Due]:
    checked = knowledge.official.checked_on
    review = checked.replace(year=checked.year + 1, day=min(checked.day, 28))
    yield Due(review, "official_channels", Expiry.REVIEW, "Danh sách kênh chính thức")
