"""Sending to Zalo: one verdict for each answer, one change of endpoint, one refresh."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatbot.channels.base import NoAnswerError, SendVerdict
from chatbot.channels.zalo.channel import Zalo
from chatbot.channels.zalo.client import Endpoint
from chatbot.channels.zalo.errors import MEANINGS
from chatbot.channels.zalo.tokens import TokenLostError, TokenUnavailableError
from chatbot.model import EventKind
from tests.channels.fakes import Raw, platform
from tests.channels.samples import NOW

OA = "3456789012345678901"
CONVERSATION = f"zalo:{OA}:7612345678901234567"
PAYLOAD = {"message": {"text": "Chào anh/chị"}}
OK = {"error": 0, "message": "Success", "data": {"message_id": "mid-1", "user_id": "7612345678901234567"}}
V3, V2 = Endpoint.V3.path, Endpoint.V2.path


class Tokens:
    """Gives t1, then t2...; or the error it is told."""

    def __init__(self, *, fails: Exception | None = None) -> None:
        self.fails = fails
        self.number = 1
        self.refused: list[str] = []

    async def access(self) -> str:
        """The current one."""
        if isinstance(self.fails, TokenLostError):
            raise self.fails
        return f"t{self.number}"

    async def renew(self, refused: str) -> str:
        """The next one."""
        self.refused.append(refused)
        if self.fails:
            raise self.fails
        self.number += 1
        return f"t{self.number}"


def channel(url: str, tokens: Tokens | None = None, **options: Any) -> Zalo:
    """A channel that talks to the fake."""
    return Zalo(
        tokens or Tokens(),
        app_id="1",
        oa_id=OA,
        webhook_keys=["k"],
        api_url=url,
        timeout=timedelta(seconds=2),
        **options,
    )


async def verdict(*answers: Any, conversation: str = CONVERSATION, **options: Any) -> tuple[Any, list[str]]:
    """The result of one send, and the paths it took."""
    async with platform(*answers) as fake:
        zalo = channel(fake.url, **options)
        result = await zalo.send(conversation, PAYLOAD, "1:0")
        await zalo.close()
        return result, fake.paths


async def test_a_message_goes_out_with_its_token_in_a_header() -> None:
    async with platform(OK) as fake:
        zalo = channel(fake.url, proof_secret="app-secret")
        result = await zalo.send(CONVERSATION, PAYLOAD, "1:0")
        await zalo.close()
    assert (result.verdict, result.platform_id) == (SendVerdict.SENT, "mid-1")
    (request,) = fake.requests
    assert request.path == V3
    assert request.headers["access_token"] == "t1"
    assert len(request.headers["appsecret_proof"]) == 64
    assert request.query == {}
    assert request.content == {"recipient": {"user_id": "7612345678901234567"}, **PAYLOAD}


async def test_an_anonymous_visitor_is_answered_through_the_old_endpoint() -> None:
    async with platform(OK) as fake:
        zalo = channel(fake.url)
        await zalo.send(f"zalo:{OA}:anonymous/anon%2F1/cv_000123", PAYLOAD, "1:0")
        assert await zalo.history(f"zalo:{OA}:anonymous/anon%2F1/cv_000123", NOW) is None
        await zalo.close()
    (request,) = fake.requests
    assert request.path == V2
    assert request.content["recipient"] == {"anonymous_id": "anon/1", "conversation_id": "cv_000123"}


async def test_of_a_code_with_two_meanings_zalos_words_are_kept() -> None:
    result, _ = await verdict({"error": -32, "message": "OA rate limit of 3456789012345678901 reached"})
    assert (result.verdict, result.remark) == (SendVerdict.PAUSED, "OA rate limit of # reached")


PLAIN = [
    code for code, told in MEANINGS.items() if code not in {0, -235, -240} and told.verdict is not SendVerdict.TOKEN
]


@pytest.mark.parametrize("code", PLAIN)
async def test_every_code_of_the_table_has_its_verdict_and_is_not_repeated(code: int) -> None:
    result, paths = await verdict({"error": code, "message": "-"})
    assert (result.verdict, result.alarm, result.code) == (MEANINGS[code].verdict, MEANINGS[code].alarm, str(code))
    assert paths == [V3]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (-32, SendVerdict.PAUSED),
        (-200, SendVerdict.DOUBTFUL),
        (-201, SendVerdict.REFUSED),
        (-213, SendVerdict.CLOSED),
        (-230, SendVerdict.CLOSED),
        (-248, SendVerdict.REFUSED),
        (-99999, SendVerdict.REFUSED),
    ],
)
async def test_classes_of_the_reference(code: int, expected: SendVerdict) -> None:
    result, _ = await verdict({"error": code})
    assert result.verdict is expected


async def test_an_unknown_code_raises_an_alarm() -> None:
    result, _ = await verdict({"error": -77777})
    assert result.alarm == "unknown_code"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("close", SendVerdict.DOUBTFUL),
        (Raw(status=502, text="<html>"), SendVerdict.DOUBTFUL),
        (Raw(status=200, text="<html>"), SendVerdict.DOUBTFUL),
        (Raw(status=200, text="[]"), SendVerdict.DOUBTFUL),
        (Raw(status=500, text='{"error": -201}'), SendVerdict.DOUBTFUL),
        (Raw(status=200, text='{"error": "what"}'), SendVerdict.DOUBTFUL),
        (Raw(status=200, text='{"error": "-230"}'), SendVerdict.CLOSED),
        (Raw(status=429, text="slow", headers={"Retry-After": "7"}), SendVerdict.PAUSED),
        (Raw(status=302, headers={"Location": "https://example.invalid"}), SendVerdict.DOUBTFUL),
    ],
)
async def test_an_answer_that_tells_nothing_is_doubtful(answer: Any, expected: SendVerdict) -> None:
    result, paths = await verdict(answer)
    assert result.verdict is expected
    assert paths == [V3]
    if expected is SendVerdict.PAUSED:
        assert result.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize(
    ("limit", "left", "load"),
    [("4000", "4000", 0.0), ("4000", "400", 0.9), ("100", "0", 1.0), ("0", "0", 0.0), ("many", "1", 0.0)],
)
async def test_the_used_share_of_zalos_allowance_is_passed_on(limit: str, left: str, load: float) -> None:
    headers = {"X-RateLimit-Limit": limit, "X-RateLimit-Remain": left}
    for text in ('{"error": 0}', '{"error": -32}'):
        result, _ = await verdict(Raw(text=text, headers=headers))
        assert result.load == pytest.approx(load)


@pytest.mark.parametrize(
    ("told", "wait"),
    [("7", 7), (" 30 ", 30), ("9999999", None), ("soon", None), ("-5", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0)],
)
async def test_the_wait_that_is_asked_for_is_obeyed_in_seconds_or_as_a_date(told: str, wait: int | None) -> None:
    result, _ = await verdict(Raw(status=429, text="slow", headers={"Retry-After": told}))
    assert result.retry_after == (None if wait is None else timedelta(seconds=wait))


async def test_a_refused_connection_is_surely_not_sent() -> None:
    async with platform(OK) as fake:
        closed = fake.url
    zalo = channel(closed)
    assert (await zalo.send(CONVERSATION, PAYLOAD, "1:0")).verdict is SendVerdict.NOT_SENT
    await zalo.close()


async def test_an_answer_that_never_comes_is_doubtful() -> None:
    async with platform("hang") as fake:
        zalo = Zalo(
            Tokens(), app_id="1", oa_id=OA, webhook_keys=["k"], api_url=fake.url, timeout=timedelta(milliseconds=80)
        )
        assert (await zalo.send(CONVERSATION, PAYLOAD, "1:0")).verdict is SendVerdict.DOUBTFUL
        await zalo.close()


async def test_a_refused_token_is_renewed_once() -> None:
    tokens = Tokens()
    result, paths = await verdict({"error": -216}, OK, tokens=tokens)
    assert result.verdict is SendVerdict.SENT
    assert tokens.refused == ["t1"]
    assert paths == [V3, V3]


async def test_a_token_refused_twice_is_an_alarm() -> None:
    result, paths = await verdict({"error": -220}, tokens=Tokens())
    assert (result.verdict, result.alarm) == (SendVerdict.TOKEN, "token")
    assert len(paths) == 2


@pytest.mark.parametrize(
    ("error", "expected", "alarm"),
    [
        (TokenUnavailableError("later"), SendVerdict.NOT_SENT, ""),
        (TokenLostError("gone"), SendVerdict.TOKEN, "token"),
    ],
)
async def test_without_a_token_nothing_is_sent(error: Exception, expected: SendVerdict, alarm: str) -> None:
    result, _ = await verdict({"error": -216}, tokens=Tokens(fails=error))
    assert (result.verdict, result.alarm) == (expected, alarm)


@pytest.mark.parametrize(("first", "code", "second"), [(Endpoint.V3, -235, V2), (Endpoint.V2, -240, V3)])
async def test_the_other_endpoint_is_tried_once_and_remembered(first: Endpoint, code: int, second: str) -> None:
    remembered: list[str] = []

    async def remember(endpoint: str) -> None:
        remembered.append(endpoint)

    async with platform({"error": code}, OK) as fake:
        zalo = channel(fake.url, endpoint=first, remember=remember)
        results = [await zalo.send(CONVERSATION, PAYLOAD, f"1:{number}") for number in range(2)]
        await zalo.close()
    assert [result.verdict for result in results] == [SendVerdict.SENT] * 2
    assert fake.paths == [first.path, second, second]
    assert remembered == [first.other.value]


async def test_both_endpoints_refused_stops_with_an_alarm_and_remembers_nothing() -> None:
    async with platform({"error": -235}, {"error": -240}) as fake:
        zalo = channel(fake.url)
        result = await zalo.send(CONVERSATION, PAYLOAD, "1:0")
        assert (result.verdict, result.alarm) == (SendVerdict.PAUSED, "endpoint")
        assert fake.paths == [V3, V2]
        await zalo.send(CONVERSATION, PAYLOAD, "1:0")
        await zalo.close()
    assert fake.paths[2] == V3


async def test_an_error_other_than_the_switch_codes_never_changes_the_endpoint() -> None:
    _, paths = await verdict({"error": -200})
    assert paths == [V3]


def entry(number: int, src: int, at: datetime, **more: Any) -> Mapping[str, Any]:
    """One message of Zalo's history."""
    moment = round(at.timestamp() * 1000)
    return {"message_id": f"m{number}", "src": src, "time": moment, "type": "text", "message": f"Tin {number}", **more}


