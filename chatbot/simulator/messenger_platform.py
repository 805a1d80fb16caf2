"""Messenger played locally: a Page as a real HTTP server, and the signed webhooks that a citizen's acts cause."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from chatbot.simulator.account import Echoes, Receipts, Sent
from chatbot.simulator.courier import Courier, Delivery
from chatbot.simulator.faults import Faults
from chatbot.simulator.messenger_api import MessengerAccount, MessengerApi, new_id, operation_of, refuse_fault
from chatbot.simulator.messenger_events import ATTACHMENTS, INBOX_APP_ID, Item, MessengerEvents
from chatbot.simulator.platform import Platform
from chatbot.simulator.server import PlatformServer
from chatbot.simulator.threads import Entry, Side, State, Threads

GET_STARTED = "GET_STARTED"


class MessengerPlatform(Platform):
    """One Page. `sent` is every message it accepted; `faults` spoils calls.

    People nobody has met are accepted (their window counts as open); one who blocked the Page is refused with 551 and
    one who was silent for 24 hours with 10/2018278. Code calls `start`, then `text`, `quick_reply`, `postback`...; each
    returns when the bot's webhook has answered. `settle` waits for echoes and receipts.
    """

    def __init__(
        self,
        *,
        webhook_url: str = "",
        account: MessengerAccount | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        ladder: Sequence[timedelta] = (),
        echoes: Echoes = Echoes.SENT,
        receipts: Receipts = Receipts.OFF,
    ) -> None:
        self.account = account or MessengerAccount()
        self.now = now
        self.echoes = echoes
        self.receipts = receipts
        self.faults = Faults()
        threads = Threads()
        account_ids = (self.account.page_id, self.account.app_id, self.account.app_secret)
        self.events = MessengerEvents(*account_ids, now)
        server = PlatformServer(self.faults, refuse_fault, operation_of)
        self.api = MessengerApi(self.account, threads, self.events.stamps, now, self._accepted)
        self.api.add_routes(server.app)
        super().__init__(server, Courier(webhook_url, ladder), threads, self.api.sent)

    def environment(self) -> dict[str, str]:
        """The settings of a bot that shall talk to this Page."""
        return {
            "MESSENGER_PAGE_ID": self.account.page_id,
            "MESSENGER_APP_ID": self.account.app_id,
            "MESSENGER_APP_SECRET": self.account.app_secret,
            "MESSENGER_VERIFY_TOKEN": self.account.verify_token,
            "MESSENGER_PAGE_ACCESS_TOKEN": self.account.page_access_token,
            "MESSENGER_API_URL": self.url,
        }

    def expire_token(self) -> None:
        """The Page token is refused with 190 from now on."""
        self.api.revoked.add(self.account.page_access_token)

    async def deliver(self, *items: Item) -> Delivery:
        """Sign a batch of items of any shape and post it to the bot."""
        raw, headers = self.events.signed(self.events.batch(*items))
        return await self.courier.deliver(raw, headers)

    async def text(self, citizen: str, text: str, reply_to: str = "") -> Delivery:
        """The citizen writes; `reply_to` is the id of the message answered."""
        message: dict[str, Any] = {"mid": new_id(), "text": text}
        if reply_to:
            message["reply_to"] = {"mid": reply_to}
        return await self._says(citizen, message, text)

    async def quick_reply(self, citizen: str, title: str, payload: str) -> Delivery:
        """Tap a quick reply: a message with the title as text."""
        message = {"mid": new_id(), "text": title, "quick_reply": {"payload": payload}}
        return await self._says(citizen, message, title)

    async def postback(self, citizen: str, title: str, payload: str) -> Delivery:
        """Tap a button of a template, of the menu, or an ice breaker."""
        number = new_id()
        return await self._posts(citizen, number, title, self.events.postback(citizen, title, payload, number))

    async def get_started(self, citizen: str) -> Delivery:
        """Tap "Bắt đầu"."""
        return await self.postback(citizen, "Bắt đầu", GET_STARTED)

    async def referral(self, citizen: str, ref: str) -> Delivery:
        """Come back into the conversation through an m.me link or a QR code."""
        self.threads.of(citizen).met_at = self.now()
        self.threads.touch()
        return await self.deliver(self.events.referral(citizen, ref))

    async def attachment(self, citizen: str, kind: str) -> Delivery:
        """Send a picture, voice message, sticker (the thumb), file or location (a key of ATTACHMENTS)."""
        one = {"type": kind, "payload": dict(ATTACHMENTS[kind])}
        return await self._says(citizen, {"mid": new_id(), "attachments": [one]}, "", attachment=kind)

    async def block(self, citizen: str) -> None:
        """The citizen blocks the Page; Messenger sends no webhook for it."""
        self.threads.of(citizen).blocked = True
        self.threads.add(citizen, Entry(id=new_id(), side=Side.NOTE, at=self.now(), text="Anh/chị đã chặn trang"))

    async def staff(self, citizen: str, text: str, app_id: int | None = INBOX_APP_ID) -> Delivery:
        """A person answers from the Page's inbox: an echo of another app, without our metadata."""
        entry = Entry(id=new_id(), side=Side.STAFF, at=self.now(), text=text)
        self.threads.add(citizen, entry)
        return await self.deliver(self.events.echo(citizen, entry.id, {"text": text}, app_id))

    async def seen(self, citizen: str) -> Delivery:
        """The citizen reads what came."""
        thread = self.threads.of(citizen)
        unread = [one.id for one in thread.entries if one.side is Side.BOT and one.state is not State.SEEN]
        for number in unread:
            thread.mark(number, State.SEEN)
        self.threads.touch()
        return await self.deliver(self.events.read(citizen)) if unread else Delivery(200, 0)

    async def _says(self, citizen: str, message: dict[str, Any], text: str, attachment: str = "") -> Delivery:
        number = str(message["mid"])
        return await self._posts(citizen, number, text, self.events.said(citizen, message), attachment)

    async def _posts(self, citizen: str, number: str, text: str, item: Item, attachment: str = "") -> Delivery:
        entry = Entry(
            id=number, side=Side.CITIZEN, at=self.now(), text=text, attachment=attachment, state=State.SENDING
        )
        thread = self.threads.of(citizen)
        thread.met_at = self.now()
        thread.blocked = False
        self.threads.add(citizen, entry)
        delivery = await self.deliver(item)
        thread.delivered(number, accepted=delivery.accepted)
        self.threads.touch()
        return delivery

    def _accepted(self, sent: Sent) -> None:
        if self.echoes is Echoes.SENT:
            self.courier.later(self._confirm(sent))

    async def _confirm(self, sent: Sent) -> None:
        """The echo with our app's id and metadata, then the receipts if they are switched on."""
        shown = {key: sent.message[key] for key in ("text", "metadata", "quick_replies") if key in sent.message}
        if "attachment" in sent.message:
            shown["attachments"] = [sent.message["attachment"]]
        app_id = int(self.account.app_id)
        await self.deliver(self.events.echo(sent.citizen, sent.id, shown, app_id))
        if self.receipts is Receipts.ON:
            await self.deliver(self.events.delivered(sent.citizen, [sent.id]))
            await self.seen(sent.citizen)
