"""Somebody of the family has died: a word of sympathy comes before the papers."""

import re
from typing import Final

from chatbot.model import EventKind, changed
from chatbot.pipeline.work import Setup, Work
from chatbot.privacy.shadow import shadow

SURVIVORS: Final = "survivor"
"""The group of topics about a death."""
DIED: Final = re.compile(
    r"\b(?:ba|bo|cha|tia|me|ma|chong|vo|con|ong|ba noi|ba ngoai|anh|chi|em|noi|ngoai|cau|chu|bac|co|di)\b[\w\s]{0,16}"
    r"\b(?:mat|qua doi|tu tran|chet|tu vong|ra di)\b(?! (?:so|the|viec|tien|dien thoai|mat khau|giay|bao nhieu))"
)
SUPPOSED: Final = re.compile(r"\b(?:neu|lo|gia su|khi nao|sau nay|chang may|nho)\b")


def condolence(work: Work, setup: Setup) -> Work:
    """Once, when a citizen first tells of a death that has happened; rules asked for in general need none."""
    topic = setup.knowledge.faqs.get(work.match.intent)
    if work.event.kind is not EventKind.TEXT or topic is None or topic.group != SURVIVORS:
        return work
    before = setup.knowledge.faqs.get(work.session.topic)
    folded = shadow(work.text)
    told = before is not None and before.group == SURVIVORS
    if told or SUPPOSED.search(folded) or not DIED.search(folded):
        return work
    return changed(work, before=(*work.before, setup.knowledge.phrases.say("condolence")))
