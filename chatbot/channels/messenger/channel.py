"""Messenger as the rest of the program sees it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from chatbot.channels.base import SPOKEN, Limits, Parsed, Payload, SendResult, SentMessage, Window
from chatbot.channels.messenger import render, signature
from chatbot.channels.messenger.client import MessengerClient
from chatbot.channels.messenger.parse import MessengerParser
from chatbot.channels.messenger.profile import FIELDS, Profile
from chatbot.model import ChannelName, EventKind, Reply

WINDOW: Final = Window(
    length=timedelta(hours=23, minutes=50),  # Meta's are 24; the rest is for clocks and for the way
    opened_by=SPOKEN | {EventKind.REACTION},
)
"""Meta, "Sending messages": messages, buttons, referrals and reactions open it. HUMAN_AGENT is for people only."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Messenger:
    """One Page. The first of `app_secrets` proves our calls; all of them are accepted on webhooks while they rotate."""

    name: ChannelName = ChannelName.MESSENGER
    limits: Limits = render.LIMITS
    window: Window = WINDOW

    def __init__(
        self,
        *,
        page_id: str,
        app_id: str,
        app_secrets: Sequence[str],
        verify_tokens: Sequence[str],
        page_access_token: str,
        api_url: str = "https://graph.facebook.com",
        version: str = "v26.0",
        timeout: timedelta = timedelta(seconds=10),
        automation_app_ids: Collection[str] = (),
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        if not any(app_secrets) or not any(verify_tokens):
            raise ValueError("Messenger needs MESSENGER_APP_SECRET and MESSENGER_VERIFY_TOKEN")
        self.verify_tokens: tuple[str, ...] = tuple(token for token in verify_tokens if token)
        self.page_id = page_id
        self.app_id = app_id
        self.app_secrets: tuple[str, ...] = tuple(secret for secret in app_secrets if secret)
        self._parser = MessengerParser(page_id, app_id, frozenset(automation_app_ids), now)
        self._client = MessengerClient(
            page_id=page_id,
            token=page_access_token,
            app_secret=self.app_secrets[0],
            api_url=api_url,
            version=version,
            timeout=timeout,
        )

    def verify(self, raw: bytes, headers: Mapping[str, str]) -> None:
        """See Channel."""
        signature.verify(raw, headers, self.app_secrets)

    def parse(self, raw: bytes) -> Parsed:
        """See Channel."""
        return self._parser.parse(raw)

    def render(self, reply: Reply) -> tuple[Payload, ...]:
        """See Channel."""
        return render.render(reply)

    async def send(self, conversation: str, payload: Payload, key: str) -> SendResult:
        """See Channel."""
        return await self._client.send(_psid(conversation), payload, key)

    async def history(self, conversation: str, since: datetime) -> Sequence[SentMessage] | None:
        """See Channel. Needs Advanced Access; without it the answer is None and echoes must do."""
        return await self._client.history(_psid(conversation), since)

    async def signal(self, conversation: str) -> None:
        """See Channel."""
        await self._client.act(_psid(conversation), "mark_seen")
        await self._client.act(_psid(conversation), "typing_on")

    async def set_profile(self, profile: Profile) -> None:
        """Publish the Get Started button, greeting, ice breakers and menu. Raises ProfileError, GraphError."""
        await self._client.operate("messenger_profile", profile.content())

    async def subscribe_page(self, fields: Sequence[str] = FIELDS) -> None:
        """Have the Page's events sent to our app. Raises GraphError."""
        await self._client.operate("subscribed_apps", {"subscribed_fields": ",".join(fields)})

    async def close(self) -> None:
        """See Channel."""
        await self._client.close()


def _psid(conversation: str) -> str:
    return conversation.split(":", 2)[-1]
