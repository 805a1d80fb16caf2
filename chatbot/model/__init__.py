"""The words of the whole program. This package imports nothing of ours."""

from chatbot.model.action import Action, ActionTooLongError
from chatbot.model.changed import changed
from chatbot.model.event import HELD, OTHERS, OURS, STAFF, Attachment, ChannelName, Event, EventKind, SecretKind
from chatbot.model.match import Candidate, Decision, Entities, Match, Period
from chatbot.model.outcome import Outcome
from chatbot.model.reply import Button, CallButton, LinkButton, Part, Reply, SayButton, Source
from chatbot.model.session import Offer, Session
from chatbot.model.turn import Turn, TurnRecord, TurnResult

__all__ = [
    "HELD",
    "OTHERS",
    "OURS",
    "STAFF",
    "Action",
    "ActionTooLongError",
    "Attachment",
    "Button",
    "CallButton",
    "Candidate",
    "ChannelName",
    "Decision",
    "Entities",
    "Event",
    "EventKind",
    "LinkButton",
    "Match",
    "Offer",
    "Outcome",
    "Part",
    "Period",
    "Reply",
    "SayButton",
    "SecretKind",
    "Session",
    "Source",
    "Turn",
    "TurnRecord",
    "TurnResult",
    "changed",
]
