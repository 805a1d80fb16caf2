"""Every act of a citizen, an officer or an administrator is read by the real channels as what it is."""

from collections.abc import Awaitable, Callable

import pytest

from chatbot.channels.messenger.parse import MessengerParser
from chatbot.channels.zalo.parse import ZaloParser
from chatbot.model import Attachment, Event, EventKind
from chatbot.simulator import MessengerPlatform, Receipts, ZaloPlatform
from chatbot.simulator.courier import Delivery
from tests.simulator.conftest import Webhook

WHO = "7612345678901234567"

ZaloAct = Callable[[ZaloPlatform], Awaitable[Delivery]]
MessengerAct = Callable[[MessengerPlatform], Awaitable[Delivery]]


def read_zalo(zalo: ZaloPlatform, webhook: Webhook) -> list[Event]:
    parser = ZaloParser(zalo.account.app_id, zalo.account.oa_id, zalo.now)
    return [event for raw, _ in webhook.requests for event in parser.parse(raw).events]


def read_messenger(page: MessengerPlatform, webhook: Webhook) -> list[Event]:
    parser = MessengerParser(page.account.page_id, page.account.app_id, frozenset(), page.now)
    return [event for raw, _ in webhook.requests for event in parser.parse(raw).events]


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (lambda zalo: zalo.text(WHO, "chào em"), EventKind.TEXT),
        (lambda zalo: zalo.text(WHO, "câu này ạ", quote="abc"), EventKind.TEXT),
        (lambda zalo: zalo.tap(WHO, "#bhxh1/menu", label="Menu"), EventKind.ACTION),
        (lambda zalo: zalo.tap(WHO, "#bhxh1/menu", shown="#bhxh1/menu"), EventKind.ACTION),
        (lambda zalo: zalo.attachment(WHO, "audio"), EventKind.ATTACHMENT),
        (lambda zalo: zalo.anonymous_text("anon_1", "cv_1", "hỏi nhờ"), EventKind.TEXT),
        (lambda zalo: zalo.follow(WHO), EventKind.OPENED),
        (lambda zalo: zalo.chat_now(WHO), EventKind.OPENED),
        (lambda zalo: zalo.unfollow(WHO), EventKind.UNFOLLOWED),
        (lambda zalo: zalo.withdraw(WHO), EventKind.WITHDRAWN),
        (lambda zalo: zalo.revoke(), EventKind.REVOKED),
        (lambda zalo: zalo.staff(WHO, "Em là cán bộ."), EventKind.ECHO_STAFF),
    ],
)
async def test_zalo_acts(zalo: ZaloPlatform, webhook: Webhook, act: ZaloAct, kind: EventKind) -> None:
    assert (await act(zalo)).accepted
    assert [event.kind for event in read_zalo(zalo, webhook)] == [kind]


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (lambda page: page.text(WHO, "chào em"), EventKind.TEXT),
        (lambda page: page.text(WHO, "câu này ạ", reply_to="m_1"), EventKind.TEXT),
        (lambda page: page.quick_reply(WHO, "Menu", "#bhxh1/menu"), EventKind.ACTION),
        (lambda page: page.postback(WHO, "Menu", "#bhxh1/menu"), EventKind.ACTION),
        (lambda page: page.get_started(WHO), EventKind.OPENED),
        (lambda page: page.referral(WHO, "qr_mot_cua_01"), EventKind.OPENED),
        (lambda page: page.attachment(WHO, "image"), EventKind.ATTACHMENT),
        (lambda page: page.staff(WHO, "Em là cán bộ."), EventKind.ECHO_STAFF),
        (lambda page: page.staff(WHO, "Em là cán bộ.", app_id=None), EventKind.ECHO_STAFF),
    ],
)
async def test_messenger_acts(
    messenger: MessengerPlatform, webhook: Webhook, act: MessengerAct, kind: EventKind
) -> None:
    assert (await act(messenger)).accepted
    assert [event.kind for event in read_messenger(messenger, webhook)] == [kind]


async def test_a_messenger_sticker_is_the_thumb(messenger: MessengerPlatform, webhook: Webhook) -> None:
    await messenger.attachment(WHO, "sticker")
    assert read_messenger(messenger, webhook)[0].attachments == (Attachment.THUMBS_UP,)


async def test_a_batch_holds_several_people(messenger: MessengerPlatform, webhook: Webhook) -> None:
    events = messenger.events
    await messenger.deliver(
        events.said("1", {"mid": "m_1", "text": "một"}), events.said("2", {"mid": "m_2", "text": "hai"})
    )
    assert [event.text for event in read_messenger(messenger, webhook)] == ["một", "hai"]


async def test_times_never_repeat_while_the_clock_stands(zalo: ZaloPlatform, webhook: Webhook) -> None:
    for text in ("một", "hai", "ba"):
        await zalo.text(WHO, text)
    moments = [event.at for event in read_zalo(zalo, webhook)]
    assert moments == sorted(set(moments))


async def test_receipts_follow_when_switched_on(messenger: MessengerPlatform, webhook: Webhook) -> None:
    messenger.receipts = Receipts.ON
    body = {"recipient": {"id": WHO}, "messaging_type": "RESPONSE", "message": {"text": "Dạ", "metadata": "out:1"}}
    sent = messenger.api.take(WHO, body)
    await messenger.settle()
    events = read_messenger(messenger, webhook)
    assert [event.kind for event in events] == [EventKind.ECHO_OURS, EventKind.DELIVERED, EventKind.SEEN]
    assert events[0].platform_id == sent.id
    assert await messenger.until_sent(1) == [sent]
    with pytest.raises(TimeoutError):
        await messenger.until_sent(2, seconds=0)
