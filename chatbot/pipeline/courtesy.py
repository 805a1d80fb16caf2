""" "Dạ" opens a reply once: an answer under a warning, or a step under an answer, goes on without it."""

import re
from dataclasses import replace
from itertools import count
from typing import Final

from chatbot.pipeline.work import Setup, Work

OPENING: Final = re.compile(r"^Dạ,? (\S)", re.MULTILINE)


def courtesy(work: Work, _setup: Setup) -> Work:
    """Keep the first "Dạ" of the whole reply."""
    reply = work.reply
    if reply is None or not reply.parts:
        return work
    place = count()

    def once(found: re.Match[str]) -> str:
        return found[1].upper() if next(place) else found[0]

    parts = tuple(replace(part, text=OPENING.sub(once, part.text)) for part in reply.parts)
    return work.ends(replace(reply, parts=parts))
