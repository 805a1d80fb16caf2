"""An open guided flow has the first word on what the citizen says."""

from chatbot.dialogue import Handled
from chatbot.pipeline.work import Setup, Work


def flow(work: Work, setup: Setup) -> Work:
    """Let the flow take the turn; another question passes and is answered as a digression."""
    action = work.event.action
    if not work.session.flow and (action is None or action.name != "flow"):
        return work
    taken = setup.guides.take(work.context(setup))
    return work.settles(taken) if isinstance(taken, Handled) else work
