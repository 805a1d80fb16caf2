"""Faults as the real channels see them: what was accepted, and the verdict that the client draws."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from chatbot.channels.base import Channel, SendVerdict
from chatbot.channels.messenger.channel import Messenger
from chatbot.channels.zalo.channel import Zalo
from chatbot.simulator import FaultKind, MessengerPlatform, ZaloPlatform
from tests.simulator.echo_bot import GivenTokens

WHO = "7612345678901234567"
PATIENCE = timedelta(seconds=0.4)

BROKEN = [
    (FaultKind.ERROR_500, 0),
    (FaultKind.CLOSE, 0),
    (FaultKind.HANG, 0),
    (FaultKind.GARBAGE, 0),
    (FaultKind.ACCEPT_THEN_500, 1),
    (FaultKind.ACCEPT_THEN_DROP, 1),
    (FaultKind.ACCEPT_THEN_HALF, 1),
    (FaultKind.ACCEPT_THEN_HANG, 1),
]


@pytest.fixture
async def zalo_channel(zalo: ZaloPlatform) -> AsyncIterator[Zalo]:
    account = zalo.account
    channel = Zalo(
        GivenTokens(zalo),
        app_id=account.app_id,
        oa_id=account.oa_id,
        webhook_keys=[account.oa_secret_key],
        api_url=zalo.url,
        timeout=PATIENCE,
    )
    yield channel
    await channel.close()


@pytest.fixture
async def messenger_channel(messenger: MessengerPlatform) -> AsyncIterator[Messenger]:
    account = messenger.account
    channel = Messenger(
        page_id=account.page_id,
        app_id=account.app_id,
        app_secrets=[account.app_secret],
        verify_tokens=[account.verify_token],
        page_access_token=account.page_access_token,
        api_url=messenger.url,
        timeout=PATIENCE,
    )
    yield channel
    await channel.close()


async def send(channel: Channel, text: str = "Dạ") -> SendVerdict:
    payload = {"message": {"text": text}}
    if isinstance(channel, Messenger):
        payload = {"messaging_type": "RESPONSE", **payload}  # type: ignore[dict-item]
    return (await channel.send(f"{channel.name}:1:{WHO}", payload, "out:1")).verdict


@pytest.mark.parametrize(("kind", "accepted"), BROKEN)
async def test_a_broken_zalo_answer_is_doubtful(
    zalo: ZaloPlatform, zalo_channel: Zalo, kind: FaultKind, accepted: int
) -> None:
    zalo.faults.next(kind)
    assert await send(zalo_channel) is SendVerdict.DOUBTFUL
    assert len(zalo.sent) == accepted
    assert await send(zalo_channel, "lần hai") is SendVerdict.SENT


@pytest.mark.parametrize(("kind", "accepted"), BROKEN)
async def test_a_broken_messenger_answer_is_doubtful(
    messenger: MessengerPlatform, messenger_channel: Messenger, kind: FaultKind, accepted: int
) -> None:
    messenger.faults.next(kind)
    assert await send(messenger_channel) is SendVerdict.DOUBTFUL
    assert len(messenger.sent) == accepted
    assert await send(messenger_channel, "lần hai") is SendVerdict.SENT


async def test_codes_are_told_as_asked(zalo: ZaloPlatform, zalo_channel: Zalo) -> None:
    zalo.faults.next(FaultKind.CODE, code=-32, times=2)
    verdicts = [await send(zalo_channel), await send(zalo_channel), await send(zalo_channel)]
    assert verdicts == [SendVerdict.PAUSED, SendVerdict.PAUSED, SendVerdict.SENT]


async def test_typing_does_not_use_up_a_fault_for_messages(
    messenger: MessengerPlatform, messenger_channel: Messenger
) -> None:
    messenger.faults.next(FaultKind.CODE, code=613)
    await messenger_channel.signal(f"messenger:1:{WHO}")
    assert [action for _, action in messenger.api.signals] == ["mark_seen", "typing_on"]
    assert await send(messenger_channel) is SendVerdict.PAUSED


async def test_a_send_that_lost_its_answer_is_found_in_the_history(
    messenger: MessengerPlatform, messenger_channel: Messenger, zalo: ZaloPlatform, zalo_channel: Zalo
) -> None:
    long_ago = datetime(2026, 11, 22, tzinfo=UTC)
    for platform, channel in ((messenger, messenger_channel), (zalo, zalo_channel)):
        platform.faults.next(FaultKind.ACCEPT_THEN_DROP)
        await send(channel, "Dạ em đây")
        history = await channel.history(f"{channel.name}:1:{WHO}", long_ago)
        assert history is not None
        assert [one.text for one in history] == ["Dạ em đây"]


async def test_the_control_route_orders_faults(
    zalo: ZaloPlatform, zalo_channel: Zalo, http: aiohttp.ClientSession
) -> None:
    route = f"{zalo.url}/_control/faults"
    async with http.post(route, json={"kind": "code", "code": -211, "times": 2}) as response:
        assert len((await response.json())["send"]) == 2
    assert await send(zalo_channel) is SendVerdict.PAUSED
    async with http.post(route, json={"kind": "earthquake"}) as response:
        assert response.status == 400
    async with http.delete(route) as response:
        assert await response.json() == {}
    assert await send(zalo_channel) is SendVerdict.SENT
