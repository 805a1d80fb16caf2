"""Zalo played locally: an OA as a real HTTP server, and the webhooks that a citizen's acts cause."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from chatbot.simulator.account import Echoes, Receipts, Sent
from chatbot.simulator.courier import Courier, Delivery
from chatbot.simulator.faults import Faults
from chatbot.simulator.platform import Platform
from chatbot.simulator.server import PlatformServer
from chatbot.simulator.threads import Entry, Side, State, Threads
from chatbot.simulator.zalo_api import Endpoint, ZaloAccount, ZaloApi, new_id, operation_of, refuse_fault
from chatbot.simulator.zalo_events import ATTACHMENTS, Event, ZaloEvents
from chatbot.simulator.zalo_grant import ZaloGrant
from chatbot.simulator.zalo_rules import buttons

ADMIN_ID: Final = "8812345678901230001"


class ZaloPlatform(Platform):
    """One OA. `sent` is every message it accepted; `faults` spoils calls; `closed` endpoints answer -235 or -240.

    Citizens nobody has met are accepted (their window counts as open); one who blocked the OA is refused with -244 and
    one who was silent for 7 days with -230. Code calls `start`, then `text`, `tap`, `follow`...; each returns when the
    bot's webhook has answered. `settle` waits for echoes and receipts.
    """

    def __init__(
        self,
        *,
        webhook_url: str = "",
        account: ZaloAccount | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        ladder: Sequence[timedelta] = (),
        echoes: Echoes = Echoes.SENT,
        receipts: Receipts = Receipts.OFF,
    ) -> None:
        self.account = account or ZaloAccount()
        self.now = now
        self.echoes = echoes
        self.receipts = receipts
        self.faults = Faults()
        threads = Threads()
        self.grant = ZaloGrant(self.account.app_id, self.account.app_secret, now)
        self.events = ZaloEvents(self.account.app_id, self.account.oa_id, self.account.oa_secret_key, now)
        server = PlatformServer(self.faults, refuse_fault, operation_of)
        self.api = ZaloApi(self.account, self.grant, threads, self.events.stamps, now, self._accepted)
        self.api.add_routes(server.app)
        super().__init__(server, Courier(webhook_url, ladder), threads, self.api.sent)

    @property
    def closed(self) -> set[Endpoint]:
        """Endpoints that refuse this OA: V3 answers -235, V2 answers -240."""
        return self.api.closed

    def environment(self) -> dict[str, str]:
        """The settings of a bot that shall talk to this OA."""
        return {
            "ZALO_APP_ID": self.account.app_id,
            "ZALO_APP_SECRET": self.account.app_secret,
            "ZALO_OA_ID": self.account.oa_id,
            "ZALO_OA_SECRET_KEY": self.account.oa_secret_key,
            "ZALO_REFRESH_TOKEN": self.grant.refresh_token,
            "ZALO_API_URL": self.url,
            "ZALO_OAUTH_URL": self.url,
        }

    # --- what a citizen, an officer and the app do -------------------------------------------------------------------

    async def deliver(self, event: Event) -> Delivery:
        """Sign an event of any shape and post it to the bot."""
        raw, headers = self.events.signed(event)
        return await self.courier.deliver(raw, headers, "num_retry")

    async def text(self, citizen: str, text: str, quote: str = "") -> Delivery:
        """The citizen writes; `quote` is the id of the message answered with "Trả lời"."""
        message = {"text": text, "msg_id": new_id()}
        if quote:
            message["quote_msg_id"] = quote
        return await self._says(citizen, "text", message, text)

    async def tap(self, citizen: str, payload: str, shown: str = "", label: str = "") -> Delivery:
        """Press a query button: its payload arrives as a text. `shown` is what the chat shows of it (show buttons)."""
        number = new_id()
        note = (
            Entry(id=number, side=Side.NOTE, at=self.now(), text=f"Đã chọn: {label}") if label and not shown else None
        )
        return await self._says(citizen, "text", {"text": payload, "msg_id": number}, shown or payload, entry=note)

    async def attachment(self, citizen: str, kind: str) -> Delivery:
        """Send a picture, voice message, sticker, file or location (a key of ATTACHMENTS)."""
        one = {"type": kind, "payload": dict(ATTACHMENTS[kind])}
        return await self._says(citizen, kind, {"msg_id": new_id(), "attachments": [one]}, "", attachment=kind)

    async def anonymous_text(self, visitor: str, conversation: str, text: str) -> Delivery:
        """Somebody without an identity towards the OA writes."""
        message = {"text": text, "msg_id": new_id()}
        self._meet(visitor, Entry(id=message["msg_id"], side=Side.CITIZEN, at=self.now(), text=text))
        return await self.deliver(self.events.anonymous_said(visitor, conversation, message))

    async def follow(self, citizen: str) -> Delivery:
        """The citizen follows the OA."""
        self.threads.of(citizen).blocked = False
        self._meet(citizen, self._note("Anh/chị đã quan tâm trang"))
        return await self.deliver(self.events.follow(citizen))

    async def unfollow(self, citizen: str) -> Delivery:
        """The citizen leaves."""
        self.threads.of(citizen).blocked = True
        self.threads.add(citizen, self._note("Anh/chị đã bỏ quan tâm trang"))
        return await self.deliver(self.events.follow(citizen, "unfollow"))

    async def chat_now(self, citizen: str) -> Delivery:
        """The citizen presses "Nhắn tin" for the first time."""
        self._meet(citizen, self._note("Anh/chị đã mở cuộc trò chuyện"))
        return await self.deliver(self.events.about(citizen, "user_click_chatnow"))

    async def withdraw(self, citizen: str) -> Delivery:
        """The citizen uses a data subject's right: everything must be erased."""
        self.threads.add(citizen, self._note("Anh/chị đã yêu cầu xóa dữ liệu"))
        return await self.deliver(self.events.about(citizen, "user_withdraw"))

    async def revoke(self) -> Delivery:
        """The OA's administrator takes the app's permission away."""
        self.grant.expire_access()
        return await self.deliver(self.events.revoked())

    async def staff(self, citizen: str, text: str) -> Delivery:
        """A person of the OA answers from the OA's own chat tool: the echo names the admin."""
        entry = Entry(id=new_id(), side=Side.STAFF, at=self.now(), text=text)
        self.threads.add(citizen, entry)
        message = {"text": text, "msg_id": entry.id}
        return await self.deliver(self.events.echo(citizen, message, admin=ADMIN_ID))

    async def seen(self, citizen: str) -> Delivery:
        """The citizen reads what came."""
        thread = self.threads.of(citizen)
        unread = [one.id for one in thread.entries if one.side is Side.BOT and one.state is not State.SEEN]
        for number in unread:
            thread.mark(number, State.SEEN)
        self.threads.touch()
        return await self.deliver(self.events.seen(citizen, unread)) if unread else Delivery(200, 0)

    async def _says(
        self,
        citizen: str,
        kind: str,
        message: dict[str, Any],
        text: str,
        attachment: str = "",
        entry: Entry | None = None,
    ) -> Delivery:
        number = str(message["msg_id"])
        plain = Entry(
            id=number, side=Side.CITIZEN, at=self.now(), text=text, attachment=attachment, state=State.SENDING
        )
        self._meet(citizen, entry or plain)
        delivery = await self.deliver(self.events.said(citizen, kind, message))
        self.threads.of(citizen).delivered(number, accepted=delivery.accepted)
        self.threads.touch()
        return delivery

    def _meet(self, citizen: str, entry: Entry) -> None:
        self.threads.of(citizen).met_at = self.now()
        self.threads.add(citizen, entry)

    def _note(self, text: str) -> Entry:
        return Entry(id=new_id(), side=Side.NOTE, at=self.now(), text=text)

    def _accepted(self, sent: Sent, recipient: dict[str, str]) -> None:
        if self.echoes is Echoes.SENT:
            self.courier.later(self._confirm(sent, recipient))

    async def _confirm(self, sent: Sent, recipient: dict[str, str]) -> None:
        """The echo, then the receipts if they are switched on."""
        message: dict[str, Any] = {"msg_id": sent.id}
        if buttons(sent.message):
            template = {"zinstant_id": f"zi_{sent.id}", "text": sent.text, "link_url": "", "checksum": sent.id}
            message["attachments"] = [{"type": "template", "payload": template}]
        else:
            message["text"] = sent.text
        if "anonymous_id" in recipient:
            message["conversation_id"] = recipient["conversation_id"]
            await self.deliver(self.events.echo(sent.citizen, message, kind="oa_send_anonymous_text"))
            return
        await self.deliver(self.events.echo(sent.citizen, message))
        if self.receipts is Receipts.ON:
            await self.deliver(self.events.received(sent.citizen, sent.id))
            await self.seen(sent.citizen)
