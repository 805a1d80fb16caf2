"""Zalo as the rest of the program sees it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from chatbot.channels import body
from chatbot.channels.base import Limits, Parsed, Payload, SendResult, SentMessage
from chatbot.channels.zalo import render, signature
from chatbot.channels.zalo.client import Endpoint, Tokens, ZaloClient, forget
from chatbot.channels.zalo.parse import ZaloParser
from chatbot.channels.zalo.person import person_of
from chatbot.model import ChannelName, Event, Reply

_FROM_CITIZEN: Final = 1


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Zalo:
    """One Official Account. `webhook_keys` are its OA secret keys (two while they rotate)."""

    name: ChannelName = ChannelName.ZALO
    limits: Limits = render.LIMITS

    def __init__(
        self,
        tokens: Tokens,
        *,
        app_id: str,
        oa_id: str,
        webhook_keys: Sequence[str],
        api_url: str = "https://openapi.zalo.me",
        timeout: timedelta = timedelta(seconds=10),
        endpoint: str = Endpoint.V3,
        remember: Callable[[str], Awaitable[None]] = forget,
        proof_secret: str = "",
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        if not any(webhook_keys):
            raise ValueError("Zalo needs ZALO_OA_SECRET_KEY: without it nobody's events can be believed")
        self.oa_id = oa_id
        self._app_id = app_id
        self._keys = tuple(webhook_keys)
        self._parser = ZaloParser(app_id, oa_id, now)
        self._client = ZaloClient(
            tokens,
            api_url=api_url,
            timeout=timeout,
            endpoint=endpoint,
            remember=remember,
            proof_secret=proof_secret,
        )

    def verify(self, raw: bytes, headers: Mapping[str, str]) -> None:
        """See Channel."""
        signature.verify(raw, headers, self._app_id, self._keys)

    def parse(self, raw: bytes) -> Parsed:
        """See Channel."""
        return self._parser.parse(raw)

    def render(self, reply: Reply) -> tuple[Payload, ...]:
        """See Channel."""
        return render.render(reply)

    async def send(self, conversation: str, payload: Payload, key: str) -> SendResult:  # noqa: ARG002 - Zalo has no key
        """See Channel. Zalo carries no key of ours: a doubtful send is found in the history by its text."""
        return await self._client.send(person_of(conversation), payload)

    async def history(self, conversation: str, since: datetime) -> Sequence[SentMessage] | None:
        """See Channel. Zalo keeps no history of anonymous visitors."""
        person = person_of(conversation)
        return None if person.anonymous else await self._client.history(person.id, since)

    async def recent(self, since: datetime) -> Sequence[Event] | None:
        """What citizens wrote since then, as the events their webhooks would have been; None when Zalo refuses."""
        entries = await self._client.recent(since)
        if entries is None:
            return None
        events: list[Event] = []
        for entry in entries:
            if entry.get("src") == _FROM_CITIZEN:
                events.extend(self._parser.item(self._missed(entry)).events)
        return sorted(events, key=lambda event: event.at)

    async def signal(self, conversation: str) -> None:
        """Zalo has neither "seen" nor "typing" for an OA."""

    async def close(self) -> None:
        """See Channel."""
        await self._client.close()

    def _missed(self, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        """An entry of the recent chats in the shape of a webhook event."""
        what = body.name(entry.get("type"))
        return {
            "app_id": self._app_id,
            "event_name": f"user_send_{'image' if what == 'photo' else what}",
            "sender": {"id": entry.get("from_id")},
            "recipient": {"id": self.oa_id},
            "message": {"msg_id": entry.get("message_id"), "text": entry.get("message")},
            "timestamp": entry.get("time"),
        }
