"""Zalo's webhook bodies, as the OA reference (section 3) transcribes them: raw UTF-8, ids and times as strings."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chatbot.simulator.stamps import Stamps

Event = dict[str, Any]

ATTACHMENTS: Mapping[str, Mapping[str, Any]] = {
    "image": {"thumbnail": "https://f1-zpg.zdn.vn/thumb/anh.jpg", "url": "https://f1-zpg.zdn.vn/full/anh.jpg"},
    "audio": {"url": "https://voice-zpg.zdn.vn/ghi-am/0001.amr"},
    "sticker": {"id": "46001", "url": "https://zalo-api.zadn.vn/sticker/46001.png"},
    "file": {
        "size": "184320",
        "name": "To khai TK1-TS.pdf",
        "checksum": "0cc175b9c0f1b6a831c399e269772661",
        "type": "pdf",
        "url": "https://file-zpg.zdn.vn/f/0003.pdf",
    },
    "location": {"coordinates": {"latitude": "21.028511", "longitude": "105.804817"}},
}


@dataclass(slots=True)
class ZaloEvents:
    """Writes and signs the events of one OA."""

    app_id: str
    oa_id: str
    oa_secret_key: str
    now: Callable[[], datetime]
    stamps: Stamps = field(init=False)

    def __post_init__(self) -> None:
        """Begin the platform's time."""
        self.stamps = Stamps(self.now)

    def said(self, citizen: str, kind: str, message: Mapping[str, Any]) -> Event:
        """`user_send_<kind>`."""
        return self._between(citizen, self.oa_id, f"user_send_{kind}", message)

    def anonymous_said(self, visitor: str, conversation: str, message: Mapping[str, Any]) -> Event:
        """`anonymous_send_text` of somebody without an identity towards the OA."""
        event = self._between(visitor, self.oa_id, "anonymous_send_text", {"conversation_id": conversation, **message})
        del event["user_id_by_app"]
        return event

    def echo(self, citizen: str, message: Mapping[str, Any], admin: str = "", kind: str = "oa_send_text") -> Event:
        """`oa_send_*`; with `admin` a person of the OA wrote it."""
        event = self._between(self.oa_id, citizen, kind, message)
        if admin:
            event["sender"]["admin_id"] = admin
        return event

    def received(self, citizen: str, number: str) -> Event:
        """The message reached the phone."""
        return self._between(self.oa_id, citizen, "user_received_message", {"msg_id": number})

    def seen(self, citizen: str, numbers: list[str]) -> Event:
        """The citizen read these messages."""
        return self._between(self.oa_id, citizen, "user_seen_message", {"msg_ids": numbers})

    def follow(self, citizen: str, name: str = "follow") -> Event:
        """`follow` or `unfollow`."""
        return {
            "oa_id": self.oa_id,
            "follower": {"id": citizen},
            "user_id_by_app": _by_app(citizen),
            "event_name": name,
            "source": "oa_profile",
            **self._foot(),
        }

    def about(self, citizen: str, name: str) -> Event:
        """`user_click_chatnow`, `user_withdraw`: the citizen in `user_id`."""
        person = {"user_id": citizen, "user_id_by_app": _by_app(citizen)}
        return {"oa_id": self.oa_id, **person, "event_name": name, **self._foot()}

    def revoked(self) -> Event:
        """The OA took the app's permission away."""
        return {"oa_id": self.oa_id, "event_name": "permission_revoked", **self._foot()}

    def signed(self, event: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
        """The bytes on the wire and the headers: SHA-256 over app id, body, the body's timestamp and the secret key."""
        raw = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        plain = self.app_id.encode() + raw + str(event["timestamp"]).encode() + self.oa_secret_key.encode()
        return raw, {"X-ZEvent-Signature": f"mac={hashlib.sha256(plain).hexdigest()}"}

    def _between(self, sender: str, recipient: str, name: str, message: Mapping[str, Any]) -> Event:
        citizen = recipient if sender == self.oa_id else sender
        return {
            "app_id": self.app_id,
            "sender": {"id": sender},
            "user_id_by_app": _by_app(citizen),
            "recipient": {"id": recipient},
            "event_name": name,
            "message": dict(message),
            "timestamp": str(self.stamps.next()),
        }

    def _foot(self) -> Event:
        return {"app_id": self.app_id, "timestamp": str(self.stamps.next())}


def _by_app(citizen: str) -> str:
    """The same person's id in the app's namespace: another number, always the same."""
    return str(int(hashlib.sha256(citizen.encode()).hexdigest()[:15], 16) + 10**18)
