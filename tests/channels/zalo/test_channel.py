"""Zalo keeps the contract of a channel."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from chatbot.channels.base import Payload
from chatbot.channels.zalo.channel import Zalo
from tests.channels.samples import NOW
from tests.channels.zalo.fakes import NoTokens
from tests.contract.channel_contract import AT, SECRET, ChannelContract

APP, OA, CITIZEN = "1234567890", "3456789012345678901", "7612345678901234567"


class TestZalo(ChannelContract):
    """The contract, signed and written as Zalo does."""

    def channel(self) -> Zalo:
        keys = (SECRET, "next-secret")
        return Zalo(NoTokens(), app_id=APP, oa_id=OA, webhook_keys=keys, now=lambda: NOW)

    def signed(self, raw: bytes, secret: str = SECRET) -> Mapping[str, str]:
        timestamp = str(round(AT.timestamp() * 1000))
        found = raw.partition(b'"timestamp": "')[2].partition(b'"')[0].decode(errors="replace") or timestamp
        digest = hashlib.sha256(APP.encode() + raw + found.encode() + secret.encode()).hexdigest()
        return {"X-ZEvent-Signature": f"mac={digest}"}

    def message(self, text: str, number: str = "m1", at: datetime = AT) -> dict[str, Any]:
        return {
            "app_id": APP,
            "sender": {"id": CITIZEN},
            "recipient": {"id": OA},
            "event_name": "user_send_text",
            "message": {"text": text, "msg_id": number},
            "timestamp": str(round(at.timestamp() * 1000)),
        }

    def tap(self, payload: str) -> dict[str, Any]:
        return self.message(payload)

    def with_number_ids(self, text: str) -> dict[str, Any]:
        numbers = {"sender": {"id": int(CITIZEN)}, "recipient": {"id": int(OA)}, "timestamp": 1795330886373}
        return {**self.message(text), **numbers}

    def buttons(self, payload: Payload) -> list[tuple[str, str]]:
        attachment = payload["message"].get("attachment", {"payload": {"buttons": []}})
        return [(button["title"], _target(button["payload"])) for button in attachment["payload"]["buttons"]]


def test_without_a_key_it_does_not_start() -> None:
    with pytest.raises(ValueError, match="ZALO_OA_SECRET_KEY"):
        Zalo(NoTokens(), app_id=APP, oa_id=OA, webhook_keys=("",))


def _target(payload: str | Mapping[str, str]) -> str:
    return payload if isinstance(payload, str) else next(iter(payload.values()))
