"""Measuring the understanding on labelled texts: how often it is right, asks well, and stays silent where it should."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Protocol

from chatbot.model import Decision, Match
from chatbot.nlu.model import REDIRECTS

OUT_OF_SCOPE: Final = frozenset({"out_of_scope", "oos"})
ANY_POLICY: Final = "other.policy"
"""The label of a policy question outside of a set's own intents: any policy topic is right."""
LEAK: Final = "pii.leak"
"""Found by masking before the understanding sees the text, so masking counts as finding it."""
_HEADERS: Final = frozenset({"label", "intent", "topic", "topic_id", "id"})
_CONFUSIONS: Final = 30
_CHOICES: Final = 3


class Reader(Protocol):
    """What is measured."""

    def understand(self, text: str, *, today: date, topic: str = "") -> Match:
        """The match of a text."""
        ...


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and the intent that it means."""

    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Confusion:
    """An intent taken for another one, how often, and one text as an example."""

    label: str
    taken_for: str
    times: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The result. Shares are 0 to 1 over in-scope rows; `oos_*` is over the others; times in milliseconds."""

    n: int
    top1: float
    top3: float
    answered: float
    answered_precision: float
    asked: float
    asked_hit: float
    refused: float
    oos_n: int
    oos_answered: float
    auroc: float
    p50_ms: float
    p99_ms: float
    confusions: tuple[Confusion, ...]


class LabelledFileError(Exception):
    """A line of the file is not `text<TAB>label`; the message names it."""


def read_labelled(path: Path) -> list[Labelled]:
    """Rows of a tab-separated file; a first line that is a header is skipped. Raises LabelledFileError, OSError."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not line.strip():
            continue
        text, tab, label = line.rpartition("\t")
        if not tab or not label.strip():
            raise LabelledFileError(f"{path}:{number}: cần 'câu<TAB>nhãn'")
        if number == 1 and label.strip().lower() in _HEADERS:
            continue
        rows.append(Labelled(text.strip(), label.strip()))
    return rows


@dataclass(frozen=True, slots=True)
class _Seen:
    """One measured row. `right` is the place of the right intent among the candidates, or None."""

    row: Labelled
    match: Match
    right: int | None
    ms: float

    @property
    def decision(self) -> Decision:
        """What the citizen meets: a redirect to another agency is no answer."""
        return Decision.REFUSE if self._redirected and self.match.decision is Decision.ANSWER else self.match.decision

    @property
    def confidence(self) -> float:
        """How sure it is that the text is ours to answer: a sure redirect says that it is not."""
        return 1.0 - self.match.confidence if self._redirected else self.match.confidence

    @property
    def _redirected(self) -> bool:
        return self.match.intent.startswith(REDIRECTS) and not self.row.label.startswith(REDIRECTS)


def evaluate(
    reader: Reader,
    rows: Sequence[Labelled],
    *,
    today: date,
    policies: frozenset[str],
    leaks: Callable[[str], bool],
    progress: Callable[[float], None] | None = None,
) -> Figures:
    """Measure. `policies` are the policy topics; `leaks` tells whether masking finds a guarded value."""
    seen = []
    for number, row in enumerate(rows, 1):
        started = time.perf_counter()
        match = reader.understand(row.text, today=today)
        took = (time.perf_counter() - started) * 1000
        seen.append(_Seen(row, match, _place(row, match, policies, leaks), took))
        if progress:
            progress(number / len(rows))
    return _figures(seen)


def _place(row: Labelled, match: Match, policies: frozenset[str], leaks: Callable[[str], bool]) -> int | None:
    if row.label == LEAK and leaks(row.text):
        return 0
    for place, candidate in enumerate(match.candidates):
        if candidate.intent == row.label or (row.label == ANY_POLICY and candidate.intent in policies):
            return place
    return None


def _figures(seen: Sequence[_Seen]) -> Figures:
    inside = [one for one in seen if one.row.label not in OUT_OF_SCOPE]
    outside = [one for one in seen if one.row.label in OUT_OF_SCOPE]
    answered = [one for one in inside if one.decision is Decision.ANSWER]
    asked = [one for one in inside if one.decision is Decision.ASK]
    times = sorted(one.ms for one in seen)
    return Figures(
        n=len(inside),
        top1=_share(sum(one.right == 0 for one in inside), len(inside)),
        top3=_share(sum(_shown(one) for one in inside), len(inside)),
        answered=_share(len(answered), len(inside)),
        answered_precision=_share(sum(one.right == 0 for one in answered), len(answered)),
        asked=_share(len(asked), len(inside)),
        asked_hit=_share(sum(_shown(one) for one in asked), len(asked)),
        refused=_share(len(inside) - len(answered) - len(asked), len(inside)),
        oos_n=len(outside),
        oos_answered=_share(sum(one.decision is Decision.ANSWER for one in outside), len(outside)),
        auroc=_auroc([one.confidence for one in inside], [one.confidence for one in outside]),
        p50_ms=_quantile(times, 0.5),
        p99_ms=_quantile(times, 0.99),
        confusions=_confusions(inside),
    )


def _shown(one: _Seen) -> bool:
    return one.right is not None and one.right < _CHOICES


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _quantile(ordered: Sequence[float], share: float) -> float:
    return round(ordered[min(int(share * len(ordered)), len(ordered) - 1)], 3) if ordered else 0.0


def _auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """How often an in-scope text is surer than an out-of-scope one; 0 when there is nothing to compare."""
    if not inside or not outside:
        return 0.0
    wins = sum((one > other) + 0.5 * (one == other) for one in inside for other in outside)
    return round(wins / (len(inside) * len(outside)), 4)


def _confusions(inside: Sequence[_Seen]) -> tuple[Confusion, ...]:
    times: Counter[tuple[str, str]] = Counter()
    example: dict[tuple[str, str], str] = {}
    for one in inside:
        if one.right != 0:
            pair = (one.row.label, one.match.intent)
            times[pair] += 1
            example.setdefault(pair, one.row.text)
    common = sorted(times.items(), key=lambda item: (-item[1], item[0]))[:_CONFUSIONS]
    return tuple(Confusion(*pair, count, example[pair]) for pair, count in common)
