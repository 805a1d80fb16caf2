"""The routes behind the page: guarded, strict, and faithful to the platforms."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from chatbot.model import Candidate, EventKind, Outcome, Reply, Session, Source, TurnRecord
from chatbot.simulator import MessengerPlatform, Simulator, ZaloPlatform, turn_view
from chatbot.simulator.view import messenger_view, zalo_view
from tests.simulator.echo_bot import EchoBot, echo_bot

ZALO_ID = "7612345678901234567"
PSID = "24000000000000001"


@dataclass(slots=True)
class World:
    """The page's server, the bot behind it and a client on the same machine."""

    origin: str
    bot: EchoBot
    http: aiohttp.ClientSession
    zalo: ZaloPlatform
    messenger: MessengerPlatform

    async def act(self, channel: str, act: str, **more: Any) -> tuple[int, dict[str, Any]]:
        """What the page's script posts."""
        citizen = ZALO_ID if channel == "zalo" else PSID
        wish = {"channel": channel, "citizen": citizen, "act": act, **more}
        async with self.http.post(f"{self.origin}/simulator/act", json=wish) as response:
            return response.status, await response.json()

    def phone(self, channel: str) -> dict[str, Any]:
        """What the citizen's phone shows."""
        if channel == "zalo":
            return zalo_view(self.zalo.threads.of(ZALO_ID))
        return messenger_view(self.messenger.threads.of(PSID), self.messenger.api.profile)


@pytest.fixture
async def world(http: aiohttp.ClientSession) -> AsyncIterator[World]:
    simulator = await Simulator.start("http://127.0.0.1:9")
    async with echo_bot(simulator) as (origin, bot):
        yield World(origin, bot, http, simulator.platforms.zalo, simulator.platforms.messenger)


async def test_environment_names_everything_a_bot_needs() -> None:
    simulator = await Simulator.start("http://127.0.0.1:9/")
    settings = simulator.environment()
    await simulator.close()
    assert simulator.platforms.zalo.courier.url == "http://127.0.0.1:9/webhooks/zalo"
    assert all(settings.values())
    assert sorted(settings) == [
        "MESSENGER_API_URL",
        "MESSENGER_APP_ID",
        "MESSENGER_APP_SECRET",
        "MESSENGER_PAGE_ACCESS_TOKEN",
        "MESSENGER_PAGE_ID",
        "MESSENGER_VERIFY_TOKEN",
        "ZALO_API_URL",
        "ZALO_APP_ID",
        "ZALO_APP_SECRET",
        "ZALO_OAUTH_URL",
        "ZALO_OA_ID",
        "ZALO_OA_SECRET_KEY",
        "ZALO_REFRESH_TOKEN",
    ]


@pytest.mark.parametrize("channel", ["zalo", "messenger"])
async def test_a_text_is_answered_and_settles_as_seen(world: World, channel: str) -> None:
    assert await world.act(channel, "text", text="chào em") == (200, {"accepted": True, "status": 200})
    platform = world.zalo if channel == "zalo" else world.messenger
    await platform.settle()
    bubbles = world.phone(channel)["bubbles"]
    assert [(one["side"], one["text"], one["state"]) for one in bubbles] == [
        ("citizen", "chào em", "sent" if channel == "zalo" else "seen"),
        ("bot", "Anh/chị vừa nhắn: chào em", "seen"),
    ]
    kinds = world.bot.kinds()
    assert kinds == [EventKind.TEXT, EventKind.ECHO_OURS, EventKind.DELIVERED, EventKind.SEEN]


async def test_zalo_buttons_come_back_as_their_payload(world: World) -> None:
    await world.act("zalo", "follow")
    answer = world.phone("zalo")["bubbles"][-1]
    assert [one["kind"] for one in answer["buttons"]] == ["say", "say", "say"]
    await world.act("zalo", "tap", message=answer["id"], place=1)
    tapped = [event for event in world.bot.got if event.kind is EventKind.ACTION]
    assert [event.action.pack() for event in tapped if event.action] == ["#bhxh1/faq?id=huu_ho_so"]
    assert "Đã chọn: Giấy tờ cần có" in [one["text"] for one in world.phone("zalo")["bubbles"]]


