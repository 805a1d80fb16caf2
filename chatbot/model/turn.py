"""A turn: the settled events of one conversation in, one reply and the next state out. Pure, so it may run twice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chatbot.model.event import Event
from chatbot.model.match import Candidate
from chatbot.model.reply import Reply
from chatbot.model.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Input of a turn.

    `events` are ordered by platform time; quick messages of one person were joined by the settle window. `late`: newer
    events had their turn before. `stale`: received so long ago (an outage) that the answer may no longer be wanted.
    """

    session: Session
    events: tuple[Event, ...]
    now: datetime
    late: bool = False
    stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord:
    """What is kept of a turn: masked text, outcome and explanation."""

    text: str = ""
    intent: str = ""
    candidates: tuple[Candidate, ...] = ()
    state: str = ""
    steps: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds by pipeline step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnResult:
    """Output of a turn. `erase` asks the store to forget the conversation in the same transaction;
    `drop_queued` to drop parts that were queued but not sent (a person took over)."""

    session: Session
    reply: Reply
    record: TurnRecord
    erase: bool = False
    drop_queued: bool = False
