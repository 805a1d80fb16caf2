"""What the edge does with an event before anything may keep it."""

import re
from typing import Final

from chatbot.model import Event, changed
from chatbot.privacy.mask import mask

LONGEST_TEXT: Final = 4000
"""Characters that are read of a message; twice what Messenger lets a person type."""
_LAST_PART: Final = 200
_AT_THE_CUT: Final = re.compile(r"(?:[\W\d_]+|\S+)$")


def protect(event: Event) -> Event:
    """The event with a clean, masked text of a readable length. Buttons (`action`), attachments and ids stay."""
    if not event.text:
        return event
    text = _readable(event.text)
    masked = mask(text)
    if masked.text == event.text and not masked.found:
        return event
    return changed(event, text=masked.text, found=tuple(dict.fromkeys((*event.found, *masked.found))))


def _readable(text: str) -> str:
    """As much text as anybody reads. A number at the cut goes too: half of it might not be masked."""
    if len(text) <= LONGEST_TEXT:
        return text
    body, end = text[: LONGEST_TEXT - _LAST_PART], text[LONGEST_TEXT - _LAST_PART : LONGEST_TEXT]
    return body + _AT_THE_CUT.sub("", end)
