"""What `chatbot doctor` says of Zalo's grant, and how an OA admin gives it again."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from chatbot.app import database, open_store, utc_now
from chatbot.channels.zalo.grant import TokenState, renewable_for
from chatbot.config import Config, ZaloSecrets
from chatbot.delivery.token_watch import WARN_BEFORE
from chatbot.storage.location import SqliteFile
from chatbot.storage.port import StoreError, TokenRow
from chatbot.storage.secret_box import SecretKeyError

AGAIN: Final = (
    "Xin lại quyền: (1) chạy `chatbot connect zalo`; (2) một quản trị viên của OA mở đường dẫn vừa in ra và bấm đồng ý "
    "(trong 10 phút); (3) bot đang chạy tự dùng quyền mới, không cần khởi động lại. Trong lúc chờ, tin đến vẫn được "
    "lưu, câu trả lời xếp hàng."
)
_STATES: Final = {
    TokenState.UNSURE: "Zalo không trả lời khi đổi mã, mã làm mới có thể đã dùng mất; bot thử lại mỗi 15 phút.",
    TokenState.LOST: "Zalo không nhận mã làm mới nữa.",
    TokenState.REVOKED: "OA đã gỡ quyền của ứng dụng.",
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A sentence about the grant; `sound` when nobody has to do anything."""

    sound: bool
    detail: str


def grant(config: Config, zalo: ZaloSecrets) -> Grant:
    """Read the stored grant, changing nothing."""
    place = database(config)
    if isinstance(place, SqliteFile) and not place.path.exists():
        return Grant(sound=True, detail="chưa dùng ZALO_REFRESH_TOKEN lần nào; `chatbot run` sẽ dùng")
    try:
        row = asyncio.run(_stored(config, f"zalo:{zalo.oa_id}"))
    except (StoreError, SecretKeyError) as error:
        return Grant(sound=False, detail=f"không đọc được quyền đã lưu: {error}")
    if row is None:
        return Grant(sound=True, detail="chưa dùng ZALO_REFRESH_TOKEN lần nào; `chatbot run` sẽ dùng")
    if row.state != TokenState.GOOD:
        return Grant(sound=False, detail=f"{_STATES[TokenState(row.state)]} {AGAIN}")
    renewable = renewable_for(row, utc_now())
    if renewable < WARN_BEFORE:
        return Grant(sound=False, detail=f"mã làm mới chỉ còn {renewable.days} ngày. {AGAIN}")
    hours = max(row.expires_at - utc_now(), timedelta(0)) // timedelta(hours=1)
    return Grant(
        sound=True,
        detail=f"quyền còn tốt: mã truy cập còn {hours} giờ (bot tự đổi), mã làm mới còn {renewable.days} ngày",
    )


async def _stored(config: Config, name: str) -> TokenRow | None:
    store = await open_store(config, utc_now)
    try:
        return await store.token(name)
    finally:
        await store.close()
