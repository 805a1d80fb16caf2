"""First step: events that are not a citizen's message. Recorded, sometimes acted upon, never answered."""

from chatbot.model import STAFF, EventKind, Outcome, changed
from chatbot.pipeline.gather import CITIZEN
from chatbot.pipeline.work import Setup, Work


def events(work: Work, _setup: Setup) -> Work:
    """Forget a citizen who withdrew; ignore what nobody said to the bot."""
    kind = work.event.kind
    if kind in CITIZEN or kind in STAFF or kind is EventKind.UNDELIVERED:
        return work
    if kind is EventKind.WITHDRAWN:
        return changed(work.silent(Outcome.ANSWERED_PRIVACY), erase=True, drop_queued=True)
    if kind is EventKind.UNFOLLOWED:
        return changed(work.silent(Outcome.UNANSWERED_IGNORED), drop_queued=True)
    return work.silent(Outcome.UNANSWERED_IGNORED)
