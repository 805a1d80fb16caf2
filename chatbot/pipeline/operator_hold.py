"""A person took over: the bot is silent until they end it or have been silent themselves for long enough."""

from chatbot.model import EventKind, Outcome, changed
from chatbot.nlu.normalize import fold
from chatbot.pipeline.events import STAFF
from chatbot.pipeline.work import Setup, Work

ENDINGS = frozenset({"ket thuc", "/ket thuc", "#ket thuc", "ket thuc ho tro"})
"""What an officer writes to give the conversation back."""
OURS = "ours"
"""What a channel notes on a handover whose new owner is this bot."""


def operator_hold(work: Work, setup: Setup) -> Work:
    """Begin, keep or end a hold. It ends silently: the bot speaks again only when it is spoken to."""
    if work.event.kind in STAFF:
        return _given_back(work) if _ends(work) else _held(work, setup)
    held_until = work.session.held_until
    if held_until is None:
        return work
    if work.turn.now < held_until:
        return work.silent(Outcome.HANDED_SILENT)
    return work.remembers(changed(work.session, held_until=None, resume_offer=True))


def _ends(work: Work) -> bool:
    if work.event.kind is EventKind.HANDOVER:
        return work.event.metadata == OURS
    return fold(work.text).strip(" .!") in ENDINGS


def _held(work: Work, setup: Setup) -> Work:
    session = changed(
        work.session, held_until=work.turn.now + setup.hold, waiting_since=None, resume_offer=False, offers=()
    )
    return changed(work.remembers(session).silent(Outcome.HANDED_SILENT), drop_queued=True)


def _given_back(work: Work) -> Work:
    session = changed(work.session, held_until=None, waiting_since=None, resume_offer=True)
    return work.remembers(session).silent(Outcome.HANDED_SILENT)