async def test_the_history_holds_our_own_messages_since_then() -> None:
    start = datetime(2026, 11, 22, 2, tzinfo=UTC)
    entries = [entry(number, number % 2, start + timedelta(seconds=number)) for number in range(4, -4, -1)]
    async with platform({"error": 0, "data": entries}) as fake:
        zalo = channel(fake.url)
        found = await zalo.history(CONVERSATION, start)
        await zalo.close()
    assert found is not None
    assert [(one.platform_id, one.text) for one in found] == [("m0", "Tin 0"), ("m2", "Tin 2"), ("m4", "Tin 4")]
    assert json.loads(fake.requests[0].query["data"]) == {"user_id": "7612345678901234567", "offset": 0, "count": 10}


async def test_a_longer_history_is_read_page_by_page() -> None:
    start = datetime(2026, 11, 22, 2, tzinfo=UTC)
    pages = [
        {"error": 0, "data": [entry(number, 0, start + timedelta(seconds=number)) for number in range(20, 10, -1)]},
        {"error": 0, "data": [entry(number, 0, start + timedelta(seconds=number)) for number in range(10, 5, -1)]},
    ]
    async with platform(*pages) as fake:
        zalo = channel(fake.url)
        found = await zalo.history(CONVERSATION, start)
        await zalo.close()
    assert found is not None
    assert [one.platform_id for one in found] == [f"m{number}" for number in range(6, 21)]


