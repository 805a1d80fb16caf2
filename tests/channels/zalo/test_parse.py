"""Every sample of the payload file in our words."""

from collections.abc import Mapping
from typing import Any

import pytest

from chatbot.channels.zalo.parse import ZaloParser
from chatbot.model import Attachment, EventKind
from tests.channels.samples import NOW, raw_of, samples, title

OA, CITIZEN = "3456789012345678901", "7612345678901234567"
PARSER = ZaloParser("1234567890", OA, lambda: NOW)
SAMPLES = samples("zalo-oa")

KINDS = {
    "follow": EventKind.OPENED,
    "unfollow": EventKind.UNFOLLOWED,
    "user_click_chatnow": EventKind.OPENED,
    "user_withdraw": EventKind.WITHDRAWN,
    "permission_revoked": EventKind.REVOKED,
    "user_reacted_message": EventKind.REACTION,
    "user_received_message": EventKind.DELIVERED,
    "user_seen_message": EventKind.SEEN,
    "user_send_text": EventKind.TEXT,
    "anonymous_send_text": EventKind.TEXT,
}
SPOKEN_WITH_WORDS = {"with caption": EventKind.TEXT}


def expected(sample: Mapping[str, Any]) -> EventKind:
    """What a well-formed sample must become, by its name and by who wrote it."""
    name, note = str(sample["event"]), str(sample.get("note", ""))
    if "other OA" in note or "foreign app_id" in note or "ZNS" in note or "group" in name:
        return EventKind.OTHER
    if name in KINDS:
        return KINDS[name]
    if name.startswith(("user_send_", "anonymous_send_")):
        return EventKind.TEXT if note == "with caption" or name == "user_send_link" else EventKind.ATTACHMENT
    if name.startswith("oa_send_") and name != "oa_send_consent":
        return EventKind.ECHO_STAFF if "admin_id" in sample["body"]["sender"] else EventKind.ECHO_OURS
    return EventKind.OTHER


@pytest.mark.parametrize(
    "sample", [one for one in SAMPLES if one["event"] not in {"malformed", "url_check_probe"}], ids=title
)
def test_every_sample_is_one_event_of_its_kind(sample: Mapping[str, Any]) -> None:
    parsed = PARSER.parse(raw_of(sample))
    assert parsed.broken == 0
    (event,) = parsed.events
    assert event.kind is expected(sample)
    assert event.raw_kind == sample["body"]["event_name"]
    if event.kind is EventKind.OTHER:
        assert event.conversation == f"zalo:{OA}:-"
        assert not event.text
    elif "anonymous" in event.raw_kind:
        assert event.conversation == f"zalo:{OA}:anonymous/anon_9f8e7d6c5b/cv_000123"
    elif event.kind is not EventKind.REVOKED:
        assert event.conversation == f"zalo:{OA}:{CITIZEN}"


@pytest.mark.parametrize("sample", SAMPLES, ids=title)
def test_a_redelivery_has_the_same_key(sample: Mapping[str, Any]) -> None:
    first, again = (PARSER.parse(raw_of(sample)).events for _ in range(2))
    assert [event.key for event in first] == [event.key for event in again]


def test_receipts_and_reactions_never_take_the_key_of_the_message_they_tell_of() -> None:
    told = [event for one in SAMPLES for event in PARSER.parse(raw_of(one)).events if event.kind in _TELLING]
    assert len(told) >= 4
    assert all(event.platform_id and event.key != event.platform_id for event in told)


_TELLING = {EventKind.DELIVERED, EventKind.SEEN, EventKind.REACTION}


def malformed(note: str) -> Mapping[str, Any]:
    """A malformed sample by its note."""
    return next(one for one in SAMPLES if one["event"] == "malformed" and note in str(one.get("note")))


@pytest.mark.parametrize("note", ["missing ids", "no message object"])
def test_an_event_that_lacks_what_it_needs_is_counted(note: str) -> None:
    parsed = PARSER.parse(raw_of(malformed(note)))
    assert (parsed.events, parsed.broken) == ((), 1)


def test_odd_attachments_are_tolerated() -> None:
    (event,) = PARSER.parse(raw_of(malformed("unknown attachment type"))).events
    assert event.attachments == (Attachment.OTHER, Attachment.IMAGE)


def test_an_id_above_two_to_the_53_keeps_its_digits() -> None:
    (event,) = PARSER.parse(raw_of(malformed("JSON number"))).events
    assert event.conversation.endswith(CITIZEN)


def test_the_probe_is_no_event() -> None:
    assert PARSER.parse(b"{}").events == ()


def test_only_a_new_name_is_reported_as_unknown() -> None:
    unknown = [name for one in SAMPLES for name in PARSER.parse(raw_of(one)).unknown]
    assert unknown == ["user_something_new_2027"]


def test_a_hostile_event_name_does_not_reach_the_logs() -> None:
    parsed = PARSER.parse('{"event_name": "CCCD 001099000001 của tôi", "oa_id": "3456789012345678901"}'.encode())
    assert parsed.unknown == ("?",)
    assert parsed.events[0].raw_kind == "?"


def test_the_name_on_a_contact_card_is_not_kept() -> None:
    sample = next(one for one in SAMPLES if one["event"] == "user_send_business_card")
    (event,) = PARSER.parse(raw_of(sample)).events
    assert (event.text, event.attachments) == ("", (Attachment.CONTACT,))


def test_a_staff_echo_names_the_admin_and_an_api_echo_its_message() -> None:
    echoes = [
        event for one in SAMPLES for event in PARSER.parse(raw_of(one)).events if event.raw_kind == "oa_send_text"
    ]
    assert [event.author for event in echoes] == ["8812345678901230001", "", "", ""]
    assert all(event.platform_id == event.key for event in echoes)
    assert echoes[-1].text == "Chọn nội dung cần hỗ trợ"


def test_a_timestamp_may_be_a_number_seconds_or_missing() -> None:
    body = '{{"event_name": "follow", "follower": {{"id": "7"}}, "oa_id": "3456789012345678901"{}}}'
    moments = [
        PARSER.parse(body.format(end).encode()).events[0].at.timestamp()
        for end in (', "timestamp": "1795330801371"', ', "timestamp": 1795330801371', ', "timestamp": 1795330801')
    ]
    assert moments == [1795330801.371, 1795330801.371, 1795330801.0]
    for end in ("", ', "timestamp": null', ', "timestamp": "x"', f', "timestamp": {10**30}', ', "timestamp": -5'):
        assert PARSER.parse(body.format(end).encode()).events[0].at == NOW