async def test_quick_replies_go_back_as_messages_and_vanish(world: World) -> None:
    await world.act("messenger", "start")
    view = world.phone("messenger")
    assert [one["label"] for one in view["quick"]] == ["Nữ nghỉ năm nào", "Giấy tờ cần có", "Gặp nhân viên"]
    await world.act("messenger", "quick", message=view["bubbles"][-1]["id"], place=2)
    assert EventKind.ACTION in world.bot.kinds()
    after = world.phone("messenger")
    assert after["quick"] == []
    assert [one["text"] for one in after["bubbles"]][-2:] == ["Gặp nhân viên", "Anh/chị đã chọn human"]


async def test_ice_breakers_are_offered_before_the_first_message(world: World) -> None:
    assert world.phone("messenger")["starters"] == [{"label": "Bắt đầu", "act": "start"}]
    questions = [{"question": "Quên mật khẩu VssID", "payload": "#bhxh1/menu"}]
    world.messenger.api.profile["ice_breakers"] = [{"locale": "default", "call_to_actions": questions}]
    assert [one["label"] for one in world.phone("messenger")["starters"]] == ["Quên mật khẩu VssID"]
    await world.act("messenger", "ice", place=0)
    assert world.bot.got[0].kind is EventKind.ACTION
    assert world.phone("messenger")["starters"] == []


async def test_the_pages_own_menu_stays_beside_the_field(world: World) -> None:
    items = [
        {"type": "postback", "title": "Gặp nhân viên", "payload": "#bhxh1/human"},
        {"type": "web_url", "title": "Cổng thông tin", "url": "https://baohiemxahoi.gov.vn"},
    ]
    world.messenger.api.profile["persistent_menu"] = [{"locale": "default", "call_to_actions": items}]
    assert [one["label"] for one in world.phone("messenger")["menu"]] == ["Gặp nhân viên", "Cổng thông tin"]
    assert world.phone("zalo")["menu"] == []
    await world.act("messenger", "menu", place=0)
    assert world.phone("messenger")["bubbles"][-1]["text"] == "Anh/chị đã chọn human"
    assert (await world.act("messenger", "menu", place=1))[0] == 400
    assert (await world.act("messenger", "menu", place=2))[0] == 400


@pytest.mark.parametrize("channel", ["zalo", "messenger"])
async def test_link_and_call_buttons_are_shown_and_send_nothing(world: World, channel: str) -> None:
    await world.act(channel, "text", text="cổng ở đâu")
    answer = world.phone(channel)["bubbles"][-1]
    assert [one["kind"] for one in answer["buttons"]] == ["link", "call"]
    assert answer["buttons"][0]["where"] == "https://dichvucong.baohiemxahoi.gov.vn"
    await world.zalo.settle()
    await world.messenger.settle()
    before = len(world.bot.got)
    status, _ = await world.act(channel, "tap", message=answer["id"], place=0)
    assert (status, len(world.bot.got)) == (400, before)


@pytest.mark.parametrize("channel", ["zalo", "messenger"])
async def test_an_officer_silences_the_bot(world: World, channel: str) -> None:
    await world.act(channel, "staff", text="Chào anh, em là cán bộ trực.")
    await world.act(channel, "text", text="chào em")
    assert [one["side"] for one in world.phone(channel)["bubbles"]] == ["staff", "citizen"]
    assert world.bot.got[0].kind is EventKind.ECHO_STAFF


@pytest.mark.parametrize("channel", ["zalo", "messenger"])
@pytest.mark.parametrize("kind", ["image", "audio", "sticker", "file", "location"])
async def test_attachments_arrive_as_attachments(world: World, channel: str, kind: str) -> None:
    await world.act(channel, "attachment", kind=kind)
    assert world.bot.got[0].kind is EventKind.ATTACHMENT