@pytest.mark.parametrize("answer", ["close", Raw(status=503), {"x": 1}, {"error": -32}])
async def test_a_history_that_may_come_later_is_told_apart_from_one_that_is_refused(answer: Any) -> None:
    async with platform(answer) as fake:
        zalo = channel(fake.url)
        with pytest.raises(NoAnswerError):
            await zalo.history(CONVERSATION, NOW)
        with pytest.raises(NoAnswerError):
            await anext(zalo.recent(NOW))
        await zalo.close()


@pytest.mark.parametrize("answer", [{"error": code} for code in (-230, -212, -223, -224, -235, 0)])
async def test_a_history_that_is_refused_is_none_not_empty(answer: Any) -> None:
    async with platform(answer) as fake:
        zalo = channel(fake.url)
        assert await zalo.history(CONVERSATION, NOW) is None
        assert [one async for one in zalo.recent(NOW)] == []
        await zalo.close()


async def test_what_was_missed_comes_back_as_the_events_it_would_have_been() -> None:
    start = datetime(2026, 11, 22, 2, tzinfo=UTC)
    other = "7612345678901234568"
    chats = [
        entry(9, 0, start + timedelta(seconds=9), from_id=OA, to_id="7612345678901234567"),
        entry(8, 1, start + timedelta(seconds=8), from_id=int(other), to_id=OA),
        entry(0, 1, start - timedelta(seconds=1), from_id="7612345678901234569"),
    ]
    first = [
        entry(9, 0, start + timedelta(seconds=9), from_id=OA),
        entry(7, 1, start + timedelta(seconds=7), from_id="7612345678901234567", type="photo", message=""),
        entry(1, 1, start + timedelta(seconds=1), from_id=7612345678901234567),
        entry(0, 1, start - timedelta(seconds=1), from_id="7612345678901234567"),
    ]
    second = [entry(8, 1, start + timedelta(seconds=8), from_id=other, type="something new")]
    pauses: list[None] = []
    seen: list[tuple[int, int]] = []

    async def pause() -> None:
        pauses.append(None)

    async with platform(*({"error": 0, "data": one} for one in (chats, first, second))) as fake:
        zalo = channel(fake.url)
        (told,) = [one async for one in zalo.recent(start, pause, lambda done, total: seen.append((done, total)))]
        await zalo.close()
    assert [(event.key, event.kind, event.conversation) for event in told.events] == [
        ("m1", EventKind.TEXT, CONVERSATION),
        ("m7", EventKind.ATTACHMENT, CONVERSATION),
        ("m8", EventKind.TEXT, f"zalo:{OA}:{other}"),
    ]
    assert len(pauses) == 3, "the list and both chats"
    assert (told.chats, told.unread, told.cut) == (2, 0, 0)
    assert seen == [(0, 2), (1, 2), (2, 2)]


