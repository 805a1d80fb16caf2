"""`chatbot catch-up`: what citizens wrote while the bot could not hear them."""

import asyncio
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Final

import typer

from chatbot.app import open_channels, open_store, utc_now
from chatbot.channels.base import NoAnswerError
from chatbot.channels.zalo.channel import Zalo
from chatbot.channels.zalo.tokens import TokenLostError
from chatbot.cli.screen import BAD_INPUT, ERR, OUT, config, progress_bar, stop
from chatbot.config import Config, ConfigError
from chatbot.delivery.catch_up import Found, RefusedError, begin, catch_up, done, last_known, to_its_end
from chatbot.delivery.gate import bucket
from chatbot.delivery.inbox import Inbox
from chatbot.delivery.officers import Officers
from chatbot.dialogue.context import VIETNAM
from chatbot.model import ChannelName
from chatbot.pipeline.operator_hold import gives_back
from chatbot.storage.port import WAKE, StoreError
from chatbot.storage.secret_box import SecretKeyError

SHARE: Final = 0.5
"""Of the OA's calls a minute; the other half is for the answers of the running bot."""
_AGO: Final = re.compile(r"(\d{1,4})([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


def read_missed(
    since: Annotated[
        str,
        typer.Option(help="Đọc lại từ bao lâu trước: 90m, 6h, 2d; mặc định từ tin cuối đã nhận hoặc chỗ chưa đọc xong"),
    ] = "",
) -> None:
    """Đọc lại từ Zalo những tin người dân nhắn khi bot không nghe được; tin đã có thì không trả lời lần nữa.

    Chạy được khi bot đang chạy. Bot tự làm việc này mỗi lần khởi động. Facebook không cho đọc lại tin cũ: Meta tự gửi
    lại webhook trong một thời gian.

    \b
    Ví dụ:
      chatbot catch-up
      chatbot catch-up --since 6h
    """
    settings = config()
    if settings.messenger is not None:
        ERR.print("Messenger: Meta không cho đọc lại tin cũ; Meta tự gửi lại webhook, không cần làm gì.")
    if settings.zalo is None:
        stop("Zalo OA chưa được cấu hình: không có gì để đọc lại (xem `chatbot connect zalo`).", BAD_INPUT)
    back = _ago(since)
    try:
        found = asyncio.run(_read(settings, back))
    except (ConfigError, SecretKeyError, StoreError) as error:
        stop(str(error))
    except RefusedError:
        stop("Zalo không cho đọc danh sách trò chuyện gần đây: ứng dụng đã được cấp quyền quản lý tin nhắn chưa?")
    except NoAnswerError as error:
        if isinstance(error.__cause__, TokenLostError):
            stop("Quyền của Zalo không còn: chạy `chatbot doctor` để xem, rồi `chatbot connect zalo`.")
        stop(f"Zalo chưa trả lời ({error}): thử lại sau ít phút; `chatbot doctor` xem quyền của OA.")
    _tell(found)


def _ago(written: str) -> timedelta | None:
    if not written:
        return None
    match = _AGO.fullmatch(written.strip())
    if match is None:
        stop(f"--since {written}: viết như 90m (phút), 6h (giờ) hoặc 2d (ngày).", BAD_INPUT)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


async def _read(settings: Config, back: timedelta | None) -> Found | None:
    store = await open_store(settings, utc_now)
    try:
        last, now = await last_known(store), utc_now()
        since = _since(settings, last, back, now)
        if since is None:
            return None
        channels = await open_channels(settings, store, utc_now)
        try:
            inbox = Inbox(store, lambda _events: None, utc_now, queue=1)
            zalo = channels.set[ChannelName.ZALO]
            assert isinstance(zalo, Zalo)  # noqa: S101 - what this name stands for
            officers = Officers(store, gives_back) if settings.settings.zalo.catch_up_officers else None
            read = partial(_shown, settings, zalo, inbox, since, officers)
            missed = begin(last, now, at_most=settings.settings.catch_up_at_most)
            if last is None or missed is None or since > missed:
                return await read()
            found = await to_its_end(store, last, read)
            await done(store, utc_now())
            return found
        finally:
            await channels.close()
            await store.put_setting(WAKE, utc_now().isoformat())
    finally:
        await store.close()


def _since(settings: Config, last: datetime | None, back: timedelta | None, now: datetime) -> datetime | None:
    at_most = settings.settings.catch_up_at_most
    if back is None:
        return begin(last, now, at_most=at_most)
    if back > at_most:
        hours = at_most // timedelta(hours=1)
        ERR.print(f"Chỉ đọc từ {hours} giờ trước: cũ hơn thì hết hạn trả lời, hoặc không còn biết tin nào đã trả lời.")
    return now - min(back, at_most)


async def _shown(settings: Config, zalo: Zalo, inbox: Inbox, since: datetime, officers: Officers | None) -> Found:
    """Read, with the progress on the screen."""
    limiter = bucket(settings.settings.zalo.sends_per_minute * SHARE, 60)
    ERR.print(f"Đọc tin từ {_local(since)} (giờ Việt Nam).")
    with progress_bar() as bar:
        task = bar.add_task("Cuộc trò chuyện", total=None)
        return await catch_up(
            zalo,
            inbox.take,
            since,
            limiter.acquire,
            lambda done, total: bar.update(task, completed=done, total=total),
            officers=officers,
        )


def _tell(found: Found | None) -> None:
    if found is None:
        OUT.print("Bot chưa nhận tin nào từ Zalo, nên không biết đọc từ đâu: nêu --since, ví dụ --since 6h.")
        return
    for sentence in sentences(found):
        OUT.print(sentence)


def sentences(found: Found) -> Iterator[str]:
    """What was read and what was not, with what a person does about that."""
    since = _local(found.since)
    yield f"{found.chats} cuộc trò chuyện, {found.messages} tin của người dân, {found.new} tin mới."
    if found.officers:
        yield f"Cán bộ đã nhắn trong {found.officers} cuộc trò chuyện: bot không trả lời các tin trước đó."
    if found.unread:
        yield f"{found.unread} cuộc trò chuyện Zalo chưa cho đọc: chạy lại sau ít phút."
    if found.refused:
        yield (
            f"{found.refused} cuộc trò chuyện Zalo không cho đọc (người dân đã chặn OA, hoặc ứng dụng chưa có quyền): "
            "xem trong OA Manager."
        )
    if found.cut:
        yield (
            f"{found.cut} cuộc trò chuyện dài quá, chỉ đọc được các tin mới nhất: "
            f"mở OA Manager, xem các tin cũ hơn, từ {since}."
        )
    if found.older:
        yield (
            f"Có hơn {found.chats} cuộc trò chuyện: mở OA Manager, xem các cuộc có tin cuối "
            f"từ {since} đến {_local(found.older)}, bot chưa đọc."
        )


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
