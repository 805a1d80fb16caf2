"""A conversation with the real pipeline, a scripted understanding and a clock that is moved by hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

from chatbot.dialogue import Flows, Routers
from chatbot.knowledge import Knowledge
from chatbot.model import (
    Action,
    Attachment,
    Candidate,
    ChannelName,
    Decision,
    Entities,
    Event,
    EventKind,
    Match,
    Reply,
    SayButton,
    Session,
    Turn,
    TurnResult,
)
from chatbot.pipeline import Pipeline, Switches, nobody_in_danger
from chatbot.pipeline.work import Emergency
from chatbot.privacy import protect
from handlers import ROUTERS

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""A Monday, nine o'clock in Viet Nam."""


def sure(intent: str, *, second: str = "", entities: Entities | None = None, follow_up: bool = False) -> Match:
    """A match that is answered."""
    return Match(
        candidates=(Candidate(intent, 0.97),),
        decision=Decision.ANSWER,
        second=second,
        entities=entities or Entities(),
        follow_up=follow_up,
    )


def torn(*intents: str) -> Match:
    """A match that is asked back about."""
    return Match(candidates=tuple(Candidate(intent, 0.4) for intent in intents), decision=Decision.ASK)


@dataclass
class Scripted:
    """Understands exactly the sentences it was told; remembers what it was asked."""

    known: Mapping[str, Match] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def understand(self, text: str, *, today: date, topic: str = "") -> Match:
        """The scripted match, else nothing understood."""
        assert today
        self.asked.append((text, topic))
        return self.known.get(text, Match())


@dataclass
class People:
    """A desk that is as open as the test wants it."""

    staffed: bool = False
    open_now: bool = False

    def is_open(self, now: datetime) -> bool:
        """As told."""
        assert now.tzinfo
        return self.open_now


@dataclass
class Chat:
    """One citizen's conversation. `last` is the last result; the session goes from turn to turn."""

    knowledge: Knowledge
    known: Mapping[str, Match] = field(default_factory=dict)
    desk: People = field(default_factory=People)
    switches: Switches = field(default_factory=Switches)
    flows: Flows = field(default_factory=Flows)
    guard: Callable[[Reply], Sequence[str]] = lambda _reply: ()
    emergency: Emergency = nobody_in_danger
    now: datetime = NOW
    session: Session = field(default_factory=Session)
    reader: Scripted = field(init=False)
    last: TurnResult = field(init=False)
    _keys: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self.reader = Scripted(self.known)
        self.pipeline = Pipeline(
            knowledge=self.knowledge,
            understanding=self.reader,
            routers=Routers(ROUTERS),
            flows=self.flows,
            desk=self.desk,
            switches=lambda: self.switches,
            guard=self.guard,
            emergency=self.emergency,
            rate_limit_per_minute=20,
            hold=timedelta(minutes=30),
            timer=lambda: 0.0,
        )

    def says(self, *texts: str, stale: bool = False, late: bool = False) -> TurnResult:
        """The citizen types; several texts arrive within the settle window."""
        return self.turn(*(self.event(EventKind.TEXT, text=text) for text in texts), stale=stale, late=late)

    def taps(self, name: str, **args: str) -> TurnResult:
        """The citizen taps a button with this action."""
        return self.turn(self.event(EventKind.ACTION, action=Action(name, args)))

    def taps_label(self, label: str) -> TurnResult:
        """The citizen taps the button of the last reply that has this label."""
        labelled = (button for button in self.last.reply.buttons if isinstance(button, SayButton))
        action = next(button.action for button in labelled if button.label == label)
        return self.turn(self.event(EventKind.ACTION, action=action))

    def sends(self, *kinds: Attachment, text: str = "") -> TurnResult:
        """The citizen sends a picture, a voice message, a sticker."""
        kind = EventKind.TEXT if text else EventKind.ATTACHMENT
        return self.turn(self.event(kind, text=text, attachments=kinds))

    def happens(self, kind: EventKind, text: str = "", metadata: str = "") -> TurnResult:
        """The platform reports something else."""
        return self.turn(self.event(kind, text=text, metadata=metadata))

    def waits(self, **how_long: float) -> None:
        """Time passes."""
        self.now += timedelta(**how_long)

    def turn(self, *events: Event, stale: bool = False, late: bool = False) -> TurnResult:
        """One turn, run twice: the second run must say the same."""
        given = Turn(session=self.session, events=events, now=self.now, stale=stale, late=late)
        self.last = self.pipeline.turn(given)
        assert self.pipeline.turn(given) == self.last, "a turn is pure"
        self.session = self.last.session
        return self.last

    def event(
        self,
        kind: EventKind,
        *,
        text: str = "",
        action: Action | None = None,
        attachments: tuple[Attachment, ...] = (),
        metadata: str = "",
    ) -> Event:
        """An event as the edge hands it on: masked."""
        return protect(
            Event(
                key=f"k{next(self._keys)}",
                channel=ChannelName.ZALO,
                conversation="zalo:oa:citizen",
                kind=kind,
                at=self.now,
                text=text,
                action=action,
                attachments=attachments,
                metadata=metadata,
            )
        )

    @property
    def text(self) -> str:
        """What the bot said last."""
        return self.last.reply.text

    @property
    def labels(self) -> list[str]:
        """The buttons under the last reply."""
        return [button.label for button in self.last.reply.buttons]
