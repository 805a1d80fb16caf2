"""The answer of a topic for the day that matters: the version in force, its figures, its law, and how old it is."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from chatbot.knowledge.faq import Confidence, Faq, Version
from chatbot.knowledge.series import SeriesBook

RECENT = timedelta(days=365)
"""A rule that changed within this time is announced with the day from which it holds."""
_REMEMBERED = 1024
"""Answers: every topic's of today, and room for those of other days; about two megabytes."""


class AnswerStatus(StrEnum):
    """Why an answer says what it says."""

    CURRENT = "current"
    PAST_RULE = "past_rule"  # the event lies in the time of an older rule
    NO_RULE = "no_rule"  # we hold no rule for that day
    WITHHELD = "withheld"  # low confidence: no figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What can be said of a topic for a day. `since` and `until` are the first and last day for which the very same
    text holds: those of the version, or of a recurring figure in it that changed in between. `changed_on` is set when
    the text changed within a year before today, `replaced_on` when another one holds today; `new_figures` when only a
    figure changed then and the rule is older; `stale` when the version is past its review day."""

    faq: Faq
    status: AnswerStatus
    day: date
    version: Version | None = None
    text: str = ""
    since: date | None = None
    until: date | None = None
    new_figures: bool = False
    changed_on: date | None = None
    replaced_on: date | None = None
    stale: bool = False


@lru_cache(maxsize=_REMEMBERED)
def answer(faq: Faq, *, day: date, today: date, series: SeriesBook) -> Answer:
    """Choose the version in force on `day` (the event's) and fill in its figures. Raises SeriesError."""
    version = faq.version_on(day)
    if version is None:
        return Answer(faq=faq, status=AnswerStatus.NO_RULE, day=day)
    now = faq.version_on(today)
    since = _since(version, day, series)
    current = _since(now, today, series) if now is version else now.valid_from if now else None
    past = current is not None and since < current
    return Answer(
        faq=faq,
        status=_status(version, past=past),
        day=day,
        version=version,
        text=series.fill(version.answer.strip(), day),
        since=since,
        until=_until(version, day, series),
        new_figures=now is version and version.valid_from < (current if past and current else since),
        changed_on=_changed_on(faq, version, since, today),
        replaced_on=current if past else None,
        stale=_still_open(version, today) and today > version.review_by,
    )


def _since(version: Version, day: date, series: SeriesBook) -> date:
    return max([version.valid_from, *(row.valid_from for row in series.rows(version.answer, day))])


def _until(version: Version, day: date, series: SeriesBook) -> date | None:
    ends = [row.valid_to for row in series.rows(version.answer, day) if row.valid_to is not None]
    return min([*ends, version.valid_to] if version.valid_to else ends, default=None)


def _status(version: Version, *, past: bool) -> AnswerStatus:
    if version.confidence is Confidence.LOW:
        return AnswerStatus.WITHHELD
    return AnswerStatus.PAST_RULE if past else AnswerStatus.CURRENT


def _changed_on(faq: Faq, version: Version, since: date, today: date) -> date | None:
    first = version is faq.versions[0] and since == version.valid_from
    return since if today - RECENT < since <= today and not first else None


def _still_open(version: Version, today: date) -> bool:
    """Only a rule that can still change needs review; a past one stays what it was."""
    return version.valid_to is None or version.valid_to >= today
