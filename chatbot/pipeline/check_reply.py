"""The last gate before a reply leaves: nothing unregistered, no secret asked for, the right word for the citizen."""

from chatbot.model import Outcome, Part, Reply
from chatbot.pipeline.menu_button import menu_button
from chatbot.pipeline.work import Setup, Work


def check_reply(work: Work, setup: Setup) -> Work:
    """Replace a reply that must not leave by the safe sentence."""
    reply = work.reply
    if reply is None or not reply.parts or not setup.guard(reply):
        return work
    safe = Part(setup.knowledge.phrases.say("reply.safe"), (menu_button(setup.knowledge),))
    return work.ends(Reply(outcome=Outcome.ERROR_INTERNAL, parts=(safe,), intent=reply.intent))
