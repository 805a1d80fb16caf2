"""Before the steps: the settled events of a turn become one message, and a memory that is too old fades."""

from datetime import timedelta
from typing import Final

from chatbot.model import Event, EventKind, SecretKind, Session, Turn, changed
from chatbot.pipeline.work import Work
from chatbot.privacy import split_number

FADES_AFTER: Final = timedelta(days=7)
"""After this silence a citizen is greeted as new (reset-flow.md §5.4); a guided flow looks at its own times."""
OFFERS_LAST: Final = timedelta(hours=24)
"""A typed "2" means a button of the last reply only within this time."""
CITIZEN: Final = frozenset({EventKind.TEXT, EventKind.ACTION, EventKind.ATTACHMENT, EventKind.OPENED})
"""Kinds that a citizen does and may be answered."""


def gather(turn: Turn) -> Work:
    """The turn as one message: texts joined by lines, attachments and masked secrets collected.

    A number sent in halves, over two messages, is masked here: only the last message's length of digits is remembered.
    """
    session = _faded(turn) if turn.events[-1].kind in CITIZEN else turn.session
    event, tail = _joined(turn.events, session.tail)
    session = session if tail == session.tail else changed(session, tail=tail)
    return Work(turn=turn, session=session, event=event, text=event.text, found=event.found)


def _joined(events: tuple[Event, ...], tail: str) -> tuple[Event, str]:
    said: list[str] = []
    found: list[SecretKind] = []
    for event in events:
        found += event.found
        if event.kind is EventKind.TEXT and event.text.strip():
            split = split_number(tail, event.text.strip())
            said, tail = [*said, split.text], split.tail
            found += split.found
    spoken = [event for event in events if event.kind is EventKind.TEXT and event.text.strip()]
    main = (spoken or events)[-1]
    text = "\n".join(said) if said else main.text
    kinds = tuple(dict.fromkeys(found))
    attachments = tuple(dict.fromkeys(kind for event in events for kind in event.attachments))
    if (text, kinds, attachments) == (main.text, main.found, main.attachments):
        return main, tail
    return changed(main, text=text, found=kinds, attachments=attachments), tail


def _faded(turn: Turn) -> Session:
    session = turn.session
    if session.seen_at is None:
        return session
    silence = turn.now - session.seen_at
    if silence > FADES_AFTER:
        return changed(
            session,
            greeted=False,
            topic="",
            topic_on="",
            offers=(),
            clarified=False,
            rejected=(),
            misses=0,
            warnings=0,
            anger=0,
            tail="",
        )
    return changed(session, offers=()) if silence > OFFERS_LAST else session
