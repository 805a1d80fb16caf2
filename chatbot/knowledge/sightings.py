"""Indicators of fraud in what citizens wrote: which foreign numbers, addresses and names, how often, when last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chatbot.knowledge.mentions import Subject, mentions
from chatbot.knowledge.official import Official
from chatbot.knowledge.verify import Judged, Verdict, judge
from chatbot.privacy.patterns import SERVICE

WANTED: Final = frozenset({Verdict.KNOWN_FAKE, Verdict.LOOKALIKE, Verdict.NOT_OURS, Verdict.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Sighting:
    """One thing that citizens named. A private person's number is masked long before: it shows as "di động"."""

    subject: Subject
    verdict: Verdict
    shown: str
    times: int
    last: datetime


def sightings(told: Iterable[tuple[datetime, str]], official: Official) -> list[Sighting]:
    """The things named in masked texts that are not the agency's, the most frequent first."""
    found: dict[tuple[Subject, Verdict, str], tuple[int, datetime]] = {}
    for at, text in told:
        for key in dict.fromkeys(_keys(text, official)):
            times, last = found.get(key, (0, at))
            found[key] = (times + 1, max(last, at))
    listed = [Sighting(*key, times, last) for key, (times, last) in found.items()]
    return sorted(listed, key=lambda one: (-one.times, -one.last.timestamp(), one.shown))


def _keys(text: str, official: Official) -> Iterable[tuple[Subject, Verdict, str]]:
    lines = [one.written for one in mentions(text) if one.subject is Subject.PHONE and SERVICE.fullmatch(one.written)]
    for judged in judge(text, official):
        if judged.verdict in WANTED:
            yield judged.subject, judged.verdict, _whole(judged, lines)


def _whole(judged: Judged, lines: list[str]) -> str:
    """A service line in full, for those who report it; in a reply it is cut."""
    if judged.subject is not Subject.PHONE:
        return judged.shown
    return next((line for line in lines if line[:4] == judged.shown[:4]), judged.shown)
