"""The two webhook routes: whose requests are believed, and what each platform is told."""

import asyncio
import json
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from chatbot.storage.port import StoreError
from chatbot.webhook.keys import EDGE
from chatbot.webhook.routes import add_routes
from tests.app.whole import Whole, whole_bot
from tests.delivery.conftest import Clock

TEXT = (
    '{"app_id":"1234567890123456789","sender":{"id":"7610001"},"recipient":{"id":"3456789012345678901"},'
    '"event_name":"user_send_text","message":{"msg_id":"m1","text":"chào"},"timestamp":"'
    f'{time.time_ns() // 1_000_000}"}}'
).encode()
"""A question of this moment: an old one would be too late to answer."""


def kept(whole: Whole) -> bool:
    """Did anything of a request reach the disk?"""
    return bool(whole.rows("SELECT id FROM inbox"))


async def test_zalos_signature_is_believed(whole: Whole) -> None:
    assert await whole.zalo_says(TEXT) == 200
    assert kept(whole)
    await whole.settle()
    assert whole.heard == ["1. Dạ, em nghe: chào"]


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-ZEvent-Signature": ""}, {"X-ZEvent-Signature": "mac=" + "0" * 64}, {"X-ZEvent-Signature": "mac=é"}],
    ids=["none", "empty", "wrong", "odd"],
)
async def test_a_zalo_request_nobody_signed_is_answered_200_and_dropped(whole: Whole, headers: dict[str, str]) -> None:
    assert (await whole.post("/webhooks/zalo", TEXT, headers))[0] == 200
    assert not kept(whole)
    assert 'chatbot_signature_refused_total{channel="zalo"} 1.0' in (await whole.get("/metrics"))[1]


@pytest.mark.parametrize("header", ["", "sha256=" + "0" * 64, "sha1=" + "0" * 40, "sha256=é"])
async def test_a_messenger_request_nobody_signed_is_403(whole: Whole, header: str) -> None:
    item = whole.messenger.events.said("2001", {"mid": "m_1", "text": "chào"})
    raw, _ = whole.messenger.events.signed(whole.messenger.events.batch(item))
    headers = {"X-Hub-Signature-256": header} if header else {}
    assert (await whole.post("/webhooks/messenger", raw, headers))[0] == 403
    assert not kept(whole)
    assert 'chatbot_signature_refused_total{channel="messenger"} 1.0' in (await whole.get("/metrics"))[1]


async def test_a_signature_covers_every_byte(whole: Whole) -> None:
    headers = whole.zalo_signature(TEXT)
    assert (await whole.post("/webhooks/zalo", TEXT.replace(b"7610001", b"7610002"), headers))[0] == 200
    assert not kept(whole)


async def test_zalos_console_may_probe_the_address(whole: Whole) -> None:
    assert (await whole.post("/webhooks/zalo", b"{}"))[0] == 200
    assert (await whole.get("/webhooks/zalo"))[0] == 200
    assert "chatbot_signature_refused_total{" not in (await whole.get("/metrics"))[1]


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ("hub.mode=subscribe&hub.verify_token=simulator-verify-token&hub.challenge=1158201444", 200, "1158201444"),
        ("hub.mode=subscribe&hub.verify_token=guessed&hub.challenge=1158201444", 403, "Wrong verify token."),
        ("hub.mode=unsubscribe&hub.verify_token=simulator-verify-token&hub.challenge=1", 403, "Not a subscription."),
        (
            "hub.mode=subscribe&hub.verify_token=simulator-verify-token&hub.challenge=" + "1" * 600,
            403,
            "Wrong verify token.",
        ),
        ("", 403, "Not a subscription."),
    ],
)
async def test_metas_handshake(whole: Whole, query: str, status: int, text: str) -> None:
    assert await whole.get(f"/webhooks/messenger?{query}") == (status, text)


async def test_the_challenge_is_given_back_as_plain_text(whole: Whole) -> None:
    query = "hub.mode=subscribe&hub.verify_token=simulator-verify-token&hub.challenge=%3Cscript%3E"
    async with whole.http.get(f"{whole.url}/webhooks/messenger?{query}") as response:
        assert response.content_type == "text/plain"


async def test_two_secrets_are_accepted_while_one_replaces_the_other(tmp_path: Path) -> None:
    async with whole_bot(tmp_path, extra={"ZALO_OA_SECRET_KEY": "new, simulator-zalo-oa-secret-key"}) as whole:
        await whole.zalo.text("7610001", "chào")
        await whole.settle()
        assert len(whole.zalo.sent) == 1


async def test_a_channel_that_is_off_says_so_only_to_meta(tmp_path: Path) -> None:
    async with whole_bot(tmp_path, without=("ZALO_", "MESSENGER_")) as whole:
        assert (await whole.post("/webhooks/zalo", TEXT))[0] == 200
        assert (await whole.post("/webhooks/messenger", b"{}"))[0] == 404
        assert (await whole.get("/webhooks/messenger?hub.mode=subscribe"))[0] == 403
        status, page = await whole.get("/readyz")
        assert status == 200
        assert json.loads(page)["warnings"] == ["no channel is configured: see .env.example, or run with --simulator"]


