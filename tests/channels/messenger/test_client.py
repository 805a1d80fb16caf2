"""Calls to the Graph API: one verdict for each answer, and what operators call."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatbot.channels.base import NoAnswerError, SendVerdict
from chatbot.channels.messenger.channel import Messenger
from chatbot.channels.messenger.client import GraphError
from chatbot.channels.messenger.errors import ANY, MEANINGS
from chatbot.channels.messenger.profile import FIELDS, Profile, ProfileError
from chatbot.model import Action, LinkButton, SayButton
from tests.channels.fakes import FakePlatform, Raw, platform
from tests.channels.samples import NOW

PAGE, PSID = "100000000000101", "24000000000000001"
CONVERSATION = f"messenger:{PAGE}:{PSID}"
PAYLOAD = {"messaging_type": "RESPONSE", "message": {"text": "Chào anh/chị"}}
OK = {"recipient_id": PSID, "message_id": "m_1"}


def channel(fake: FakePlatform, timeout: timedelta = timedelta(seconds=2)) -> Messenger:
    """A channel that talks to the fake."""
    return Messenger(
        page_id=PAGE,
        app_id="700000000000007",
        app_secrets=("app-secret", "old-secret"),
        verify_tokens=("v",),
        page_access_token="page-token",
        api_url=fake.url,
        timeout=timeout,
    )


def error(code: int, subcode: int | None = None, **more: Any) -> dict[str, Any]:
    """Meta's error body."""
    inside = {"message": "(#1) text", "type": "OAuthException", "code": code, "fbtrace_id": "A", **more}
    return {"error": inside if subcode is None else {**inside, "error_subcode": subcode}}


async def send(answer: Any, patience: timedelta = timedelta(seconds=2)) -> Any:
    """The result of one send."""
    async with platform(answer) as fake:
        messenger = channel(fake, patience)
        result = await messenger.send(CONVERSATION, PAYLOAD, "12:0")
        await messenger.close()
        assert len(fake.requests) == 1
        return result


async def test_a_message_carries_our_key_and_keeps_the_token_out_of_the_address() -> None:
    async with platform(OK) as fake:
        messenger = channel(fake)
        result = await messenger.send(CONVERSATION, PAYLOAD, "12:0")
        await messenger.close()
    assert (result.verdict, result.platform_id) == (SendVerdict.SENT, "m_1")
    (request,) = fake.requests
    assert request.path == f"/v26.0/{PAGE}/messages"
    assert request.headers["Authorization"] == "Bearer page-token"
    assert request.query == {"appsecret_proof": hmac.new(b"app-secret", b"page-token", hashlib.sha256).hexdigest()}
    assert request.content == {
        "recipient": {"id": PSID},
        "messaging_type": "RESPONSE",
        "message": {"text": "Chào anh/chị", "metadata": "12:0"},
    }
    assert PAYLOAD["message"] == {"text": "Chào anh/chị"}


@pytest.mark.parametrize(("code", "subcode"), MEANINGS)
async def test_every_row_of_the_table_has_its_verdict(code: int, subcode: int | None) -> None:
    told = MEANINGS[code, subcode]
    result = await send(Raw(400, json.dumps(error(code, subcode))))
    assert (result.verdict, result.alarm) == (told.verdict, told.alarm)
    assert result.code == (str(code) if subcode is ANY else f"{code}/{subcode}")


@pytest.mark.parametrize(
    ("code", "subcode", "verdict"),
    [
        (1, 1357046, SendVerdict.DOUBTFUL),
        (1, 99, SendVerdict.DOUBTFUL),
        (2, None, SendVerdict.NOT_SENT),
        (1200, None, SendVerdict.NOT_SENT),
        (4, None, SendVerdict.PAUSED),
        (613, None, SendVerdict.PAUSED),
        (613, 2534040, SendVerdict.PAUSED),
        (80006, None, SendVerdict.PAUSED),
        (10, 2018278, SendVerdict.CLOSED),
        (10, 2018300, SendVerdict.HELD),
        (100, 2018300, SendVerdict.HELD),
        (100, 2534037, SendVerdict.HELD),
        (100, 2018001, SendVerdict.CLOSED),
        (100, None, SendVerdict.REFUSED),
        (190, 463, SendVerdict.TOKEN),
        (551, None, SendVerdict.CLOSED),
        (77777, None, SendVerdict.REFUSED),
    ],
)
async def test_classes_of_the_reference(code: int, subcode: int | None, verdict: SendVerdict) -> None:
    assert (await send(error(code, subcode))).verdict is verdict


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (2, SendVerdict.DOUBTFUL),
        (1200, SendVerdict.DOUBTFUL),
        (77777, SendVerdict.DOUBTFUL),
        (4, SendVerdict.PAUSED),
        (190, SendVerdict.TOKEN),
        (551, SendVerdict.CLOSED),
    ],
)
async def test_a_server_that_broke_down_with_a_temporary_error_may_have_sent_it(
    code: int, verdict: SendVerdict
) -> None:
    result = await send(Raw(503, json.dumps(error(code))))
    assert (result.verdict, result.alarm == "unknown_code") == (verdict, False)


