"""The simulated Page answers as the reference says Meta does."""

from typing import Any

import aiohttp
import pytest

from chatbot.channels.base import SignatureRefusedError
from chatbot.channels.messenger import signature
from chatbot.simulator import MessengerPlatform
from tests.simulator.conftest import Clock, Webhook

WHO = "24000000000000001"


async def call(
    http: aiohttp.ClientSession, page: MessengerPlatform, path: str, body: dict[str, Any], **query: str
) -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": f"Bearer {page.account.page_access_token}"}
    url = f"{page.url}/v26.0/{page.account.page_id}/{path}"
    async with http.post(url, json=body, headers=headers, params=query) as response:
        return response.status, await response.json()


async def read(http: aiohttp.ClientSession, page: MessengerPlatform, path: str, **query: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {page.account.page_access_token}"}
    url = f"{page.url}/v26.0/{page.account.page_id}/{path}"
    async with http.get(url, headers=headers, params=query) as response:
        answer: dict[str, Any] = await response.json()
        return answer


def response(**message: Any) -> dict[str, Any]:
    return {"recipient": {"id": WHO}, "messaging_type": "RESPONSE", "message": message}


def quick(title: str = "Tuổi hưu", payload: str = "#bhxh1/menu") -> dict[str, str]:
    return {"content_type": "text", "title": title, "payload": payload}


def template(text: str, *buttons: dict[str, str]) -> dict[str, Any]:
    payload = {"template_type": "button", "text": text, "buttons": list(buttons)}
    return response(attachment={"type": "template", "payload": payload})


LINK = {"type": "web_url", "title": "Mở cổng", "url": "https://dichvucong.gov.vn"}


async def test_webhooks_are_signed_over_escaped_ascii(messenger: MessengerPlatform, webhook: Webhook) -> None:
    await messenger.text(WHO, "Thẻ hết hạn 🙏 https://vssid.gov.vn/a")
    raw, headers = webhook.requests[0]
    secret = messenger.account.app_secret
    assert raw.isascii()
    assert rb"Th\u1ebb h\u1ebft h\u1ea1n \ud83d\ude4f https:\/\/vssid.gov.vn\/a" in raw
    signature.verify(raw, headers, [secret])
    with pytest.raises(SignatureRefusedError):
        signature.verify(raw + b" ", headers, [secret])


async def test_a_send_is_logged_and_echoed_with_our_key(
    messenger: MessengerPlatform, http: aiohttp.ClientSession, webhook: Webhook
) -> None:
    status, answer = await call(http, messenger, "messages", response(text="Dạ", metadata="out:7"))
    await messenger.settle()
    echo = webhook.bodies()[-1]["entry"][0]["messaging"][0]
    assert (status, answer["recipient_id"]) == (200, WHO)
    assert echo["message"] == {
        "mid": answer["message_id"],
        "is_echo": True,
        "text": "Dạ",
        "metadata": "out:7",
        "app_id": int(messenger.account.app_id),
    }
    assert [(one.text, one.metadata) for one in messenger.sent] == [("Dạ", "out:7")]


async def test_an_officers_reply_is_an_echo_of_the_inbox(messenger: MessengerPlatform, webhook: Webhook) -> None:
    await messenger.staff(WHO, "Chào anh, em là cán bộ trực.")
    message = webhook.bodies()[0]["entry"][0]["messaging"][0]["message"]
    assert (message["app_id"], "metadata" in message) == (263902037430900, False)


@pytest.mark.parametrize(
    ("body", "accepted"),
    [
        (response(text="ẫ" * 2000), True),
        (response(text="ẫ" * 2001), False),
        (response(text=""), False),
        (response(), False),
        ({"recipient": {"id": WHO}, "message": {"text": "Dạ"}}, False),
        ({**response(text="Dạ"), "messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"}, False),
        ({**response(text="Dạ"), "messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}, True),
        ({**response(text="Dạ"), "sender_action": "typing_on"}, False),
        ({"recipient": {"id": WHO}, "sender_action": "waving"}, False),
        ({"recipient": {}, "messaging_type": "RESPONSE", "message": {"text": "Dạ"}}, False),
        (response(text="Chọn", quick_replies=[quick()] * 13), True),
        (response(text="Chọn", quick_replies=[quick()] * 14), False),
        (response(text="Chọn", quick_replies=[quick(title="x" * 20)]), True),
        (response(text="Chọn", quick_replies=[quick(title="x" * 21)]), False),
        (response(text="Chọn", quick_replies=[quick(payload="x" * 1001)]), False),
        (response(quick_replies=[quick()]), False),
        (template("x" * 640, LINK, LINK, LINK), True),
        (template("x" * 641, LINK), False),
        (template("Chọn", LINK, LINK, LINK, LINK), False),
        (template("Chọn", {**LINK, "title": "x" * 21}), False),
        (template("Chọn", {"type": "phone_number", "title": "Gọi", "payload": "+8419009068"}), True),
        (template("Chọn", {"type": "phone_number", "title": "Gọi", "payload": "1900.9068"}), False),
        (template("Chọn", {"type": "postback", "title": "Hưu", "payload": ""}), False),
        (response(text="Dạ", metadata="x" * 1001), False),
    ],
)
async def test_messages_beyond_the_limits_are_refused(
    messenger: MessengerPlatform, http: aiohttp.ClientSession, body: dict[str, Any], *, accepted: bool
) -> None:
    status, answer = await call(http, messenger, "messages", body)
    assert status == (200 if accepted else 400)
    assert len(messenger.sent) == accepted
    assert accepted or answer["error"]["code"] == 100


async def test_the_window_closes_after_24_hours(
    messenger: MessengerPlatform, http: aiohttp.ClientSession, clock: Clock
) -> None:
    await messenger.text(WHO, "xin chào")
    clock.move(hours=24)
    assert (await call(http, messenger, "messages", response(text="Dạ")))[0] == 200
    clock.move(seconds=1)
    _, late = await call(http, messenger, "messages", response(text="Dạ"))
    await messenger.text(WHO, "còn đó không")
    await messenger.block(WHO)
    _, blocked = await call(http, messenger, "messages", response(text="Dạ"))
    assert (late["error"]["code"], late["error"]["error_subcode"]) == (10, 2018278)
    assert blocked["error"]["code"] == 551


async def test_token_proof_and_page_are_checked(messenger: MessengerPlatform, http: aiohttp.ClientSession) -> None:
    _, forged = await call(http, messenger, "messages", response(text="Dạ"), appsecret_proof="0" * 64)
    async with http.post(f"{messenger.url}/v26.0/999/messages", json=response(text="Dạ")) as answer:
        nobody = await answer.json()
    messenger.expire_token()
    _, expired = await call(http, messenger, "messages", response(text="Dạ"))
    assert forged["error"]["code"] == 100
    assert nobody["error"]["code"] == 190
    assert expired["error"]["code"] == 190


async def test_history_tells_whole_seconds_newest_first(
    messenger: MessengerPlatform, http: aiohttp.ClientSession
) -> None:
    await messenger.text(WHO, "xin chào")
    await call(http, messenger, "messages", response(text="Dạ"))
    fields = "messages.limit(25){id,message,created_time,from}"
    found = await read(http, messenger, "conversations", platform="messenger", user_id=WHO, fields=fields)
    lines = found["data"][0]["messages"]["data"]
    assert [one["message"] for one in lines] == ["Dạ", "xin chào"]
    assert lines[0]["created_time"] == "2026-11-22T03:00:00+0000"
    assert lines[0]["from"]["id"] == messenger.account.page_id


async def test_the_profile_has_metas_limits(messenger: MessengerPlatform, http: aiohttp.ClientSession) -> None:
    menu = [{"locale": "default", "call_to_actions": [{"type": "postback", "title": "Menu", "payload": "m"}]}]
    question = {"question": "Tuổi hưu?", "payload": "p"}
    early, _ = await call(http, messenger, "messenger_profile", {"persistent_menu": menu})
    wish: dict[str, Any] = {"get_started": {"payload": "GET_STARTED"}, "persistent_menu": menu}
    good, _ = await call(http, messenger, "messenger_profile", wish)
    five = {"ice_breakers": [{"locale": "default", "call_to_actions": [question] * 5}]}
    many, _ = await call(http, messenger, "messenger_profile", five)
    greeting = {"greeting": [{"locale": "default", "text": "x" * 161}]}
    long, _ = await call(http, messenger, "messenger_profile", greeting)
    shown = await read(http, messenger, "messenger_profile", fields="get_started,ice_breakers")
    assert (early, good, many, long) == (400, 200, 400, 400)
    assert shown == {"data": [{"get_started": {"payload": "GET_STARTED"}}]}


async def test_a_subscription_is_remembered(messenger: MessengerPlatform, http: aiohttp.ClientSession) -> None:
    assert await read(http, messenger, "subscribed_apps") == {"data": []}
    await call(http, messenger, "subscribed_apps", {"subscribed_fields": "messages,message_echoes"})
    found = await read(http, messenger, "subscribed_apps")
    assert found["data"][0]["subscribed_fields"] == ["messages", "message_echoes"]
