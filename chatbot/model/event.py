"""An event: one thing that arrived from a platform, already in our words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from chatbot.model.action import Action


class ChannelName(StrEnum):
    """Where a conversation takes place."""

    ZALO = "zalo"
    MESSENGER = "messenger"
    CONSOLE = "console"


class EventKind(StrEnum):
    """What happened. Anything a platform invents tomorrow is OTHER: recorded, acknowledged, never answered."""

    TEXT = "text"
    ACTION = "action"  # a button of ours was tapped (or its payload typed: input, never authority)
    ATTACHMENT = "attachment"  # picture, voice, sticker, file, location... `attachments` says which; never downloaded
    OPENED = "opened"  # follow, Get Started, referral, "Nhắn tin": the citizen is here but has asked nothing yet
    UNFOLLOWED = "unfollowed"
    WITHDRAWN = "withdrawn"  # a data subject's request (Zalo user_withdraw): erase
    ECHO_OURS = "echo_ours"  # the platform confirms a message that this bot sent
    ECHO_STAFF = "echo_staff"  # a person wrote from the platform's own inbox: the bot falls silent
    ECHO_AUTOMATION = "echo_automation"  # the platform's own instant reply, or another app's automation
    DELIVERED = "delivered"
    SEEN = "seen"
    REACTION = "reaction"
    STANDBY = "standby"  # another app owns the thread: recorded, never answered
    HANDOVER = "handover"
    UNDELIVERED = "undelivered"  # our own: a reply could not go out; `metadata` says why
    REVOKED = "revoked"  # the OA or Page took the app's permission away
    OTHER = "other"


STAFF: Final = frozenset({EventKind.ECHO_STAFF, EventKind.HANDOVER})
"""Kinds that tell who has the word, a person or the bot."""
OURS: Final = "ours"
"""The `metadata` of a HANDOVER to this bot."""
OTHERS: Final = "other"
"""Of one to another app, or to people."""
HELD: Final = "held"
"""Of one that we learn of by a refused reply: the `at` is our clock's."""


class SecretKind(StrEnum):
    """A class of guarded value (reset-flow specification, section 7.1); its value is the token that replaces it."""

    CCCD = "CCCD"
    INSURANCE_NUMBER = "MASO"
    PHONE = "SDT"
    OTP = "OTP"
    PASSWORD = "MATKHAU"  # noqa: S105 - the name of a class of secrets, not one
    EMAIL = "EMAIL"
    ACCOUNT = "TAIKHOAN"
    PASSPORT = "HOCHIEU"


class Attachment(StrEnum):
    """The kind of an attachment; that is all we ever keep of it."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    STICKER = "sticker"
    THUMBS_UP = "thumbs_up"
    FILE = "file"
    LINK = "link"
    LOCATION = "location"
    CONTACT = "contact"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One item of a webhook batch.

    `key` is unique within the channel (a platform's message id, else a hash), so that a repeat is recognised.
    `conversation` is "<channel>:<account id>:<citizen id>". `at` is the platform's time (aware, UTC).
    `text` is NFC; after `privacy` has seen it (always before it is stored) it holds no secret; `found` says what was
    masked.
    `platform_id` is the message's id on the platform, `author` who wrote an echo (admin id or app id),
    `raw_kind` the platform's own name of the event, for logs and metrics.
    """

    key: str
    channel: ChannelName
    conversation: str
    kind: EventKind
    at: datetime
    text: str = ""
    action: Action | None = None
    found: tuple[SecretKind, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    platform_id: str = ""
    reply_to: str = ""
    author: str = ""
    metadata: str = ""
    raw_kind: str = ""
