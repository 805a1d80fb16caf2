"""A citizen who is being cheated right now comes before everything else, also before an open flow."""

from chatbot.dialogue import Handled
from chatbot.model import Match, changed
from chatbot.pipeline.work import Setup, Work

PAUSE = "scam"


def safety(work: Work, setup: Setup) -> Work:
    """Answer danger first; the open flow waits and can be resumed. A match is what the text is about, no danger yet."""
    handled = setup.emergency(work.context(setup))
    match handled:
        case Handled():
            return work.settles(changed(handled, session=setup.flows.pause(handled.session, PAUSE)))
        case Match():
            return changed(work, match=handled)
        case _:
            return work
