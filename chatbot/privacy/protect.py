"""What the edge does with an event before anything may keep it."""

from dataclasses import replace

from chatbot.model import Event
from chatbot.privacy.mask import mask


def protect(event: Event) -> Event:
    """The event with a clean, masked text. Buttons (`action`), attachments and ids stay as they are."""
    if not event.text:
        return event
    masked = mask(event.text)
    if masked.text == event.text and not masked.found:
        return event
    return replace(event, text=masked.text, found=tuple(dict.fromkeys((*event.found, *masked.found))))
