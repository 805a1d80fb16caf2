"""What both simulated platforms share: the record of an accepted message, and which confirmations they send."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any


class Echoes(Enum):
    """Does the platform report the account's own messages to the webhook?"""

    SENT = "sent"
    WITHHELD = "withheld"


class Receipts(Enum):
    """Does the citizen's phone report "received" and "seen" for every message?"""

    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One message of the bot that the platform accepted. `metadata` is the sender's own key."""

    id: str
    citizen: str
    at: datetime
    text: str
    message: Mapping[str, Any]
    endpoint: str = ""
    metadata: str = ""
