"""Every sample of the payload file in our words, and every item of a batch for itself."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from chatbot.channels.messenger.parse import MessengerParser
from chatbot.model import Attachment, Event, EventKind
from tests.channels.samples import NOW, raw_of, samples, title

PAGE = "100000000000101"
PARSER = MessengerParser(PAGE, "700000000000007", frozenset({"1000"}), lambda: NOW)
SAMPLES = samples("messenger")
T, A, O = EventKind.TEXT, EventKind.ATTACHMENT, EventKind.OPENED  # noqa: E741
OTHER, STANDBY, STAFF, OURS = EventKind.OTHER, EventKind.STANDBY, EventKind.ECHO_STAFF, EventKind.ECHO_OURS
SEEN, DELIVERED = EventKind.SEEN, EventKind.DELIVERED

BY_PREFIX = {
    "messages.attachments.url": [T],
    "messages.attachments.image_with_text": [T],
    "messages.attachments.fallback_legacy": [T],
    "messages.attachments": [A],
    "messages.unsupported": [A],
    "messages.null_fields": [A],
    "messages.sender_user_ref_only": [OTHER],
    "messages.change_style_dashboard_test": [OTHER],
    "messages": [T],
    "message_echoes.own_app": [OURS],
    "message_echoes.template": [OURS],
    "message_echoes.app_id_string": [OURS],
    "message_echoes": [STAFF],
    "messaging_postbacks.button": [T],
    "messaging_postbacks.persistent_menu": [T],
    "messaging_postbacks.ice_breaker": [T],
    "messaging_postbacks.no_payload": [T],
    "messaging_postbacks": [O],
    "messaging_optins.notification_messages.stop": [OTHER],
    "messaging_optins.checkbox_user_ref": [OTHER],
    "messaging_optins": [O],
    "messaging_referrals.lead_complete": [OTHER],
    "messaging_referrals": [O],
    "messaging_handovers.request": [OTHER],
    "messaging_handovers.app_roles": [OTHER],
    "messaging_handovers": [EventKind.HANDOVER],
    "message_deliveries": [DELIVERED],
    "message_reads": [SEEN],
    "message_reactions": [EventKind.REACTION],
    "message_edits": [T],
    "standby.read_and_delivery": [SEEN, DELIVERED],
    "standby": [STANDBY],
    "batch.several_users_one_entry": [DELIVERED, T, T, STAFF, T, O],
    "batch.several_entries_two_pages": [T, OTHER],
    "batch": [T, T],
    "redelivery": [T],
    "mixed": [T, STANDBY, OTHER, OTHER],
    "odd.entry_without_events": [],
    "odd.poison_item_in_batch": [T],
    "odd.unknown_extra_fields": [T],
    "odd.object_instagram": [],
    "odd.self_message": [STAFF],
    "odd": [OTHER],
    "signature": [T],
    "": [OTHER],
}
BROKEN = {"odd.poison_item_in_batch": 3}


def expected(name: str) -> list[EventKind]:
    """The kinds of a sample by the longest prefix of its name."""
    return BY_PREFIX[max((prefix for prefix in BY_PREFIX if name.startswith(prefix)), key=len)]


def events(name: str) -> tuple[Event, ...]:
    """The events of the sample with this name."""
    return PARSER.parse(raw_of(next(one for one in SAMPLES if one["event"] == name))).events


@pytest.mark.parametrize("sample", SAMPLES, ids=title)
def test_every_sample_becomes_the_events_it_stands_for(sample: Mapping[str, Any]) -> None:
    parsed = PARSER.parse(raw_of(sample))
    assert [event.kind for event in parsed.events] == expected(sample["event"])
    assert parsed.broken == BROKEN.get(sample["event"], 0)
    assert all(event.conversation.startswith(f"messenger:{PAGE}:") for event in parsed.events)
    again = PARSER.parse(raw_of(sample))
    assert [event.key for event in parsed.events] == [event.key for event in again.events]


def test_only_new_names_are_reported_as_unknown() -> None:
    unknown = [name for one in SAMPLES for name in PARSER.parse(raw_of(one)).unknown]
    assert unknown == ["quantum_poke", "object.instagram"]


def test_a_repeat_in_another_batch_has_the_same_key_and_other_items_have_others() -> None:
    first = {event.key for event in events("batch.several_users_one_entry")}
    (again,) = events("redelivery.same_mid_later")
    assert again.key in first
    assert len(first) == 6
    assert len({event.key for event in events("batch.duplicate_inside")}) == 1


def test_times_in_seconds_and_milliseconds_are_the_same_moment() -> None:
    names = ("messages.text", "messages.timestamp_seconds", "messaging_postbacks.timestamp_string")
    assert {event.at.timestamp() for name in names for event in events(name)} == {1795300000.0}


def test_an_item_without_a_time_takes_its_entrys() -> None:
    (event,) = events("standby.no_timestamp")
    assert event.at.timestamp() == 1795300000.9


@pytest.mark.parametrize("name", ["sticker", "sticker.transition", "sticker.legacy_image"])
def test_the_thumb_counts_once_in_every_shape(name: str) -> None:
    (event,) = events(f"messages.attachments.{name}")
    assert event.attachments == (Attachment.THUMBS_UP,)


def test_an_album_is_three_pictures() -> None:
    (event,) = events("messages.attachments.several_images")
    assert event.attachments == (Attachment.IMAGE,) * 3


def test_our_echo_carries_our_key_and_another_voice_does_not() -> None:
    (ours,), (theirs,) = events("message_echoes.own_app"), events("message_echoes.other_app")
    assert (ours.metadata, ours.platform_id) == ("out:0b1c", ours.key)
    assert (theirs.metadata, theirs.author) == ("", "700000000000099")


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({"app_id": 1000}, EventKind.ECHO_AUTOMATION),
        ({"app_id": "1000", "metadata": "1:0"}, EventKind.ECHO_AUTOMATION),
        ({"app_id": 1001, "metadata": "1:0"}, STAFF),
        ({"metadata": "1:0"}, OURS),
        ({}, STAFF),
    ],
)
def test_who_wrote_an_echo(message: dict[str, Any], kind: EventKind) -> None:
    (event,) = parse(sender={"id": PAGE}, recipient={"id": "7"}, message={"mid": "m", "is_echo": True, **message})
    assert event.kind is kind
    assert event.conversation == f"messenger:{PAGE}:7"


def parse(**item: Any) -> tuple[Event, ...]:
    """The events of one item."""
    whole = {"sender": {"id": "7"}, "recipient": {"id": PAGE}, "timestamp": 1795300000000, **item}
    return PARSER.parse(json.dumps({"object": "page", "entry": [{"id": PAGE, "messaging": [whole]}]}).encode()).events


@pytest.mark.parametrize(
    ("name", "owner", "whose"),
    [
        ("pass_thread_control.to_us", "700000000000007", "ours"),
        ("pass_thread_control.idle_and_number", "700000000000007", "ours"),
        ("take_thread_control", "263902037430900", "other"),
        ("take_thread_control.old", "", "other"),
    ],
)
def test_a_handover_names_the_new_owner(name: str, owner: str, whose: str) -> None:
    (event,) = events(f"messaging_handovers.{name}")
    assert (event.author, event.metadata) == (owner, whose)


def test_an_edit_is_a_new_text_of_the_same_message() -> None:
    (first,), (second,), (original,) = (
        events(name) for name in ("message_edits", "message_edits.num_edit_string", "messages.text")
    )
    assert len({first.key, second.key, original.key}) == 3
    assert first.platform_id == original.platform_id
    assert first.text == "Tôi muốn hỏi thủ tục hưởng lương hưu"


def test_standby_never_takes_the_key_of_the_message_itself() -> None:
    (event,) = events("standby.message")
    assert event.key == f"standby:{event.platform_id}"
    assert event.action is None


def test_a_typed_payload_is_an_action_without_a_text() -> None:
    (event,) = parse(message={"mid": "m", "text": "#bhxh1/menu"})
    assert (event.kind, event.text) == (EventKind.ACTION, "")


def test_every_poison_is_counted_and_spoils_nothing() -> None:
    good = {"sender": {"id": "7"}, "recipient": {"id": PAGE}, "timestamp": 1, "message": {"mid": "m", "text": "ok"}}
    poison: list[Any] = [None, 5, "x", [], {"message": {}}, {"sender": {"id": PAGE}, "recipient": {"id": PAGE}}]
    entries: list[Any] = [
        {"id": PAGE, "messaging": [*poison, good], "changes": [None, {"field": "feed"}]},
        None,
        {"id": PAGE, "messaging": {"not": "a list"}},
        {"id": PAGE, "messaging": [{**good, "message": {"mid": "m2", "text": "ok"}}]},
    ]
    parsed = PARSER.parse(json.dumps({"object": "page", "entry": entries}).encode())
    assert [event.text for event in parsed.events if event.kind is T] == ["ok", "ok"]
    assert parsed.broken == 9
    assert len(parsed.events) + parsed.broken == 11


def test_public_comments_keep_neither_text_nor_person() -> None:
    (event,) = events("feed.comment_add")
    assert (event.text, event.conversation, event.raw_kind) == ("", f"messenger:{PAGE}:-", "feed")
