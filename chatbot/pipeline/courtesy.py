""" "Dạ" opens a reply once: an answer under a warning, or a step under an answer, goes on without it."""

import re
from itertools import count
from typing import Final

from chatbot.model import changed
from chatbot.pipeline.work import Setup, Work

WORD: Final = "Dạ"
OPENING: Final = re.compile(rf"^{WORD},? (\S)", re.MULTILINE)


def courtesy(work: Work, _setup: Setup) -> Work:
    """Keep the first "Dạ" of the whole reply."""
    reply = work.reply
    if reply is None or sum(part.text.count(WORD) for part in reply.parts) <= 1:
        return work
    place = count()

    def once(found: re.Match[str]) -> str:
        return found[1].upper() if next(place) else found[0]

    parts = tuple(changed(part, text=OPENING.sub(once, part.text)) for part in reply.parts)
    return work.ends(changed(reply, parts=parts))