@pytest.mark.parametrize("name", ["zalo", "messenger"])
async def test_a_webhook_without_secrets_is_an_alarm_when_it_goes_on_being_called(tmp_path: Path, name: str) -> None:
    clock = Clock()
    async with whole_bot(tmp_path, now=clock, without=(f"{name.upper()}_",)) as whole:
        await whole.post(f"/webhooks/{name}", TEXT)
        clock.move(timedelta(minutes=4))
        await whole.post(f"/webhooks/{name}", TEXT)
        assert f"{name}_not_taken_in" not in whole.bot.alarms.standing
        clock.move(timedelta(minutes=1))
        await whole.post(f"/webhooks/{name}", TEXT)
        assert f"Put {name.upper()}_* into its .env" in whole.bot.alarms.standing[f"{name}_not_taken_in"]
        assert not kept(whole)


async def test_every_item_of_a_batch_is_heard(whole: Whole) -> None:
    items = [whole.messenger.events.said(f"200{n}", {"mid": f"m_{n}", "text": f"câu {n}"}) for n in range(5)]
    assert (await whole.messenger.deliver(*items)).accepted
    await whole.settle()
    assert sorted(whole.heard) == [f"1. Dạ, em nghe: câu {n}" for n in range(5)]


@pytest.mark.parametrize("hours", [-24 * 8, -24 * 400, 24])
async def test_a_platforms_clock_that_is_far_off_leaves_nobody_without_an_answer(whole: Whole, hours: int) -> None:
    said = whole.messenger.events.said("2001", {"mid": "m_1", "text": "chào"})
    said["timestamp"] += hours * 3_600_000
    assert (await whole.messenger.deliver(said)).accepted
    await whole.settle()
    assert whole.heard == ["1. Dạ, em nghe: chào"]


async def test_a_broken_item_does_not_spoil_its_neighbours(whole: Whole) -> None:
    fine = whole.messenger.events.said("2001", {"mid": "m_1", "text": "chào"})
    assert (await whole.messenger.deliver({"sender": 5}, {"message": {"text": 3}}, fine)).accepted
    await whole.settle()
    assert whole.heard == ["1. Dạ, em nghe: chào"]


class SlowIntake:
    """An intake that never comes to an end."""

    async def accept(self, events: object) -> None:
        """Hang."""
        await asyncio.Event().wait()


async def test_a_disk_that_is_too_slow_makes_the_platform_try_again(whole: Whole) -> None:
    app = web.Application()
    app[EDGE] = replace(whole.app[EDGE], intake=SlowIntake(), budget_s=0.05)
    add_routes(app)
    client: TestClient[web.Request, web.Application] = TestClient(TestServer(app))
    async with client:
        answer = await client.post("/webhooks/zalo", data=TEXT, headers=whole.zalo_signature(TEXT))
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")


async def test_a_store_that_refuses_makes_the_platform_try_again(whole: Whole) -> None:
    await whole.bot.store.close()
    raw, headers = whole.messenger.events.signed(
        whole.messenger.events.batch(whole.messenger.events.said("2001", {"mid": "m_1", "text": "chào"}))
    )
    assert (await whole.post("/webhooks/messenger", raw, headers))[0] == 503
    with pytest.raises(StoreError):
        await whole.bot.store.ping()


async def test_only_minutes_without_a_right_signature_are_an_alarm(tmp_path: Path) -> None:
    clock = Clock()
    async with whole_bot(tmp_path, now=clock) as whole:
        await whole.post("/webhooks/zalo", TEXT)
        clock.move(timedelta(minutes=4))
        await whole.post("/webhooks/zalo", TEXT)
        assert "zalo_signature" not in whole.bot.alarms.standing
        clock.move(timedelta(minutes=2))
        await whole.post("/webhooks/zalo", TEXT)
        assert "zalo_signature" in whole.bot.alarms.standing
        await whole.zalo_says(TEXT)
        assert "zalo_signature" not in whole.bot.alarms.standing


async def test_a_stranger_raises_no_alarm_beside_the_platform(tmp_path: Path) -> None:
    clock = Clock()
    async with whole_bot(tmp_path, now=clock) as whole:
        for _ in range(5):
            clock.move(timedelta(minutes=4))
            await whole.zalo_says(TEXT)
            await whole.post("/webhooks/zalo", TEXT)
        assert "zalo_signature" not in whole.bot.alarms.standing


async def test_one_stranger_after_a_quiet_night_raises_no_alarm(tmp_path: Path) -> None:
    clock = Clock()
    async with whole_bot(tmp_path, now=clock) as whole:
        await whole.zalo_says(TEXT)
        clock.move(timedelta(hours=8))
        await whole.post("/webhooks/zalo", TEXT)
        assert "zalo_signature" not in whole.bot.alarms.standing


FORGED = ["#bhxh1/x?" + "&" * 16, "#bhxh1/x?" + "&".join("k=v" * 20), "#bhxh1/x?k=" + "ệ" * 300, "#bhxh1/" + "?" * 40]


@pytest.mark.parametrize("forged", FORGED)
async def test_a_typed_button_that_cannot_be_one_is_a_text_like_any_other(whole: Whole, forged: str) -> None:
    """The hook of an OA that answers 500 again and again is switched off, and Meta repeats the whole batch."""
    assert await whole.zalo_says(TEXT.replace("chào".encode(), forged.encode())) == 200
    await whole.settle()
    assert len(whole.heard) == 1
    assert await whole.bot.store.dead() == []