async def test_the_platforms_own_words_and_trace_are_kept_for_people() -> None:
    told = error(100, message="(#100) No matching user\nfound for 24681357902468", fbtrace_id="Ab-Cd_9")
    assert (await send(told)).remark == "(#100) No matching user found for # Ab-Cd_9"
    token = "EAABsbCS1iHgBAKZCQ9Tz-4xYZ_0"
    assert (await send(error(190, message=f"Malformed access token {token}"))).remark == "Malformed access token # A"
    assert (await send(error(100, message="tôi tên là An", fbtrace_id=["x"]))).remark == ""


async def test_an_unknown_error_alarms_unless_meta_calls_it_transient() -> None:
    assert (await send(error(77777))).alarm == "unknown_code"
    transient = await send(error(77777, is_transient=True))
    assert (transient.verdict, transient.alarm) == (SendVerdict.DOUBTFUL, "")


@pytest.mark.parametrize(
    "answer",
    ["close", Raw(502, "<html>"), Raw(200, "<html>"), Raw(200, "{}"), Raw(500, "[]"), Raw(200, '{"error": 5}')],
)
async def test_an_answer_that_tells_nothing_is_doubtful(answer: Any) -> None:
    assert (await send(answer)).verdict is SendVerdict.DOUBTFUL


async def test_an_answer_that_never_comes_is_doubtful() -> None:
    assert (await send("hang", timedelta(milliseconds=80))).verdict is SendVerdict.DOUBTFUL


async def test_a_refused_connection_is_surely_not_sent() -> None:
    async with platform(OK) as fake:
        pass
    messenger = channel(fake)
    assert (await messenger.send(CONVERSATION, PAYLOAD, "1:0")).verdict is SendVerdict.NOT_SENT
    await messenger.signal(CONVERSATION)
    with pytest.raises(NoAnswerError):
        await messenger.history(CONVERSATION, NOW)
    await messenger.close()


USAGE = json.dumps({PAGE: [{"type": "messenger", "call_count": 100, "estimated_time_to_regain_access": 19}]})


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"Retry-After": "7"}, timedelta(seconds=7)),
        ({"X-Business-Use-Case-Usage": USAGE}, timedelta(minutes=19)),
        ({"X-Business-Use-Case-Usage": "not json"}, None),
        ({"X-Business-Use-Case-Usage": "[1]"}, None),
        ({}, None),
    ],
)
async def test_the_pause_that_meta_asks_for_is_passed_on(headers: dict[str, str], pause: timedelta | None) -> None:
    for status, body in ((400, json.dumps(error(613))), (429, "")):
        result = await send(Raw(status, body, headers))
        assert (result.verdict, result.retry_after) == (SendVerdict.PAUSED, pause)


@pytest.mark.parametrize(
    ("headers", "load"),
    [
        ({"X-App-Usage": '{"call_count": 28, "total_time": 85, "total_cputime": 25}'}, 0.85),
        ({"X-Page-Usage": '{"call_count": 91}', "x-app-usage": '{"call_count": 12}'}, 0.91),
        ({"X-Business-Use-Case-Usage": USAGE}, 1.0),
        ({"X-Business-Use-Case-Usage": '{"1": [{"call_count": 250}]}'}, 1.0),
        ({"X-App-Usage": '{"call_count": "many"}'}, 0.0),
        ({"X-App-Usage": "not json"}, 0.0),
        ({}, 0.0),
    ],
)
async def test_the_used_share_of_metas_allowance_is_passed_on_with_every_answer(
    headers: dict[str, str], load: float
) -> None:
    for status, body in ((200, json.dumps(OK)), (400, json.dumps(error(100)))):
        assert (await send(Raw(status, body, headers))).load == pytest.approx(load)


async def test_seen_and_typing_are_shown_and_never_raise() -> None:
    async with platform(Raw(500, "x"), "close") as fake:
        messenger = channel(fake)
        await messenger.signal(CONVERSATION)
        await messenger.close()
    assert [request.content["sender_action"] for request in fake.requests] == ["mark_seen", "typing_on"]
    assert fake.requests[0].content == {"recipient": {"id": PSID}, "sender_action": "mark_seen"}


