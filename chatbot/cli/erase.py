"""`chatbot erase`: a citizen's right to be forgotten, carried out by an operator."""

from typing import Annotated

import typer

from chatbot.cli.screen import BAD_INPUT, OUT, config, stop
from chatbot.cli.store import there, with_store
from chatbot.config import Config
from chatbot.model import ChannelName


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
    there(settings)
    if not yes:
        typer.confirm(f"Xóa hẳn cuộc trò chuyện {channel.value} của {citizen}?", abort=True)
    conversation = f"{channel.value}:{account}:{citizen}"
    removed = with_store(lambda store: store.erase(conversation), settings)
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