@pytest.mark.parametrize(
    "wish",
    [
        {"act": "text", "text": "  "},
        {"act": "text", "text": "x" * 8001},
        {"act": "dance"},
        {"act": "attachment", "kind": "bomb"},
        {"act": "tap", "message": "nothing", "place": 0},
        {"act": "text", "text": "chào", "citizen": "../../etc"},
        {"act": "text", "text": "chào", "channel": "viber"},
    ],
)
@pytest.mark.parametrize("channel", ["zalo", "messenger"])
async def test_impossible_wishes_are_refused(world: World, channel: str, wish: dict[str, Any]) -> None:
    plain: dict[str, Any] = {"channel": channel, "citizen": PSID, **wish}
    async with world.http.post(f"{world.origin}/simulator/act", json=plain) as response:
        assert response.status == 400
    assert world.bot.got == []


async def test_a_bot_that_is_away_leaves_the_message_unsent(world: World) -> None:
    world.zalo.courier.url = "http://127.0.0.1:9/webhooks/zalo"
    _, answer = await world.act("zalo", "text", text="có ai không")
    assert answer == {"accepted": False, "status": 0}
    assert world.phone("zalo")["bubbles"][0]["state"] == "failed"


async def test_only_this_machines_own_page_is_answered(world: World) -> None:
    page = f"{world.origin}/simulator"
    async with world.http.get(page) as response:
        policy = response.headers["Content-Security-Policy"]
        assert response.status == 200
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for headers in ({"Host": "evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        async with world.http.get(page, headers=headers) as response:
            assert response.status == 403
    async with world.http.post(f"{page}/act", data="{}") as response:
        assert response.status == 415
    async with world.http.get(f"{page}/static/..%2Fpages.py") as response:
        assert response.status == 404


async def test_the_stream_tells_every_change(world: World) -> None:
    async with world.http.get(f"{world.origin}/simulator/stream?zalo={ZALO_ID}&messenger={PSID}") as response:
        first = await response.content.readuntil(b"\n\n")
        await world.act("zalo", "text", text="chào em")
        second = await response.content.readuntil(b"\n\n")
    assert b'"bubbles": []' in first
    assert "chào em".encode() in second


async def test_the_drawer_is_told_of_the_last_turn(world: World) -> None:
    url = f"{world.origin}/simulator/explain?channel=zalo&citizen={ZALO_ID}"
    async with world.http.get(url) as response:
        assert await response.json() == {}
    await world.act("zalo", "text", text="bao giờ nghỉ hưu")
    async with world.http.get(url) as response:
        assert (await response.json())["text"] == "bao giờ nghỉ hưu"


def test_a_turn_in_the_drawers_words() -> None:
    candidates = (Candidate("huu_tuoi", 0.9),)
    record = TurnRecord(text="[SDT:10] hỏi", intent="huu_tuoi", candidates=candidates, steps={"understand": 1.5})
    reply = Reply(outcome=Outcome.ANSWERED_FAQ, sources=(Source("Luật BHXH 2024", "Điều 64"),))
    session = Session(flow="password_reset", state="S2")
    view = turn_view(record, reply, session, {"huu_tuoi": "Tuổi nghỉ hưu?"}.__getitem__)
    assert view["candidates"] == [{"intent": "huu_tuoi", "title": "Tuổi nghỉ hưu?", "confidence": 0.9}]
    assert view["title"] == "Tuổi nghỉ hưu?"
    assert turn_view(record, reply, session)["title"] == ""
    assert (view["outcome"], view["flow"], view["state"]) == ("answered_faq", "password_reset", "S2")
    assert view["sources"] == [{"document": "Luật BHXH 2024", "place": "Điều 64", "url": ""}]
    assert view["checked_on"] == ""
