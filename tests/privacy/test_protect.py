"""The edge's step: texts of every kind of event are masked, buttons and attachments stay."""

from datetime import UTC, datetime

import pytest

from chatbot.model import Action, Attachment, ChannelName, Event, EventKind, SecretKind
from chatbot.privacy import protect


def event(text: str, kind: EventKind = EventKind.TEXT, action: Action | None = None) -> Event:
    return Event(
        key="k",
        channel=ChannelName.ZALO,
        conversation="zalo:1:2",
        kind=kind,
        at=datetime(2026, 11, 22, tzinfo=UTC),
        text=text,
        action=action,
        attachments=(Attachment.IMAGE,),
    )


@pytest.mark.parametrize("kind", [EventKind.TEXT, EventKind.ECHO_STAFF, EventKind.ECHO_OURS, EventKind.STANDBY])
def test_every_text_is_masked(kind: EventKind) -> None:
    safe = protect(event("otp 482913\u202e nhé", kind))
    assert safe.text == "otp [OTP:6] nhé"
    assert safe.found == (SecretKind.OTP,)
    assert safe.attachments == (Attachment.IMAGE,)


def test_a_button_stays_as_it_is() -> None:
    action = Action("faq", {"id": "001199012345"})
    tapped = event("", EventKind.ACTION, action)
    assert protect(tapped) is tapped


def test_an_ordinary_text_stays_the_same_object() -> None:
    plain = event("bao giờ tôi được nghỉ hưu")
    assert protect(plain) is plain
