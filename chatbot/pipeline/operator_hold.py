"""A person took over: the bot is silent until they end it or have been silent themselves for long enough.

What counts is when things were written, not when they are read: after an outage an hour of both may come at once.
"""

from datetime import datetime

from chatbot.model import HELD, OURS, STAFF, EventKind, Outcome, Session, changed
from chatbot.nlu.normalize import fold
from chatbot.pipeline.work import Setup, Work

ENDINGS = frozenset({"ket thuc", "/ket thuc", "#ket thuc", "ket thuc ho tro"})
"""What an officer writes to give the conversation back."""


def operator_hold(work: Work, setup: Setup) -> Work:
    """Begin, keep or end a hold. It ends silently: the bot speaks again only when it is spoken to. What a citizen wrote
    before a person did has been dealt with by that person."""
    written_at = min(max(event.at for event in work.turn.events), work.turn.now)
    if work.event.kind in STAFF:
        return _told(work, setup, written_at).silent(Outcome.HANDED_SILENT)
    if _is_staffs(work, setup, written_at):
        return work.silent(Outcome.HANDED_SILENT)
    return work if work.session.held_until is None else work.remembers(_resumed(work.session))


def gives_back(text: str) -> bool:
    """Is it an officer's word that ends a hold?"""
    return fold(text).strip(" .!") in ENDINGS


def _is_staffs(work: Work, setup: Setup, written_at: datetime) -> bool:
    """Was it written before a person's last word, or in the hold that followed, over by now or not?"""
    session = work.session
    held = session.held_until is not None and written_at < session.held_until
    last = session.staff_at
    if held or last is None or last > work.turn.now:  # the clock has been put back since
        return held
    returned = session.returned_at is not None and session.returned_at >= last
    return written_at < (last if returned else last + setup.hold)


def _told(work: Work, setup: Setup, written_at: datetime) -> Work:
    """What staff wrote; older news than what they wrote before changes nothing."""
    for known in (work.session.staff_at, work.session.returned_at):
        if known is not None and written_at < known <= work.turn.now:
            return work
    work = work.remembers(_noted(work, written_at))
    return work.remembers(_resumed(work.session)) if _ends(work) else _taken(work, setup, written_at)


def _noted(work: Work, written_at: datetime) -> Session:
    """When a person wrote, or gave back, and whom that answers. That another app gave back is nobody's word, and what
    a refused reply told us has our clock's time."""
    session = work.session
    if work.event.metadata == OURS:
        return changed(session, returned_at=written_at)
    if session.waiting_since is not None and session.waiting_since <= written_at:
        session = changed(session, waiting_since=None)
    if work.event.metadata == HELD:
        return session
    returned_at = written_at if _ends(work) else session.returned_at
    return changed(session, staff_at=written_at, returned_at=returned_at)


def _ends(work: Work) -> bool:
    if work.event.kind is EventKind.HANDOVER:
        return work.event.metadata == OURS
    return gives_back(work.text)


def _resumed(session: Session) -> Session:
    return changed(session, held_until=None, resume_offer=True)


def _taken(work: Work, setup: Setup, written_at: datetime) -> Work:
    held_until = max(written_at + setup.hold, work.session.held_until or written_at)
    if held_until <= work.turn.now:
        return _was_taken(work, held_until)
    held = changed(work.session, held_until=held_until, resume_offer=False, offers=())
    return changed(work.remembers(held), drop_queued=True)


def _was_taken(work: Work, held_until: datetime) -> Work:
    """The hold was over before we knew of it: what the bot has answered since, and what waits to be sent, stays."""
    return work if work.turn.late else work.remembers(changed(work.session, held_until=held_until, offers=()))
