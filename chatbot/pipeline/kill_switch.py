"""The operator turned the bot off, here or everywhere: nothing is said, everything is recorded."""

from chatbot.model import Outcome
from chatbot.pipeline.work import Setup, Work


def kill_switch(work: Work, setup: Setup) -> Work:
    """End the turn in silence when the bot is off on this channel."""
    if setup.switches().speaks_on(work.event.channel):
        return work
    return work.silent(Outcome.UNANSWERED_SWITCHED_OFF)
