"""The answer of a topic for the day that matters: the version in force, its figures, its law, and how old it is."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from chatbot.knowledge.faq import Confidence, Faq, Version
from chatbot.knowledge.series import SeriesBook

RECENT = timedelta(days=365)
"""A rule that changed within this time is announced with the day from which it holds."""


class AnswerStatus(StrEnum):
    """Why an answer says what it says."""

    CURRENT = "current"
    PAST_RULE = "past_rule"  # the event lies in the time of an older rule
    NO_RULE = "no_rule"  # we hold no rule for that day
    WITHHELD = "withheld"  # low confidence: no figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What can be said of a topic for a day. `changed_on` is set when the rule changed within a year before today;
    `replaced_on` when a newer rule holds today; `stale` when the version is past its review day."""

    faq: Faq
    status: AnswerStatus
    day: date
    version: Version | None = None
    text: str = ""
    changed_on: date | None = None
    replaced_on: date | None = None
    stale: bool = False


def answer(faq: Faq, *, day: date, today: date, series: SeriesBook) -> Answer:
    """Choose the version in force on `day` (the event's) and fill in its figures."""
    version = faq.version_on(day)
    if version is None:
        return Answer(faq=faq, status=AnswerStatus.NO_RULE, day=day)
    current = faq.version_on(today)
    past = current is not None and version.valid_from < current.valid_from
    return Answer(
        faq=faq,
        status=_status(version, past=past),
        day=day,
        version=version,
        text=series.fill(version.answer.strip(), day),
        changed_on=_changed_on(faq, version, today),
        replaced_on=current.valid_from if past and current else None,
        stale=_still_open(version, today) and today > version.review_by,
    )


def _status(version: Version, *, past: bool) -> AnswerStatus:
    if version.confidence is Confidence.LOW:
        return AnswerStatus.WITHHELD
    return AnswerStatus.PAST_RULE if past else AnswerStatus.CURRENT


def _changed_on(faq: Faq, version: Version, today: date) -> date | None:
    recent = today - RECENT < version.valid_from <= today
    return version.valid_from if recent and version is not faq.versions[0] else None


def _still_open(version: Version, today: date) -> bool:
    """Only a rule that can still change needs review; a past one stays what it was."""
    return version.valid_to is None or version.valid_to >= today