def history(*entries: tuple[str, str, str]) -> dict[str, Any]:
    """The Conversations API's answer."""
    messages = [
        {"id": number, "message": f"Tin {number}", "created_time": at, "from": {"id": who}}
        for number, who, at in entries
    ]
    return {"data": [{"id": "t_1", "messages": {"data": messages}}]}


async def test_the_history_holds_our_own_messages_since_then() -> None:
    answer = history(
        ("m3", PAGE, "2026-11-22T02:00:03+0000"),
        ("m2", PSID, "2026-11-22T02:00:02+0000"),
        ("m1", PAGE, "2026-11-22T02:00:01+0000"),
        ("m0", PAGE, "2026-11-22T01:59:59+0000"),
        ("mx", PAGE, "yesterday"),
    )
    async with platform(answer) as fake:
        messenger = channel(fake)
        found = await messenger.history(CONVERSATION, datetime(2026, 11, 22, 2, 0, 1, 999999, tzinfo=UTC))
        await messenger.close()
    assert found is not None
    assert [(one.platform_id, one.text) for one in found] == [("m1", "Tin m1"), ("m3", "Tin m3")]
    assert fake.requests[0].query["user_id"] == PSID


@pytest.mark.parametrize("answer", ["close", Raw(status=503), error(4), error(190)])
async def test_a_history_that_may_come_later_is_told_apart(answer: Any) -> None:
    async with platform(answer) as fake:
        messenger = channel(fake)
        with pytest.raises(NoAnswerError):
            await messenger.history(CONVERSATION, datetime(2026, 11, 22, 2, tzinfo=UTC))
        await messenger.close()


@pytest.mark.parametrize(
    "answer",
    [
        error(10),
        {"data": 5},
        history(*((f"m{number}", PAGE, "2026-11-22T02:00:03+0000") for number in range(25))),
    ],
)
async def test_a_history_that_cannot_tell_is_none_not_empty(answer: Any) -> None:
    async with platform(answer) as fake:
        messenger = channel(fake)
        assert await messenger.history(CONVERSATION, datetime(2026, 11, 22, 2, tzinfo=UTC)) is None
        await messenger.close()


MENU = (SayButton("Về trang đầu", Action("menu")), LinkButton("Trang chính thức", "https://baohiemxahoi.gov.vn"))


async def test_the_profile_is_published_in_metas_words() -> None:
    profile = Profile(greeting="Xin chào", menu=MENU, ice_breakers=(SayButton("Đổi nơi khám?", Action("menu")),))
    async with platform({"result": "success"}) as fake:
        messenger = channel(fake)
        await messenger.set_profile(profile)
        await messenger.subscribe_page()
        await messenger.close()
    first, second = fake.requests
    assert first.path == f"/v26.0/{PAGE}/messenger_profile"
    assert first.content["get_started"] == {"payload": "GET_STARTED"}
    assert first.content["persistent_menu"][0]["call_to_actions"] == [
        {"type": "postback", "title": "Về trang đầu", "payload": "#bhxh1/menu"},
        {"type": "web_url", "title": "Trang chính thức", "url": "https://baohiemxahoi.gov.vn"},
    ]
    assert first.content["ice_breakers"] == [
        {"locale": "default", "call_to_actions": [{"question": "Đổi nơi khám?", "payload": "#bhxh1/menu"}]}
    ]
    assert second.content == {"subscribed_fields": ",".join(FIELDS)}


@pytest.mark.parametrize(
    "profile",
    [
        Profile(greeting="x" * 161, menu=MENU),
        Profile(greeting="Xin chào", menu=()),
        Profile(greeting="Xin chào", menu=MENU * 4),
        Profile(greeting="Xin chào", menu=MENU, ice_breakers=(SayButton("?", Action("menu")),) * 5),
    ],
)
def test_a_profile_beyond_metas_limits_is_refused_before_the_call(profile: Profile) -> None:
    with pytest.raises(ProfileError):
        profile.content()


@pytest.mark.parametrize("answer", [error(200, 2018028), "close", Raw(503, "x")])
async def test_an_operators_call_that_fails_says_why(answer: Any) -> None:
    async with platform(answer) as fake:
        messenger = channel(fake)
        with pytest.raises(GraphError) as failed:
            await messenger.subscribe_page()
        await messenger.close()
    assert "page-token" not in str(failed.value)
