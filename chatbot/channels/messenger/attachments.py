"""Which kinds of attachments a Messenger message carries. Their addresses are signed, personal and never fetched."""

from typing import Final

from chatbot.channels import body
from chatbot.channels.body import Json
from chatbot.model import Attachment

THUMBS_UP: Final = frozenset({"369239263222822", "369239343222814", "369239383222810"})
"""The Like thumb in its three sizes."""
_TYPES: Final = {
    "image": Attachment.IMAGE,
    "audio": Attachment.AUDIO,
    "video": Attachment.VIDEO,
    "file": Attachment.FILE,
    "sticker": Attachment.STICKER,
    "location": Attachment.LOCATION,
    "fallback": Attachment.LINK,
    "reel": Attachment.LINK,
    "ig_reel": Attachment.LINK,
    "post": Attachment.LINK,
    "ig_post": Attachment.LINK,
}
_STICKERS: Final = (Attachment.STICKER, Attachment.THUMBS_UP)


def attachments(message: Json) -> tuple[Attachment, ...]:
    """One kind for each; a sticker that comes twice (as itself and as a picture) counts once."""
    found: list[Attachment] = []
    for one in body.items(message.get("attachments")):
        kind = _kind(one)
        if kind in _STICKERS and kind in found:
            continue
        found.append(kind)
    return tuple(found)


def shared_address(message: Json) -> str:
    """The address of a shared link that came without a text; it is what the citizen asks about."""
    for one in body.items(message.get("attachments")):
        if one.get("type") == "fallback":
            return body.text(body.child(one, "payload").get("url")) or body.text(one.get("url"))
    return ""


def template_text(message: Json) -> str:
    """The text inside a template that was sent."""
    texts = (body.text(body.child(one, "payload").get("text")) for one in body.items(message.get("attachments")))
    return next((text for text in texts if text), "")


def _kind(one: Json) -> Attachment:
    sticker = body.identifier(body.child(one, "payload").get("sticker_id"))
    if sticker in THUMBS_UP:
        return Attachment.THUMBS_UP
    return Attachment.STICKER if sticker else _TYPES.get(body.name(one.get("type")), Attachment.OTHER)
