"""Our channels against the simulated platforms over real HTTP: two readings of the references that must agree."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from chatbot.channels.base import SendVerdict
from chatbot.channels.messenger.channel import Messenger
from chatbot.channels.messenger.profile import FIELDS, Profile
from chatbot.channels.transport import NOT_AFTER
from chatbot.channels.zalo.channel import Zalo
from chatbot.channels.zalo.grant import TokenState
from chatbot.channels.zalo.tokens import ZaloApp, ZaloTokens
from chatbot.model import Action, EventKind, Outcome, Part, Reply, SayButton
from chatbot.simulator.messenger_platform import MessengerPlatform
from chatbot.simulator.zalo_api import Endpoint
from chatbot.simulator.zalo_platform import ZaloPlatform
from tests.channels.zalo.fakes import MemoryTokens

CITIZEN = "7612345678901234567"
ANSWER = Reply(outcome=Outcome.ANSWERED_FAQ, parts=(Part("Chào anh/chị", (SayButton("Lương hưu", Action("menu")),)),))


def utc_now() -> datetime:
    """The platforms run on the real clock here."""
    return datetime.now(UTC)


@pytest.fixture
async def oa() -> AsyncIterator[ZaloPlatform]:
    """Zalo."""
    platform = ZaloPlatform(now=utc_now)
    await platform.start()
    yield platform
    await platform.close()


@pytest.fixture
async def tokens(oa: ZaloPlatform) -> AsyncIterator[ZaloTokens]:
    """The grant of the OA."""
    app = ZaloApp(id=oa.account.app_id, secret=oa.account.app_secret, oauth_url=oa.url)
    seed = oa.grant.refresh_token
    grant = ZaloTokens(MemoryTokens(), app, oa_id=oa.account.oa_id, now=utc_now, seed_refresh=seed)
    yield grant
    await grant.close()


@pytest.fixture
async def zalo(oa: ZaloPlatform, tokens: ZaloTokens) -> AsyncIterator[Zalo]:
    """Our side."""
    account = oa.account
    keys = (account.oa_secret_key,)
    channel = Zalo(tokens, app_id=account.app_id, oa_id=account.oa_id, webhook_keys=keys, api_url=oa.url)
    yield channel
    await channel.close()


async def test_a_send_that_comes_too_late_leaves_no_byte(oa: ZaloPlatform, zalo: Zalo) -> None:
    """Its sender was frozen after it had made sure that the conversation is its own."""
    conversation = f"zalo:{oa.account.oa_id}:{CITIZEN}"
    (payload,) = zalo.render(ANSWER)
    for late, verdict in ((-1, SendVerdict.NOT_SENT), (60, SendVerdict.SENT)):
        NOT_AFTER.set(monotonic() + late)
        assert (await zalo.send(conversation, payload, "1:0")).verdict is verdict
    assert len(oa.sent) == 1


async def test_zalo_takes_an_answer_and_remembers_it(oa: ZaloPlatform, zalo: Zalo) -> None:
    conversation = f"zalo:{oa.account.oa_id}:{CITIZEN}"
    since = utc_now() - timedelta(seconds=1)
    (payload,) = zalo.render(ANSWER)
    result = await zalo.send(conversation, payload, "1:0")
    assert (result.verdict, result.platform_id) == (SendVerdict.SENT, oa.sent[0].id)
    found = await zalo.history(conversation, since)
    assert found is not None
    assert [(one.platform_id, one.text) for one in found] == [(result.platform_id, "Chào anh/chị")]


async def test_zalo_is_answered_after_the_access_token_died(oa: ZaloPlatform, zalo: Zalo, tokens: ZaloTokens) -> None:
    conversation = f"zalo:{oa.account.oa_id}:{CITIZEN}"
    (payload,) = zalo.render(ANSWER)
    await zalo.send(conversation, payload, "1:0")
    oa.grant.expire_access()
    assert (await zalo.send(conversation, payload, "1:1")).verdict is SendVerdict.SENT
    assert (tokens.state, len(oa.sent), len(oa.grant.spent)) == (TokenState.GOOD, 2, 2)


async def test_a_state_agency_is_answered_through_the_old_endpoint(oa: ZaloPlatform, zalo: Zalo) -> None:
    oa.closed.add(Endpoint.V3)
    (payload,) = zalo.render(ANSWER)
    results = [await zalo.send(f"zalo:{oa.account.oa_id}:{CITIZEN}", payload, f"1:{number}") for number in range(2)]
    assert [result.verdict for result in results] == [SendVerdict.SENT] * 2
    assert [sent.endpoint for sent in oa.sent] == [Endpoint.V2] * 2


async def test_what_was_missed_while_down_is_read_from_zalo(oa: ZaloPlatform, zalo: Zalo) -> None:
    since = utc_now() - timedelta(seconds=1)
    for citizen, text in ((CITIZEN, "một"), (CITIZEN, "hai"), ("7612345678901234568", "ba")):
        await oa.text(citizen, text)
    (told,) = [one async for one in zalo.recent(since)]
    assert sorted(event.text for event in told.events) == ["ba", "hai", "một"]


async def test_what_zalo_signs_is_read(oa: ZaloPlatform, zalo: Zalo) -> None:
    text = oa.events.said(CITIZEN, "text", {"text": "Chào", "msg_id": "m1"})
    staff = oa.events.echo(CITIZEN, {"text": "Em đây ạ", "msg_id": "m2"}, admin="8812345678901230001")
    kinds = []
    for told in (text, staff, oa.events.follow(CITIZEN), oa.events.seen(CITIZEN, ["m2"]), oa.events.revoked()):
        raw, headers = oa.events.signed(told)
        zalo.verify(raw, headers)
        kinds += [event.kind for event in zalo.parse(raw).events]
    assert kinds == [EventKind.TEXT, EventKind.ECHO_STAFF, EventKind.OPENED, EventKind.SEEN, EventKind.REVOKED]


async def test_the_consent_of_an_admin_becomes_a_grant(oa: ZaloPlatform, tokens: ZaloTokens) -> None:
    verifier = "v" * 43
    challenge = tokens.consent_url("https://bhxh.example/cb", verifier, "st").partition("code_challenge=")[2]
    await tokens.exchange_code(oa.grant.consent(challenge.partition("&")[0]), verifier)
    assert oa.grant.accepts(await tokens.access())


@pytest.fixture
async def page() -> AsyncIterator[MessengerPlatform]:
    """Meta."""
    platform = MessengerPlatform(now=utc_now)
    await platform.start()
    yield platform
    await platform.close()


@pytest.fixture
async def messenger(page: MessengerPlatform) -> AsyncIterator[Messenger]:
    """Our side."""
    account = page.account
    channel = Messenger(
        page_id=account.page_id,
        app_id=account.app_id,
        app_secrets=(account.app_secret,),
        verify_tokens=(account.verify_token,),
        page_access_token=account.page_access_token,
        api_url=page.url,
    )
    yield channel
    await channel.close()


async def test_meta_takes_an_answer_and_remembers_it(page: MessengerPlatform, messenger: Messenger) -> None:
    conversation = f"messenger:{page.account.page_id}:{CITIZEN}"
    since = utc_now()
    await messenger.signal(conversation)
    (payload,) = messenger.render(ANSWER)
    result = await messenger.send(conversation, payload, "1:0")
    assert (result.verdict, result.platform_id) == (SendVerdict.SENT, page.sent[0].id)
    assert page.sent[0].metadata == "1:0"
    found = await messenger.history(conversation, since)
    assert found is not None
    assert [(one.platform_id, one.text) for one in found] == [(result.platform_id, "Chào anh/chị")]


async def test_a_dead_page_token_is_an_alarm(page: MessengerPlatform, messenger: Messenger) -> None:
    page.expire_token()
    (payload,) = messenger.render(ANSWER)
    result = await messenger.send(f"messenger:{page.account.page_id}:{CITIZEN}", payload, "1:0")
    assert (result.verdict, result.alarm) == (SendVerdict.TOKEN, "token")


async def test_what_meta_signs_is_read(page: MessengerPlatform, messenger: Messenger) -> None:
    said = page.events.said(CITIZEN, {"mid": "m1", "text": "Chào"})
    tapped = page.events.postback(CITIZEN, "Lương hưu", Action("menu").pack(), "m2")
    raw, headers = page.events.signed(page.events.batch(said, tapped, page.events.read(CITIZEN)))
    messenger.verify(raw, headers)
    parsed = messenger.parse(raw)
    assert [event.kind for event in parsed.events] == [EventKind.TEXT, EventKind.ACTION, EventKind.SEEN]


async def test_profile_and_subscription_are_taken(page: MessengerPlatform, messenger: Messenger) -> None:
    menu = (SayButton("Về trang đầu", Action("menu")),)
    await messenger.set_profile(Profile(greeting="Xin chào", menu=menu, ice_breakers=menu))
    await messenger.subscribe_page()
    assert page.api.profile["get_started"] == {"payload": "GET_STARTED"}
    assert page.api.subscribed == FIELDS
