"""A citizen who is being cheated right now comes before everything else, also before an open flow."""

from dataclasses import replace

from chatbot.dialogue import Handled
from chatbot.pipeline.work import Setup, Work

PAUSE = "scam"


def safety(work: Work, setup: Setup) -> Work:
    """Answer danger first; the open flow waits and can be resumed."""
    handled = setup.emergency(work.context(setup))
    if not isinstance(handled, Handled):
        return work
    return work.settles(replace(handled, session=setup.flows.pause(handled.session, PAUSE)))
