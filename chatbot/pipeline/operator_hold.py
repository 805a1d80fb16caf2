"""A person took over: the bot is silent until they end it or have been silent themselves for long enough.

What counts is when things were written, not when they are read: after an outage an hour of both may come at once.
"""

from datetime import datetime

from chatbot.model import STAFF, EventKind, Outcome, Session, changed
from chatbot.nlu.normalize import fold
from chatbot.pipeline.work import Setup, Work

ENDINGS = frozenset({"ket thuc", "/ket thuc", "#ket thuc", "ket thuc ho tro"})
"""What an officer writes to give the conversation back."""
OURS = "ours"
"""What a channel notes on a handover whose new owner is this bot."""


def operator_hold(work: Work, setup: Setup) -> Work:
    """Begin, keep or end a hold. It ends silently: the bot speaks again only when it is spoken to. What a citizen wrote
    before a person did has been dealt with by that person."""
    written_at = min(work.event.at, work.turn.now)
    if work.event.kind in STAFF:
        return _told(work, setup, written_at)
    last, held_until = work.session.staff_at, work.session.held_until
    if (last is not None and written_at < last) or (held_until is not None and written_at < held_until):
        return work.silent(Outcome.HANDED_SILENT)
    return work if held_until is None else work.remembers(_resumed(work.session))


def _told(work: Work, setup: Setup, written_at: datetime) -> Work:
    """What staff wrote; older news than what they wrote before changes nothing."""
    last = work.session.staff_at
    if last is not None and written_at < last:
        return work.silent(Outcome.HANDED_SILENT)
    since = work.session.waiting_since
    waiting_since = since if since is not None and since > written_at else None
    work = work.remembers(changed(work.session, staff_at=written_at, waiting_since=waiting_since))
    told = work.remembers(_resumed(work.session)) if _ends(work) else _taken(work, setup, written_at)
    return told.silent(Outcome.HANDED_SILENT)


def _ends(work: Work) -> bool:
    if work.event.kind is EventKind.HANDOVER:
        return work.event.metadata == OURS
    return fold(work.text).strip(" .!") in ENDINGS


def _resumed(session: Session) -> Session:
    return changed(session, held_until=None, resume_offer=True)


def _taken(work: Work, setup: Setup, written_at: datetime) -> Work:
    held_until = max(written_at + setup.hold, work.session.held_until or written_at)
    if held_until <= work.turn.now:
        return _was_taken(work, held_until)
    held = changed(work.session, held_until=held_until, resume_offer=False, offers=())
    return changed(work.remembers(held), drop_queued=True)


def _was_taken(work: Work, held_until: datetime) -> Work:
    """The hold was over before we knew of it. What the citizen wrote within it is the officer's; what the bot has
    answered since, and what waits to be sent, stays."""
    return work if work.turn.late else work.remembers(changed(work.session, held_until=held_until, offers=()))
