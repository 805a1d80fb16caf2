"""Where a conversation stands between the bot and a person, read from its session alone."""

from datetime import datetime
from enum import StrEnum

from chatbot.model import Session


class Standing(StrEnum):
    """Who has the word."""

    BOT = "bot"  # nobody asked for a person
    WAITING = "waiting"  # the citizen asked; no officer has written yet, the bot goes on answering
    HELD = "held"  # an officer writes; the bot is silent
    RETURNED = "returned"  # the officer is done; the bot says so before its next answer


def standing(session: Session, now: datetime) -> Standing:
    """The state at this moment; a hold that ran out counts as returned though the bot has not spoken yet."""
    if session.held_until is not None:
        return Standing.HELD if now < session.held_until else Standing.RETURNED
    if session.resume_offer:
        return Standing.RETURNED
    return Standing.WAITING if session.waiting_since is not None else Standing.BOT
