"""What the understanding made of a text."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Decision(StrEnum):
    """Answer, ask back with choices, or say that it was not understood."""

    ANSWER = "answer"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An intent and how likely it is, 0 to 1."""

    intent: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Period:
    """The days a date expression may mean, both ends included, and the words it was read from."""

    first: date
    last: date
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entities:
    """What a text mentions. `born` is a grown person's day, month or year of birth; `money` in đồng, `years` and
    `months` as lengths of time, `paid` in months of contribution, `age` in years, `percent` of reduced capacity,
    `people` of a household, `days` off work, `babies` of one birth (2 for twins). `sex` is "nam" or "nữ" as told,
    `kin` that of a relative spoken of ("mẹ em")."""

    period: Period | None = None
    born: Period | None = None
    money: tuple[int, ...] = ()
    years: float | None = None
    months: float | None = None
    paid: int | None = None
    age: int | None = None
    percent: float | None = None
    people: int | None = None
    days: int | None = None
    babies: int | None = None
    sex: str = ""
    kin: str = ""
    ordinal_child: int | None = None
    phones: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The best intents of a text, best first (at most ten), and what to do with them.

    `second` is a second question found in the same message (an intent) or "". `follow_up` tells that the text was read
    in the light of the last topic. `twins` are the intents whose answers serve the best one's question as well: nothing
    to choose between.
    """

    candidates: tuple[Candidate, ...] = ()
    decision: Decision = Decision.REFUSE
    entities: Entities = Entities()
    second: str = ""
    follow_up: bool = False
    twins: frozenset[str] = frozenset()

    @property
    def intent(self) -> str:
        """The best intent's name, or ""."""
        return self.candidates[0].intent if self.candidates else ""

    @property
    def confidence(self) -> float:
        """The best intent's confidence, or 0."""
        return self.candidates[0].confidence if self.candidates else 0.0
