"""Messenger keeps the contract of a channel."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from chatbot.channels.base import Payload
from chatbot.channels.messenger.channel import Messenger
from tests.channels.samples import NOW
from tests.contract.channel_contract import AT, SECRET, ChannelContract

PAGE, APP, CITIZEN = "100000000000101", "700000000000007", "24000000000000001"


class TestMessenger(ChannelContract):
    """The contract, signed and written as Meta does."""

    def channel(self) -> Messenger:
        return Messenger(
            page_id=PAGE,
            app_id=APP,
            app_secrets=(SECRET, "next-secret"),
            verify_tokens=("verify-me",),
            page_access_token="page-token",
            now=lambda: NOW,
        )

    def signed(self, raw: bytes, secret: str = SECRET) -> Mapping[str, str]:
        return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}

    def item(self, **item: Any) -> dict[str, Any]:
        """A batch of one item."""
        whole = {"sender": {"id": CITIZEN}, "recipient": {"id": PAGE}, "timestamp": _ms(AT), **item}
        return {"object": "page", "entry": [{"id": PAGE, "time": _ms(AT), "messaging": [whole]}]}

    def message(self, text: str, number: str = "m1", at: datetime = AT) -> dict[str, Any]:
        return self.item(timestamp=_ms(at), message={"mid": number, "text": text})

    def tap(self, payload: str) -> dict[str, Any]:
        return self.item(message={"mid": "m1", "text": "Nút", "quick_reply": {"payload": payload}})

    def with_number_ids(self, text: str) -> dict[str, Any]:
        message = {"mid": "m1", "text": text}
        return self.item(sender={"id": int(CITIZEN)}, recipient={"id": int(PAGE)}, message=message)

    def buttons(self, payload: Payload) -> list[tuple[str, str]]:
        message = payload["message"]
        template = message.get("attachment", {}).get("payload", {}).get("buttons", [])
        shown = [(button["title"], button.get("url") or button["payload"]) for button in template]
        return shown + [(quick["title"], quick["payload"]) for quick in message.get("quick_replies", [])]

    @pytest.mark.parametrize("kind", ["sha1=", "SHA256=", "sha512=", ""])
    def test_the_algorithm_is_not_the_callers_choice(self, kind: str) -> None:
        raw = b'{"object":"page","entry":[]}'
        self.refused(raw, {name: kind + value.removeprefix("sha256=") for name, value in self.signed(raw).items()})

    def test_the_old_header_is_not_accepted(self) -> None:
        raw = b'{"object":"page","entry":[]}'
        self.refused(raw, {"X-Hub-Signature": "sha1=" + hmac.new(SECRET.encode(), raw, "sha1").hexdigest()})

    def test_a_postback_is_an_action_too(self) -> None:
        postback = {"mid": "m2", "title": "Lương hưu", "payload": "#bhxh1/faq?id=huu_tuoi"}
        event = self.only(self.item(postback=postback))
        assert event.action is not None
        assert event.action.args == {"id": "huu_tuoi"}

    @pytest.mark.parametrize("given", [{"app_secrets": ("",)}, {"verify_tokens": ()}])
    def test_without_a_secret_it_does_not_start(self, given: dict[str, Any]) -> None:
        options = {"app_secrets": ("s",), "verify_tokens": ("v",), "page_access_token": "t", **given}
        with pytest.raises(ValueError, match="MESSENGER_APP_SECRET"):
            Messenger(page_id=PAGE, app_id=APP, **options)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
