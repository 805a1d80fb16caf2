"""Who a Zalo conversation is with: a person known to the OA, or an anonymous visitor of one conversation."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from chatbot.model import ChannelName

NOBODY: Final = "-"
"""Stands for the citizen in events about the OA itself."""
_ANONYMOUS: Final = "anonymous"


@dataclass(frozen=True, slots=True)
class Person:
    """The recipient of an answer. `visit` is the conversation id of an anonymous visitor, else ""."""

    id: str
    visit: str = ""

    @property
    def anonymous(self) -> bool:
        """Without an identity towards the OA: answered through the old endpoint only."""
        return bool(self.visit)

    def conversation(self, oa_id: str) -> str:
        """The conversation's key; an anonymous one carries both ids, so that an answer can find its way."""
        citizen = f"{_ANONYMOUS}/{quote(self.id, '')}/{quote(self.visit, '')}" if self.visit else self.id
        return f"{ChannelName.ZALO}:{oa_id}:{citizen}"

    def recipient(self) -> dict[str, str]:
        """As the send API wants it."""
        if self.visit:
            return {"anonymous_id": self.id, "conversation_id": self.visit}
        return {"user_id": self.id}


def person_of(conversation: str) -> Person:
    """The person a conversation's key names."""
    citizen = conversation.split(":", 2)[-1]
    if citizen.startswith(f"{_ANONYMOUS}/"):
        _, person, visit = citizen.split("/", 2)
        return Person(unquote(person), unquote(visit))
    return Person(citizen)
