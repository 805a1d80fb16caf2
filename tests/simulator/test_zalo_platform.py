"""The simulated OA answers as the reference says Zalo does."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from chatbot.channels.base import SignatureRefusedError
from chatbot.channels.zalo import signature
from chatbot.simulator import Endpoint, FaultKind, Operation, ZaloPlatform
from tests.simulator.conftest import Clock, Webhook

WHO = "7612345678901234567"
V3 = "/v3.0/oa/message/cs"
V2 = "/v2.0/oa/message"


async def call(
    http: aiohttp.ClientSession, zalo: ZaloPlatform, path: str, body: dict[str, Any], token: str | None = None
) -> dict[str, Any]:
    used = token if token is not None else (zalo.grant.access_token or zalo.grant.issue()["access_token"])
    async with http.post(zalo.url + path, json=body, headers={"access_token": used}) as response:
        assert response.status == 200
        answer: dict[str, Any] = await response.json()
        return answer


async def read(
    http: aiohttp.ClientSession, zalo: ZaloPlatform, path: str, data: dict[str, Any]
) -> list[dict[str, Any]]:
    headers = {"access_token": zalo.grant.access_token or zalo.grant.issue()["access_token"]}
    async with http.get(zalo.url + path, params={"data": json.dumps(data)}, headers=headers) as response:
        answer = await response.json()
    found: list[dict[str, Any]] = answer["data"]
    return found


async def refresh(http: aiohttp.ClientSession, zalo: ZaloPlatform, token: str, secret: str = "") -> dict[str, Any]:
    form = {"grant_type": "refresh_token", "app_id": zalo.account.app_id, "refresh_token": token}
    headers = {"secret_key": secret or zalo.account.app_secret}
    async with http.post(f"{zalo.url}/v4/oa/access_token", data=form, headers=headers) as response:
        answer: dict[str, Any] = await response.json()
        return answer


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"recipient": {"user_id": WHO}, "message": {"text": words, **more}}


def with_buttons(*buttons: dict[str, Any]) -> dict[str, Any]:
    return text("Chọn giúp em", attachment={"type": "template", "payload": {"buttons": list(buttons)}})


def say(title: str = "Tuổi hưu", payload: str = "#bhxh1/faq?id=huu_tuoi") -> dict[str, Any]:
    return {"title": title, "type": "oa.query.hide", "payload": payload}


async def test_webhooks_are_signed_over_raw_utf8(zalo: ZaloPlatform, webhook: Webhook) -> None:
    delivery = await zalo.text(WHO, "Thẻ BHYT hết hạn / làm sao 🙏")
    raw, headers = webhook.requests[0]
    account = zalo.account
    assert delivery.accepted
    assert "Thẻ BHYT hết hạn / làm sao 🙏".encode() in raw
    signature.verify(raw, headers, account.app_id, [account.oa_secret_key])
    with pytest.raises(SignatureRefusedError):
        signature.verify(raw.replace(b"BHYT", b"BHXH"), headers, account.app_id, [account.oa_secret_key])


async def test_a_refresh_token_works_once_and_kills_the_old_access_token(
    zalo: ZaloPlatform, http: aiohttp.ClientSession
) -> None:
    seed = zalo.grant.refresh_token
    first = await refresh(http, zalo, seed)
    assert first["expires_in"] == "90000"
    assert (await refresh(http, zalo, seed))["error"] == -14014
    second = await refresh(http, zalo, first["refresh_token"])
    assert (await call(http, zalo, V3, text("a"), token=first["access_token"]))["error"] == -216
    assert (await call(http, zalo, V3, text("a"), token=second["access_token"]))["error"] == 0


async def test_a_refresh_needs_the_app_secret(zalo: ZaloPlatform, http: aiohttp.ClientSession) -> None:
    seed = zalo.grant.refresh_token
    assert "access_token" not in await refresh(http, zalo, seed, secret="wrong")
    assert "access_token" in await refresh(http, zalo, seed)


async def test_a_lost_refresh_answer_spends_the_token(zalo: ZaloPlatform, http: aiohttp.ClientSession) -> None:
    seed = zalo.grant.refresh_token
    zalo.faults.next(FaultKind.ACCEPT_THEN_DROP, operation=Operation.TOKEN)
    with pytest.raises(aiohttp.ClientError):
        await refresh(http, zalo, seed)
    assert (await refresh(http, zalo, seed))["error"] == -14014


async def test_a_consent_code_is_exchanged_once_with_its_verifier(
    zalo: ZaloPlatform, http: aiohttp.ClientSession
) -> None:
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # of the verifier in RFC 7636, appendix B
    form = {
        "grant_type": "authorization_code",
        "app_id": zalo.account.app_id,
        "code": zalo.grant.consent(challenge),
        "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    }
    answers = []
    for _ in range(2):
        headers = {"secret_key": zalo.account.app_secret}
        async with http.post(f"{zalo.url}/v4/oa/access_token", data=form, headers=headers) as response:
            answers.append(await response.json())
    assert "refresh_token" in answers[0]
    assert answers[1]["error"] == -14010


async def test_an_access_token_dies_after_25_hours(
    zalo: ZaloPlatform, http: aiohttp.ClientSession, clock: Clock
) -> None:
    token = zalo.grant.issue()["access_token"]
    clock.move(hours=24, minutes=59)
    assert (await call(http, zalo, V3, text("a"), token=token))["error"] == 0
    clock.move(minutes=1)
    assert (await call(http, zalo, V3, text("a"), token=token))["error"] == -216


async def test_a_send_is_logged_echoed_and_in_the_history(
    zalo: ZaloPlatform, http: aiohttp.ClientSession, webhook: Webhook
) -> None:
    await zalo.text(WHO, "xin chào")
    answer = await call(http, zalo, V3, text("Dạ em chào anh/chị"))
    await zalo.settle()
    number = answer["data"]["message_id"]
    echo = webhook.bodies()[-1]
    history = await read(http, zalo, "/v2.0/oa/conversation", {"user_id": WHO, "offset": 0, "count": 10})
    recent = await read(http, zalo, "/v2.0/oa/listrecentchat", {"offset": 0, "count": 10})
    assert [one.text for one in zalo.sent] == ["Dạ em chào anh/chị"]
    assert (echo["event_name"], echo["message"]["msg_id"]) == ("oa_send_text", number)
    assert "admin_id" not in echo["sender"]
    assert [(one["src"], one["message"]) for one in history] == [(0, "Dạ em chào anh/chị"), (1, "xin chào")]
    assert [one["message_id"] for one in recent] == [number]


async def test_history_gives_ten_at_most_and_pages_on(zalo: ZaloPlatform, http: aiohttp.ClientSession) -> None:
    for number in range(13):
        await zalo.text(WHO, str(number))
    first = await read(http, zalo, "/v2.0/oa/conversation", {"user_id": WHO, "offset": 0, "count": 50})
    second = await read(http, zalo, "/v2.0/oa/conversation", {"user_id": WHO, "offset": 10, "count": 10})
    assert [one["message"] for one in (*first, *second)] == [str(number) for number in reversed(range(13))]


@pytest.mark.parametrize(
    ("closed", "path", "code"), [(Endpoint.V3, V3, -235), (Endpoint.V3, V2, 0), (Endpoint.V2, V2, -240)]
)
async def test_a_closed_endpoint_names_itself(
    zalo: ZaloPlatform, http: aiohttp.ClientSession, closed: Endpoint, path: str, code: int
) -> None:
    zalo.closed.add(closed)
    assert (await call(http, zalo, path, text("a")))["error"] == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (text("ẫ" * 2000), 0),
        (text("ẫ" * 2001), -210),
        (text("  "), -201),
        (text("a", quick_replies=[]), -201),
        ({"recipient": {"user_id": 7}, "message": {"text": "a"}}, -201),
        ({"recipient": {"user_id": WHO}}, -201),
        (with_buttons(*[say()] * 5), 0),
        (with_buttons(*[say()] * 6), -210),
        (with_buttons(say(title="x" * 101)), -210),
        (with_buttons(say(title="")), -201),
        (with_buttons(say(payload="x" * 1001)), -210),
        (with_buttons({"title": "Gọi", "type": "oa.open.phone", "payload": {"phone_code": "19009068"}}), 0),
        (with_buttons({"title": "Gọi", "type": "oa.open.phone", "payload": {"phone_code": "1900.9068"}}), -201),
        (with_buttons({"title": "Mở", "type": "oa.open.url", "payload": {"url": "https://vssid.gov.vn"}}), 0),
        (with_buttons({"title": "Mở", "type": "oa.open.url", "payload": "https://vssid.gov.vn"}), -201),
        (with_buttons({"title": "Mở", "type": "web_url", "payload": "x"}), -201),
        (text("a", attachment={"type": "template", "payload": {"template_type": "button"}}), -233),
    ],
)
async def test_messages_beyond_the_limits_are_refused(
    zalo: ZaloPlatform, http: aiohttp.ClientSession, body: dict[str, Any], code: int
) -> None:
    assert (await call(http, zalo, V3, body))["error"] == code
    assert len(zalo.sent) == (code == 0)


async def test_the_window_closes_after_seven_days_of_silence(
    zalo: ZaloPlatform, http: aiohttp.ClientSession, clock: Clock
) -> None:
    await zalo.text(WHO, "xin chào")
    clock.move(days=7)
    assert (await call(http, zalo, V3, text("a"), token=zalo.grant.issue()["access_token"]))["error"] == 0
    clock.move(seconds=1)
    assert (await call(http, zalo, V3, text("a"), token=zalo.grant.issue()["access_token"]))["error"] == -230
    await zalo.follow(WHO)
    assert (await call(http, zalo, V3, text("a")))["error"] == 0
    await zalo.unfollow(WHO)
    assert (await call(http, zalo, V3, text("a")))["error"] == -244


async def test_anonymous_visitors_are_answered_through_v2_only(
    zalo: ZaloPlatform, http: aiohttp.ClientSession, webhook: Webhook
) -> None:
    await zalo.anonymous_text("anon_1", "cv_1", "hỏi nhờ chút")
    body = {"recipient": {"anonymous_id": "anon_1", "conversation_id": "cv_1"}, "message": {"text": "Dạ"}}
    assert (await call(http, zalo, V3, body))["error"] == -201
    assert (await call(http, zalo, V2, body))["error"] == 0
    await zalo.settle()
    names = [one["event_name"] for one in webhook.bodies()]
    assert names == ["anonymous_send_text", "oa_send_anonymous_text"]


async def test_an_officers_reply_names_the_admin(zalo: ZaloPlatform, webhook: Webhook) -> None:
    await zalo.staff(WHO, "Chào bác, tôi là cán bộ tiếp nhận.")
    assert webhook.bodies()[0]["sender"]["admin_id"]


@pytest.fixture
async def stubborn(webhook: Webhook, clock: Clock) -> AsyncIterator[ZaloPlatform]:
    platform = ZaloPlatform(webhook_url=webhook.url, now=clock.now, ladder=[timedelta(0)] * 3)
    yield platform
    await platform.close()


async def test_a_failed_delivery_is_repeated_unchanged(stubborn: ZaloPlatform, webhook: Webhook) -> None:
    webhook.statuses.extend([500, 503])
    delivery = await stubborn.text(WHO, "xin chào")
    bodies = {raw for raw, _ in webhook.requests}
    retries = [headers.get("num_retry") for _, headers in webhook.requests]
    assert (delivery.accepted, delivery.attempts) == (True, 3)
    assert len(bodies) == 1
    assert retries == [None, "1", "2"]


async def test_quota_profile_and_oa_are_told(zalo: ZaloPlatform, http: aiohttp.ClientSession, clock: Clock) -> None:
    await zalo.text(WHO, "xin chào")
    quota = await call(http, zalo, "/v3.0/oa/quota/message", {"user_id": WHO})
    headers = {"access_token": zalo.grant.access_token}
    async with http.get(f"{zalo.url}/v2.0/oa/getoa", headers=headers) as response:
        oa = (await response.json())["data"]
    assert quota["data"]["last_interaction"] == str(int(clock.now().timestamp() * 1000))
    assert (oa["name"], oa["oa_type"]) == ("Bảo hiểm xã hội Việt Nam", 4)
