"""What the world may post: bytes that are no JSON, shapes that no platform sends, texts that no person types."""

import asyncio
import json
import socket
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest

from tests.app.whole import Whole

Change = Callable[[dict[str, Any]], None]


def zalo_event(whole: Whole, text: object = "chào") -> dict[str, Any]:
    """A text event of this moment: an old one would be a message that is too late to answer."""
    return whole.zalo.events.said("7610001", "text", {"text": text, "msg_id": "m1"})


BODIES = {
    "empty": b"",
    "spaces": b"   \n",
    "not JSON": b"hello",
    "a number": b"5",
    "a list": b"[]",
    "null": b"null",
    "truncated": b'{"event_name":"user_send_text","timestamp":"1795330801371","message":{"text":"ch',
    "invalid UTF-8": b'{"event_name":"user_send_text","timestamp":"1795330801371","message":{"text":"\xff\xfe"}}',
    "nested deeply": b'{"timestamp":"1795330801371","a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "half of a pair": b'{"timestamp":"1795330801371","message":{"text":"\\ud83d"},"event_name":"user_send_text"}',
    "a huge number": b'{"timestamp":1795330801371,"sender":{"id":' + b"9" * 5000 + b"}}",
    "infinity": b'{"timestamp":"1795330801371","sender":{"id":1e999}}',
    "a NUL": b'{"timestamp":"1795330801371","event_name":"user_send_text\\u0000"}',
    "binary": bytes(range(256)) * 64,
    "the same key twice": b'{"timestamp":"1","timestamp":"1795330801371","sender":{},"sender":[]}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_no_bytes_disturb_the_next_citizen(whole: Whole, body: bytes) -> None:
    assert await whole.zalo_says(body) == 200
    assert await whole.meta_says(body) == 200
    await whole.zalo.text("7610002", "chào")
    await whole.messenger.text("2002", "chào")
    await whole.settle()
    assert whole.heard == ["1. Dạ, em nghe: chào"] * 2


def changed(path: str, value: object) -> Change:
    """A change of one field; `path` is dotted, a missing value removes it."""

    def apply(event: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        for name in parents:
            event = event[name]
        if value is ...:
            del event[last]
        else:
            event[last] = value

    return apply


ZALO_SHAPES: dict[str, tuple[Change, int]] = {
    "unknown event": (changed("event_name", "user_send_hologram"), 1),
    "no event name": (changed("event_name", ...), 0),
    "an event name that is a list": (changed("event_name", ["user_send_text"]), 0),
    "no sender": (changed("sender", ...), 0),
    "sender is a text": (changed("sender", "7610001"), 0),
    "id as a number": (changed("sender.id", 7610001), 1),
    "id as a list": (changed("sender.id", [7610001]), 0),
    "id with a line break": (changed("sender.id", "761\n0001"), 0),
    "id is enormous": (changed("sender.id", "7" * 5000), 0),
    "no message": (changed("message", ...), 0),
    "message is a list": (changed("message", []), 0),
    "no text": (changed("message.text", ...), 1),
    "text is a number": (changed("message.text", 5), 1),
    "no message id": (changed("message.msg_id", ...), 1),
    "message id as a number": (changed("message.msg_id", 12345678901234567890), 1),
    "another app": (changed("app_id", "999"), 0),
    "another OA": (changed("recipient.id", "999"), 0),
    "the OA writes to itself": (changed("sender.id", "3456789012345678901"), 0),
    "a group": (changed("event_name", "user_send_group_text"), 0),
}


@pytest.mark.parametrize(("change", "answers"), ZALO_SHAPES.values(), ids=ZALO_SHAPES)
async def test_odd_zalo_events_are_taken_and_answered_only_when_they_make_sense(
    whole: Whole, change: Change, answers: int
) -> None:
    event = zalo_event(whole)
    change(event)
    assert await whole.zalo_says(json.dumps(event).encode()) == 200
    await whole.settle()
    assert len(whole.zalo.sent) == answers


META_SHAPES: dict[str, tuple[Change, int]] = {
    "no object": (changed("object", ...), 0),
    "of Instagram": (changed("object", "instagram"), 0),
    "no entry": (changed("entry", ...), 0),
    "entry is a text": (changed("entry", "x"), 0),
    "entries of odd things": (changed("entry", [None, 5, "x", [], {}]), 0),
    "messaging is an object": (changed("entry", [{"id": "100000000000101", "messaging": {}}]), 0),
}


@pytest.mark.parametrize(("change", "answers"), META_SHAPES.values(), ids=META_SHAPES)
async def test_odd_meta_batches_are_taken(whole: Whole, change: Change, answers: int) -> None:
    batch = whole.messenger.events.batch(whole.messenger.events.said("2001", {"mid": "m_1", "text": "chào"}))
    change(batch)
    assert await whole.meta_says(json.dumps(batch).encode()) == 200
    await whole.settle()
    assert len(whole.messenger.sent) == answers


@pytest.mark.parametrize(
    "text",
    [
        "\u200b\u200d\u2060\ufeff",
        "\u202elừa đảo\u202c",
        "ch\u0300\u0301\u0302\u0303ào" * 50,
        "\u0000\u0001\u0007",
        "👨‍👩‍👧‍👦" * 200,
        unicodedata.normalize("NFD", "Tiếng Việt có dấu rời"),
        "' OR 1=1; DROP TABLE inbox; --",
        "{{7*7}} ${7*7} <script>alert(1)</script> %s %n",
        "../../../../etc/passwd",
        "#bhxh1/faq?id=../../x",
        "#bhxh1/" + "a" * 5000,
        "a" * 100_000,
    ],
    ids=lambda text: ascii(text[:12]),
)
async def test_odd_texts_are_answered_once_and_within_the_platforms_limits(whole: Whole, text: str) -> None:
    assert (await whole.zalo.text("7610001", text)).accepted
    assert (await whole.messenger.text("2001", text)).accepted
    await whole.settle()
    assert (len(whole.zalo.sent), len(whole.messenger.sent)) == (1, 1)
    assert not any(mark in said for said in whole.heard for mark in "\u200b\u202e\ufeff\u0000")


async def test_texts_are_kept_composed(whole: Whole) -> None:
    await whole.zalo.text("7610001", unicodedata.normalize("NFD", "bảo hiểm xã hội"))
    await whole.settle()
    assert whole.heard == ["1. Dạ, em nghe: bảo hiểm xã hội"]


async def test_a_body_over_the_limit_is_refused(whole: Whole) -> None:
    body = json.dumps(zalo_event(whole, "a" * 1_100_000)).encode()
    assert await whole.zalo_says(body) == 413
    assert await whole.meta_says(body) == 413


async def dawdle(whole: Whole, path: str) -> bytes:
    """Promise a body and send half of it."""
    port = int(whole.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"POST {path} HTTP/1.1\r\nHost: bot\r\nContent-Length: 100\r\n\r\nhalf".encode())
    answer = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    return answer


@pytest.mark.parametrize("path", ["/webhooks/zalo", "/webhooks/messenger"])
async def test_a_sender_that_dawdles_is_sent_away(whole: Whole, path: str) -> None:
    answers = await asyncio.gather(*(dawdle(whole, path) for _ in range(20)))
    assert set(answers) == {b"HTTP/1.1 408 Request Timeout\r\n"}
    await whole.zalo.text("7610001", "chào")
    await whole.settle()
    assert len(whole.zalo.sent) == 1


async def test_a_sender_that_hangs_up_leaves_nothing_behind(whole: Whole) -> None:
    port = int(whole.url.rpartition(":")[2])
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", port)) as door:
            door.sendall(b"POST /webhooks/zalo HTTP/1.1\r\nHost: bot\r\nContent-Length: 9000\r\n\r\n{")
    await whole.zalo.text("7610001", "chào")
    await whole.settle()
    assert len(whole.zalo.sent) == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_refused(whole: Whole, method: str) -> None:
    for path in ("/webhooks/zalo", "/webhooks/messenger", "/metrics"):
        async with whole.http.request(method, whole.url + path) as response:
            assert response.status == 405
