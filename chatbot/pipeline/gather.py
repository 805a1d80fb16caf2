"""Before the steps: the settled events of a turn become one message, and a memory that is too old fades."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from chatbot.model import Attachment, Event, EventKind, SecretKind, Session, Turn
from chatbot.pipeline.work import Work

FADES_AFTER: Final = timedelta(days=7)
"""After this silence a citizen is greeted as new (reset-flow.md §5.4); a guided flow looks at its own times."""
OFFERS_LAST: Final = timedelta(hours=24)
"""A typed "2" means a button of the last reply only within this time."""
CITIZEN: Final = frozenset({EventKind.TEXT, EventKind.ACTION, EventKind.ATTACHMENT, EventKind.OPENED})
"""Kinds that a citizen does and may be answered."""


def gather(turn: Turn) -> Work:
    """The turn as one message: texts joined by lines, attachments and masked secrets collected."""
    event = _joined(turn.events)
    session = _faded(turn) if event.kind in CITIZEN else turn.session
    return Work(turn=turn, session=session, event=event, text=event.text, found=event.found)


def _joined(events: tuple[Event, ...]) -> Event:
    said = [event for event in events if event.text.strip() and event.kind is EventKind.TEXT]
    main = (said or list(events))[-1]
    if len(events) == 1:
        return main
    return replace(
        main,
        text="\n".join(event.text.strip() for event in said),
        found=_distinct(tuple(kind for event in events for kind in event.found)),
        attachments=_all(tuple(kind for event in events for kind in event.attachments)),
    )


def _distinct(found: tuple[SecretKind, ...]) -> tuple[SecretKind, ...]:
    return tuple(dict.fromkeys(found))


def _all(attachments: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    return tuple(dict.fromkeys(attachments))


def _faded(turn: Turn) -> Session:
    session = turn.session
    if session.seen_at is None:
        return session
    silence = turn.now - session.seen_at
    if silence > FADES_AFTER:
        return replace(
            session, greeted=False, topic="", topic_on="", offers=(), clarified=False, warnings=0, anger=0, tail=""
        )
    return replace(session, offers=()) if silence > OFFERS_LAST else session
