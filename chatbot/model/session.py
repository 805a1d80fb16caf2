"""Where a person is in the conversation. Names, never numbers: a deploy strands nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """A choice that the last reply offered; typing its number or its label takes it."""

    label: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One conversation's memory: small strings only, no text of the citizen, no secrets.

    `flow`/`state` are names; `slots` are the flow's answers, `stamps` the moments it noted, `fails` counts misses by
    state, `trail` the step states visited (for "quay lại"). `paused_by` is "", "faq", "scam", "secret" or "human".
    `topic` is the last policy topic answered and `topic_on` the event's days it was answered for ("2025-05-15" or
    "2025-05-01..2025-05-31"). `rejected` names what the citizen said they did not mean, `misses` counts answers in a
    row that helped nobody. `staff_at` is when a person last wrote or took over, `returned_at` when the conversation was
    last given back, `held_until` when the hold on it ends by itself.
    """

    flow: str = ""
    flow_version: int = 0
    state: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    stamps: Mapping[str, datetime] = field(default_factory=dict)
    fails: Mapping[str, int] = field(default_factory=dict)
    trail: tuple[str, ...] = ()
    paused_by: str = ""
    topic: str = ""
    topic_on: str = ""
    offers: tuple[Offer, ...] = ()
    clarified: bool = False
    rejected: tuple[str, ...] = ()
    misses: int = 0
    digressions: int = 0
    greeted: bool = False
    pronoun: str = ""
    warnings: int = 0
    anger: int = 0
    staff_at: datetime | None = None
    returned_at: datetime | None = None
    held_until: datetime | None = None
    waiting_since: datetime | None = None
    resume_offer: bool = False
    seen_at: datetime | None = None
    recent: tuple[datetime, ...] = ()
    tail: str = ""
    """The masked shape of the last message's trailing digits ("d6"), to recognise halves of a split number."""

    def anew(self) -> "Session":
        """What must outlive a memory that cannot be used: the greeting, the rate, and whether a person has the word."""
        return Session(
            greeted=self.greeted,
            recent=self.recent,
            staff_at=self.staff_at,
            returned_at=self.returned_at,
            held_until=self.held_until,
            waiting_since=self.waiting_since,
        )