async def test_the_oas_own_words_are_told_but_not_what_may_be_a_programs() -> None:
    """Nor anything without the citizen's id."""
    start = datetime(2026, 11, 22, 2, tzinfo=UTC)
    ways = {"from_id": OA, "to_id": 7612345678901234567}
    said = [
        entry(5, 0, start + timedelta(seconds=5), **ways, type="template"),
        entry(4, 0, start + timedelta(seconds=4), **ways, message=" "),
        entry(3, 0, start + timedelta(seconds=3), from_id=OA),
        entry(2, 0, start + timedelta(seconds=2), **ways),
        entry(1, 1, start + timedelta(seconds=1), from_id="7612345678901234567"),
    ]
    async with platform({"error": 0, "data": said[3:4]}, {"error": 0, "data": said}) as fake:
        zalo = channel(fake.url)
        (told,) = [one async for one in zalo.recent(start)]
        await zalo.close()
    assert [(one.key, one.kind, one.conversation, one.text) for one in told.events] == [
        ("m1", EventKind.TEXT, CONVERSATION, "Tin 1"),
        ("m2", EventKind.ECHO_OURS, CONVERSATION, "Tin 2"),
    ]


async def test_a_chat_that_cannot_be_read_does_not_lose_the_others() -> None:
    chats = [entry(number, 1, NOW, from_id=f"761234567890123456{number}") for number in (7, 8)]
    said = [entry(8, 1, NOW, from_id="7612345678901234568")]
    answers = ({"error": 0, "data": chats}, {"error": -32}, {"error": 0, "data": said})
    async with platform(*answers) as fake:
        zalo = channel(fake.url)
        (told,) = [one async for one in zalo.recent(NOW)]
        await zalo.close()
    assert [event.key for event in told.events] == ["m8"]
    assert (told.chats, told.unread) == (2, 1)


async def test_a_refused_token_is_renewed_for_the_history_too() -> None:
    tokens = Tokens()
    async with platform({"error": -216}, {"error": 0, "data": []}) as fake:
        zalo = channel(fake.url, tokens)
        assert await zalo.history(CONVERSATION, NOW) == []
        await zalo.close()
    assert tokens.refused == ["t1"]
