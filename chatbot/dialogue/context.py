"""All that a handler may touch."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from chatbot.dialogue.flows import Flows
from chatbot.knowledge import Knowledge
from chatbot.model import Event, Match, Session

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Desk(Protocol):
    """The people who can take over a conversation."""

    @property
    def staffed(self) -> bool:
        """Is there a desk at all? Without one nobody is promised a call back."""

    def is_open(self, now: datetime) -> bool:
        """Is somebody there at this moment (office hours, Vietnamese holidays)?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One turn as a handler sees it. `text` is masked; `now` is aware, `today` the day in Viet Nam."""

    event: Event
    text: str
    session: Session
    match: Match
    now: datetime
    knowledge: Knowledge
    desk: Desk
    flows: Flows = field(default_factory=Flows)

    @property
    def today(self) -> date:
        """The day in Viet Nam."""
        return self.now.astimezone(VIETNAM).date()

    def say(self, key: str, variant: int = 0, **slots: object) -> str:
        """A sentence of phrases.vi.yaml."""
        return self.knowledge.phrases.say(key, variant, **slots)
