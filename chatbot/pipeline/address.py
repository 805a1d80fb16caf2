"""Speaking to citizens as they speak of themselves: somebody who says "bác" is not "anh/chị"."""

from chatbot.dialogue.pronoun import address, detect
from chatbot.model import EventKind, changed
from chatbot.pipeline.work import Setup, Work


def hear_pronoun(work: Work, _setup: Setup) -> Work:
    """Remember the word a citizen uses for themself."""
    heard = detect(work.text) if work.event.kind is EventKind.TEXT else ""
    return work.remembers(changed(work.session, pronoun=heard)) if heard else work


def use_pronoun(work: Work, _setup: Setup) -> Work:
    """Put that word into every part of the reply."""
    reply, pronoun = work.reply, work.session.pronoun
    if reply is None or not pronoun:
        return work
    parts = tuple(changed(part, text=address(part.text, pronoun)) for part in reply.parts)
    return work.ends(changed(reply, parts=parts))
