"""A bot of a few lines behind the real channels and the real webhook routes, for tests of the simulator."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from aiohttp import web

from chatbot.channels.base import Channel, ChannelSet, SendResult
from chatbot.channels.messenger.channel import Messenger
from chatbot.channels.zalo.channel import Zalo
from chatbot.model import (
    Action,
    CallButton,
    ChannelName,
    Event,
    EventKind,
    LinkButton,
    Outcome,
    Part,
    Reply,
    SayButton,
    Source,
)
from chatbot.observe import Alarms, make_metrics
from chatbot.simulator import MessengerPlatform, Simulator, TurnView, ZaloPlatform
from chatbot.webhook.keys import EDGE, Edge, Readiness
from chatbot.webhook.routes import add_routes
from tests.listening import listening

CHOICES = (
    SayButton("Nữ nghỉ năm nào", Action("faq", {"id": "huu_tuoi", "sex": "nu"})),
    SayButton("Giấy tờ cần có", Action("faq", {"id": "huu_ho_so"})),
    SayButton("Gặp nhân viên", Action("human")),
)
ANSWER = (
    "Năm 2026, lao động nam nghỉ hưu khi đủ 61 tuổi 6 tháng, lao động nữ khi đủ 57 tuổi.\n\n"
    "Mỗi năm tuổi nghỉ hưu tăng thêm 3 tháng với nam và 4 tháng với nữ.\n\n"
    "Căn cứ: Điều 169 Bộ luật Lao động 2019 · cập nhật 22/11/2026"
)
LINKS = (
    LinkButton("Mở cổng dịch vụ", "https://dichvucong.baohiemxahoi.gov.vn"),
    CallButton("Gọi 1900.9068", "1900.9068"),
)
ANSWERED = (EventKind.TEXT, EventKind.ACTION, EventKind.ATTACHMENT, EventKind.OPENED)


def reply_to(event: Event) -> Reply:
    """The bot's whole wit."""
    if event.kind is EventKind.ACTION and event.action is not None:
        return _say(f"Anh/chị đã chọn {event.action.name} {event.action.args.get('id', '')}".strip())
    if event.kind is EventKind.ATTACHMENT:
        return _say(f"Em chưa xem được {event.attachments[0].value} ạ, anh/chị gõ câu hỏi giúp em nhé.")
    if event.kind is EventKind.OPENED:
        return _say("Chào anh/chị, em là trợ lý tự động của BHXH Việt Nam.", *CHOICES)
    if "cổng" in event.text:
        return _say("Anh/chị nộp hồ sơ trên Cổng dịch vụ công, hoặc gọi tổng đài ạ.", *LINKS)
    if "dài" in event.text:
        return _say("Một câu trả lời rất dài.\n\n" * 40, *CHOICES)
    if "hưu" in event.text:
        return _say(ANSWER, *CHOICES)
    return _say(f"Anh/chị vừa nhắn: {event.text}")


def _say(text: str, *buttons: SayButton | LinkButton | CallButton) -> Reply:
    source = Source("Bộ luật Lao động 2019", "Điều 169")
    return Reply(
        outcome=Outcome.ANSWERED_FAQ,
        parts=(Part(text, buttons),),
        sources=(source,),
        checked_on=date(2026, 11, 22),
    )


@dataclass(slots=True)
class EchoBot:
    """Answers every event at once; `got` and `results` are what it saw."""

    channels: ChannelSet
    got: list[Event] = field(default_factory=list)
    results: list[SendResult] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)

    async def accept(self, events: Sequence[Event]) -> None:
        """The intake: no queue, no store."""
        for event in events:
            self.got.append(event)
            if event.kind is EventKind.ECHO_STAFF:
                self.silent.add(event.conversation)
            if event.kind in ANSWERED and event.conversation not in self.silent:
                await self._answer(self.channels[event.channel], event)

    def kinds(self) -> list[EventKind]:
        """What arrived, in order."""
        return [event.kind for event in self.got]

    async def explain(self, conversation: str) -> TurnView | None:
        """The last turn, as the drawer shows it."""
        mine = [one for one in self.got if one.conversation == conversation and one.kind in ANSWERED]
        if not mine:
            return None
        return {
            "text": mine[-1].text,
            "intent": "huu_tuoi",
            "title": "Bao nhiêu tuổi thì nghỉ hưu?",
            "candidates": [
                {"intent": "huu_tuoi", "title": "Bao nhiêu tuổi thì nghỉ hưu?", "confidence": 0.94},
                {"intent": "huu_truoc_tuoi", "title": "Nghỉ hưu trước tuổi bị trừ bao nhiêu?", "confidence": 0.31},
                {"intent": "huu_so_nam_dong", "title": "", "confidence": 0.12},
            ],
            "outcome": "answered_faq",
            "flow": "",
            "state": "",
            "steps": {"safety": 0.21, "understand": 1.34, "dispatch": 0.4, "check_reply": 0.18},
            "sources": [{"document": "Bộ luật Lao động 2019", "place": "Điều 169", "url": ""}],
            "checked_on": "2026-11-22",
        }

    async def _answer(self, channel: Channel, event: Event) -> None:
        await channel.signal(event.conversation)
        for payload in channel.render(reply_to(event)):
            self.results.append(await channel.send(event.conversation, payload, f"out:{event.key}"))


@dataclass(slots=True)
class GivenTokens:
    """An access token straight from the platform's grant."""

    zalo: ZaloPlatform

    async def access(self) -> str:
        """The living token."""
        return self.zalo.grant.access_token or self.zalo.grant.issue()["access_token"]

    async def renew(self, refused: str) -> str:
        """Another one."""
        return self.zalo.grant.issue()["access_token"]


def zalo_channel(zalo: ZaloPlatform) -> Zalo:
    """The real channel, pointed at the platform."""
    account = zalo.account
    keys = (account.oa_secret_key,)
    return Zalo(GivenTokens(zalo), app_id=account.app_id, oa_id=account.oa_id, webhook_keys=keys, api_url=zalo.url)


def messenger_channel(messenger: MessengerPlatform) -> Messenger:
    """The real channel, pointed at the platform."""
    account = messenger.account
    return Messenger(
        page_id=account.page_id,
        app_id=account.app_id,
        app_secrets=(account.app_secret,),
        verify_tokens=(account.verify_token,),
        page_access_token=account.page_access_token,
        api_url=messenger.url,
    )


@asynccontextmanager
async def echo_bot(simulator: Simulator) -> AsyncIterator[tuple[str, EchoBot]]:
    """The bot and the simulator's page on one loopback port: yields its address and the bot."""
    zalo, messenger = simulator.platforms.zalo, simulator.platforms.messenger
    channels = ChannelSet({ChannelName.ZALO: zalo_channel(zalo), ChannelName.MESSENGER: messenger_channel(messenger)})
    bot = EchoBot(channels)
    metrics = make_metrics()
    app = web.Application()
    app[EDGE] = Edge(
        channels=channels,
        intake=bot,
        protect=lambda event: event,
        metrics=metrics,
        alarms=Alarms(metrics),
        readiness=Readiness,
        now=lambda: datetime.now(UTC),
        budget_s=5,
        read_timeout_s=5,
    )
    add_routes(app)
    simulator.routes(app, bot.explain)
    async with AsyncExitStack() as undo:
        for channel in channels.by_name.values():
            undo.push_async_callback(channel.close)
        origin = await undo.enter_async_context(listening(app))
        undo.push_async_callback(simulator.close)
        zalo.courier.url = f"{origin}/webhooks/zalo"
        messenger.courier.url = f"{origin}/webhooks/messenger"
        yield origin, bot
