"""What a fanpage shows before and beside the chat: the Get Started button, a greeting, ice breakers and the menu."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from chatbot.channels.base import ChannelError
from chatbot.channels.messenger.parse import GET_STARTED
from chatbot.channels.text import shorten, utf16
from chatbot.model import LinkButton, SayButton

MOST_ITEMS: Final = 6
MOST_ICE_BREAKERS: Final = 4
LONGEST_GREETING: Final = 160
LONGEST_ITEM: Final = 30
LONGEST_QUESTION: Final = 80
FIELDS: Final = (
    "messages",
    "messaging_postbacks",
    "messaging_referrals",
    "message_echoes",
    "messaging_handovers",
    "standby",
    "message_edits",
    "message_reactions",
    "messaging_policy_enforcement",
    "message_reads",
    "message_deliveries",
)
"""What the Page must be subscribed to."""


class ProfileError(ChannelError):
    """The profile cannot be published like this; the message says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What to publish. The menu holds choices and links; ice breakers are choices."""

    greeting: str
    menu: Sequence[SayButton | LinkButton]
    ice_breakers: Sequence[SayButton] = ()

    def content(self) -> dict[str, Any]:
        """The body of the profile call. Raises ProfileError."""
        if utf16(self.greeting) > LONGEST_GREETING:
            raise ProfileError(f"the greeting is longer than {LONGEST_GREETING} characters; shorten it")
        if not 0 < len(self.menu) <= MOST_ITEMS:
            raise ProfileError(f"the menu needs 1 to {MOST_ITEMS} items, it has {len(self.menu)}")
        if len(self.ice_breakers) > MOST_ICE_BREAKERS:
            raise ProfileError(f"at most {MOST_ICE_BREAKERS} ice breakers, there are {len(self.ice_breakers)}")
        items = [_item(button) for button in self.menu]
        menu = {"locale": "default", "composer_input_disabled": False, "call_to_actions": items}
        content: dict[str, Any] = {
            "get_started": {"payload": GET_STARTED},
            "greeting": [{"locale": locale, "text": self.greeting} for locale in ("default", "vi_VN")],
            "persistent_menu": [menu],
        }
        if self.ice_breakers:
            questions = [_question(button) for button in self.ice_breakers]
            content["ice_breakers"] = [{"locale": "default", "call_to_actions": questions}]
        return content


def _item(button: SayButton | LinkButton) -> dict[str, str]:
    title = shorten(button.label, LONGEST_ITEM, utf16)
    if isinstance(button, SayButton):
        return {"type": "postback", "title": title, "payload": button.action.pack()}
    return {"type": "web_url", "title": title, "url": button.url}


def _question(button: SayButton) -> dict[str, str]:
    return {"question": shorten(button.label, LONGEST_QUESTION, utf16), "payload": button.action.pack()}
