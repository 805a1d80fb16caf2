"""Meta's webhook bodies: a batch envelope in ASCII with lower-case escapes, HMAC-SHA256 over the bytes."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from chatbot.simulator.stamps import Stamps

Item = dict[str, Any]

INBOX_APP_ID: Final = 263902037430900
"""The Page inbox and Business Suite: a person writes."""
THUMB: Final = 369239263222822
_CDN: Final = "https://scontent.example-cdn.invalid"
ATTACHMENTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "image": {"url": f"{_CDN}/v/t1.15752-9/1_n.jpg?oh=03_Q7&oe=6B000000"},
    "audio": {"url": f"{_CDN}/audioclip-1795300000.mp4"},
    "sticker": {"url": f"{_CDN}/sticker.png", "sticker_id": THUMB},
    "file": {"url": f"{_CDN}/to-khai.pdf"},
    "location": {"coordinates": {"lat": 21.028511, "long": 105.804817}},
}


@dataclass(slots=True)
class MessengerEvents:
    """Writes and signs the items of one Page."""

    page_id: str
    app_id: str
    app_secret: str
    now: Callable[[], datetime]
    stamps: Stamps = field(init=False)

    def __post_init__(self) -> None:
        """Begin the platform's time."""
        self.stamps = Stamps(self.now)

    def said(self, citizen: str, message: Mapping[str, Any]) -> Item:
        """A message of the citizen: text, quick reply or attachments."""
        return self._item(citizen, self.page_id, message=dict(message))

    def postback(self, citizen: str, title: str, payload: str, number: str) -> Item:
        """A tapped button of a template, the menu, an ice breaker, or Get Started."""
        return self._item(citizen, self.page_id, postback={"mid": number, "title": title, "payload": payload})

    def referral(self, citizen: str, ref: str) -> Item:
        """An m.me link opened an existing thread."""
        return self._item(citizen, self.page_id, referral={"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"})

    def echo(self, citizen: str, number: str, message: Mapping[str, Any], app_id: int | None) -> Item:
        """Something the Page sent, with the id of the app that sent it; without `metadata` it is not ours."""
        content: Item = {"mid": number, "is_echo": True, **message}
        if app_id is not None:
            content["app_id"] = app_id
        return self._item(self.page_id, citizen, message=content)

    def delivered(self, citizen: str, numbers: Sequence[str]) -> Item:
        """Messages reached the phone; this item has no timestamp."""
        item = self._item(citizen, self.page_id, delivery={"mids": list(numbers), "watermark": self.stamps.last})
        del item["timestamp"]
        return item

    def read(self, citizen: str) -> Item:
        """The citizen read everything up to now."""
        return self._item(citizen, self.page_id, read={"watermark": self.stamps.last})

    def batch(self, *items: Item) -> dict[str, Any]:
        """The envelope of one or more items."""
        return {
            "object": "page",
            "entry": [{"id": self.page_id, "time": self.stamps.next(), "messaging": list(items)}],
        }

    def signed(self, batch: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
        """The bytes on the wire and the headers."""
        raw = json.dumps(batch, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/").encode("ascii")
        digest = hmac.new(self.app_secret.encode(), raw, hashlib.sha256).hexdigest()
        return raw, {"X-Hub-Signature-256": f"sha256={digest}"}

    def _item(self, sender: str, recipient: str, **content: Mapping[str, Any]) -> Item:
        return {
            "sender": {"id": sender},
            "recipient": {"id": recipient},
            "timestamp": self.stamps.next(),
            **content,
        }
