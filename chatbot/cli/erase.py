"""`chatbot erase`: a citizen's right to be forgotten, carried out by an operator."""

import asyncio
from typing import Annotated

import typer

from chatbot.app import open_store, sqlite_path, utc_now
from chatbot.cli.screen import BAD_INPUT, OUT, config, stop
from chatbot.config import Config, ConfigError
from chatbot.model import ChannelName
from chatbot.storage.port import StoreError
from chatbot.storage.secret_box import SecretKeyError


def erase(
    channel: Annotated[ChannelName, typer.Argument(help="zalo hoặc messenger")],
    citizen: Annotated[str, typer.Argument(help="Mã người nhắn (user_id của Zalo, PSID của Messenger)")],
    yes: Annotated[bool, typer.Option("--yes", help="Không hỏi lại")] = False,
) -> None:
    """Xóa hẳn cuộc trò chuyện của một người: câu hỏi, câu trả lời, trạng thái. Chạy được khi bot đang chạy.

    Ví dụ: chatbot erase zalo 1234567890123456789
    """
    settings = config()
    account = _account(settings, channel)
    try:
        path = sqlite_path(settings)
    except ConfigError as error:
        stop(str(error), BAD_INPUT)
    if not path.exists():
        stop(f"Chưa có {path}: chưa có gì để xóa.", BAD_INPUT)
    if not yes:
        typer.confirm(f"Xóa hẳn cuộc trò chuyện {channel.value} của {citizen}?", abort=True)
    try:
        removed = asyncio.run(_forget(settings, f"{channel.value}:{account}:{citizen}"))
    except (SecretKeyError, StoreError) as error:
        stop(str(error))
    OUT.print(f"Đã xóa {removed} dòng." if removed else "Không có gì của người này.")


def _account(settings: Config, channel: ChannelName) -> str:
    accounts = {
        ChannelName.ZALO: settings.zalo.oa_id if settings.zalo else "",
        ChannelName.MESSENGER: settings.messenger.page_id if settings.messenger else "",
    }
    account = accounts.get(channel, "")
    if not account:
        stop(f"Kênh {channel.value} chưa được cấu hình trong .env.", BAD_INPUT)
    return account


async def _forget(settings: Config, conversation: str) -> int:
    store = open_store(settings, utc_now)
    try:
        return await store.erase(conversation)
    finally:
        await store.close()
