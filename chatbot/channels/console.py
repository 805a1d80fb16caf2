"""The terminal as a channel: it shows payloads of either platform as lines, and remembers what was sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from chatbot.channels import body
from chatbot.channels.base import (
    SPOKEN,
    Limits,
    Parsed,
    Payload,
    SendResult,
    SendVerdict,
    SentMessage,
    SignatureRefusedError,
    UnreadableBodyError,
    Window,
)
from chatbot.channels.messenger import render as messenger
from chatbot.channels.zalo import render as zalo
from chatbot.model import ChannelName, Reply

RENDERERS: Final[Mapping[ChannelName, Callable[[Reply], tuple[Payload, ...]]]] = {
    ChannelName.ZALO: zalo.render,
    ChannelName.MESSENGER: messenger.render,
}
ALWAYS_OPEN: Final = Window(length=timedelta.max, opened_by=SPOKEN)
_LIMITS: Final = {ChannelName.ZALO: zalo.LIMITS, ChannelName.MESSENGER: messenger.LIMITS}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person sees of one payload: the text and the buttons' labels from first to last."""

    text: str
    buttons: tuple[str, ...] = ()

    @property
    def lines(self) -> str:
        """The message as a terminal shows it."""
        return "\n".join((self.text, *(f"  [{label}]" for label in self.buttons)))


@dataclass(slots=True)
class Console:
    """Looks like `as_channel` would; `write` gets each message's lines. Nothing comes in through a webhook."""

    as_channel: ChannelName = ChannelName.ZALO
    write: Callable[[str], None] = field(default=lambda _lines: None)
    sent: list[tuple[str, Payload]] = field(default_factory=list)
    name: ChannelName = ChannelName.CONSOLE
    window: Window = ALWAYS_OPEN

    @property
    def limits(self) -> Limits:
        """Those of the platform that is imitated."""
        return _LIMITS[self.as_channel]

    def verify(self, raw: bytes, headers: Mapping[str, str]) -> None:  # noqa: ARG002 - the port's signature
        """Always refuses: a terminal has no webhook."""
        raise SignatureRefusedError("the terminal takes no webhooks")

    def parse(self, raw: bytes) -> Parsed:  # noqa: ARG002 - the port's signature
        """Always refuses: a terminal has no webhook."""
        raise UnreadableBodyError("the terminal takes no webhooks")

    def render(self, reply: Reply) -> tuple[Payload, ...]:
        """As the imitated platform would get it."""
        return RENDERERS[self.as_channel](reply)

    async def send(self, conversation: str, payload: Payload, key: str) -> SendResult:
        """Show it and remember it."""
        self.sent.append((conversation, payload))
        self.write(shown(payload).lines)
        return SendResult(verdict=SendVerdict.SENT, platform_id=f"console:{key}")

    async def history(self, conversation: str, since: datetime) -> Sequence[SentMessage] | None:
        """A terminal keeps none."""

    async def signal(self, conversation: str) -> None:
        """A terminal has none."""

    async def close(self) -> None:
        """Nothing to close."""


def shown(payload: Payload) -> Shown:
    """What a person sees of a payload of either platform."""
    message = body.child(payload, "message")
    template = body.child(body.child(message, "attachment"), "payload")
    text = body.text(message.get("text")) or body.text(template.get("text"))
    buttons: list[Mapping[str, Any]] = [*body.items(template.get("buttons")), *body.items(message.get("quick_replies"))]
    return Shown(text, tuple(body.text(button.get("title")) for button in buttons))
