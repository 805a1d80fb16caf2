"""Zalo as the rest of the program sees it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from chatbot.channels.base import SPOKEN, Limits, Parsed, Payload, Recall, SendResult, SentMessage, Window
from chatbot.channels.zalo import render, signature
from chatbot.channels.zalo.client import Endpoint, Tokens, ZaloClient, forget
from chatbot.channels.zalo.history import as_event, at_once, said_since, sent_since, unseen
from chatbot.channels.zalo.parse import ZaloParser
from chatbot.channels.zalo.person import person_of
from chatbot.model import ChannelName, Reply

FREE_WINDOW: Final = timedelta(hours=48)
"""Replies are free so long after the citizen's last word; up to seven days they use the package's quota, then cost."""
MARGIN: Final = timedelta(minutes=10)
"""For clocks and for the way."""


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
        reply_within: timedelta = FREE_WINDOW,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        if not any(webhook_keys):
            raise ValueError("Zalo needs ZALO_OA_SECRET_KEY: without it nobody's events can be believed")
        self.oa_id = oa_id
        self.window = Window(length=reply_within - MARGIN, opened_by=SPOKEN)
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
        return None if person.anonymous else await sent_since(self._client, person.id, since)

    async def recent(
        self,
        since: datetime,
        pause: Callable[[], Awaitable[None]] = at_once,
        progress: Callable[[int, int], None] = unseen,
    ) -> AsyncIterator[Recall]:
        """What citizens wrote since then and what they were told, some chats at a time, as the events their webhooks
        would have been, oldest first and not yet masked; nothing when Zalo refuses. Zalo does not tell who wrote for
        the OA: those are ECHO_OURS. `pause` precedes each call. Raises NoAnswerError when it may tell later."""
        async for told in said_since(self._client, since, pause, progress):
            items = (self._parser.item(as_event(entry, self._app_id, self.oa_id)) for entry in told.entries)
            events = tuple(event for parsed in items for event in parsed.events)
            yield Recall(
                events=events,
                chats=told.chats,
                unread=told.unread,
                refused=told.refused,
                cut=told.cut,
                older=told.older,
            )

    async def signal(self, conversation: str) -> None:
        """Zalo has neither "seen" nor "typing" for an OA."""

    async def close(self) -> None:
        """See Channel."""
        await self._client.close()
