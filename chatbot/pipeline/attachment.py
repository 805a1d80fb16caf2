"""Pictures, voice messages, stickers: never downloaded, answered by what they are."""

from typing import Final

from chatbot.dialogue import Why
from chatbot.model import Attachment, EventKind, Outcome, Part, Reply, changed
from chatbot.pipeline.menu_button import menu_button
from chatbot.pipeline.work import Setup, Work

SMALL: Final = frozenset({Attachment.STICKER, Attachment.THUMBS_UP})
"""Friendly signs. Only a thumbs-up is an answer at a step: a sticker may as well weep."""
PICTURES: Final = frozenset({Attachment.IMAGE, Attachment.VIDEO, Attachment.FILE})
OK: Final = "ok"
"""What a thumbs-up says inside a guided flow."""


def attachment(work: Work, setup: Setup) -> Work:
    """Answer an attachment without words; beside words a picture only earns the warning, and the words are answered."""
    kinds = work.event.attachments
    if work.event.kind is EventKind.TEXT:
        seen = PICTURES.intersection(kinds)
        return changed(work, before=(*work.before, _say(setup, "attachment.picture"))) if seen else work
    if work.event.kind is not EventKind.ATTACHMENT:
        return work
    session = work.session
    if SMALL.issuperset(kinds) and kinds and not (session.flow and Attachment.STICKER in kinds):
        return _agreed(work, setup)
    if session.flow:
        key = "attachment.picture_in_flow" if PICTURES.intersection(kinds) else _key(kinds)
        reply = Reply(outcome=Outcome.UNANSWERED_ATTACHMENT, parts=(Part(_say(setup, key)),))
        return work.settles(setup.flows.after(session, reply, work.turn.now, Why.BUTTON))
    part = Part(_say(setup, _key(kinds)), (menu_button(setup.knowledge),))
    return work.ends(Reply(outcome=Outcome.UNANSWERED_ATTACHMENT, parts=(part,)))


def _agreed(work: Work, setup: Setup) -> Work:
    if work.session.flow:
        return changed(work, text=OK, event=changed(work.event, kind=EventKind.TEXT, text=OK, attachments=()))
    if work.session.greeted and Attachment.STICKER not in work.event.attachments:
        return work.silent(Outcome.UNANSWERED_ATTACHMENT)
    return work.says(Outcome.UNANSWERED_ATTACHMENT, _say(setup, "attachment.sticker"))


def _key(kinds: tuple[Attachment, ...]) -> str:
    if PICTURES.intersection(kinds):
        return "attachment.picture"
    if Attachment.AUDIO in kinds:
        return "attachment.voice"
    if Attachment.LOCATION in kinds:
        return "attachment.location"
    if Attachment.CONTACT in kinds:
        return "attachment.contact"
    return "attachment.other"


def _say(setup: Setup, key: str) -> str:
    return setup.knowledge.phrases.say(key)
