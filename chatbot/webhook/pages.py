"""Pages that the law and the platforms ask for: privacy, and Meta's data-deletion callback with its status page."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from datetime import datetime
from html import escape
from http import HTTPStatus
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from chatbot.channels.messenger.channel import Messenger
from chatbot.model import ChannelName
from chatbot.webhook.keys import EDGE

VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class NoteBook(Protocol):
    """The part of the store that keeps small named values."""

    async def put_setting(self, name: str, value: str) -> None:
        """Keep a value."""

    async def setting(self, name: str) -> str | None:
        """Read a value."""


NOTES = web.AppKey("notes", NoteBook)
PUBLIC_URL = web.AppKey("public_url", str)


class SignedRequestError(ValueError):
    """The form field is not signed with the app's secret."""


def add_pages(app: web.Application) -> None:
    """`/privacy` and the data-deletion routes."""
    app.router.add_get("/privacy", privacy)
    app.router.add_post("/webhooks/messenger/data-deletion", ask_deletion)
    app.router.add_get("/data-deletion/{code:[0-9a-f]{24}}", deletion_state)


def read_signed_request(signed: str, app_secrets: tuple[str, ...]) -> dict[str, Any]:
    """Meta's `signed_request`: base64url(HMAC-SHA256) "." base64url(JSON). Raises SignedRequestError."""
    signature, _, encoded = signed.partition(".")
    try:
        given = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        payload = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except (binascii.Error, ValueError) as error:
        raise SignedRequestError("not a signed request") from error
    proofs = [
        hmac.digest(secret.encode(), encoded.encode("utf-8", "replace"), hashlib.sha256) for secret in app_secrets
    ]
    matches = [hmac.compare_digest(given, proof) for proof in proofs]
    if not any(matches) or not isinstance(payload, dict):
        raise SignedRequestError("signature refused")
    return payload


async def ask_deletion(request: web.Request) -> web.Response:
    """Meta's deletion request.

    The id in it belongs to Facebook Login and cannot be mapped to a chat, so the request is recorded and its page tells
    how to erase the conversation itself.
    """
    edge = request.app[EDGE]
    channel = edge.channels.by_name.get(ChannelName.MESSENGER)
    form = await request.post()
    signed = form.get("signed_request")
    if not isinstance(channel, Messenger) or not isinstance(signed, str):
        return web.json_response({"error": "signed_request is missing"}, status=HTTPStatus.BAD_REQUEST)
    try:
        read_signed_request(signed, channel.app_secrets)
    except SignedRequestError:
        edge.metrics.signature_refused.labels(ChannelName.MESSENGER.value).inc()
        return web.json_response({"error": "signature refused"}, status=HTTPStatus.FORBIDDEN)
    code = secrets.token_hex(12)
    note = {"asked_at": edge.now().isoformat(), "state": "recorded"}
    await request.app[NOTES].put_setting(f"deletion:{code}", msgspec.json.encode(note).decode())
    base = request.app[PUBLIC_URL] or str(request.url.origin())
    return web.json_response({"url": f"{base}/data-deletion/{code}", "confirmation_code": code})


async def deletion_state(request: web.Request) -> web.Response:
    """The state of a deletion request, in plain words."""
    code = request.match_info["code"]
    note = await request.app[NOTES].setting(f"deletion:{code}")
    if note is None:
        return page("Không tìm thấy yêu cầu", "<p>Mã này không có trong sổ ghi nhận.</p>", HTTPStatus.NOT_FOUND)
    asked = datetime.fromisoformat(msgspec.json.decode(note)["asked_at"]).astimezone(VIETNAM)
    return page(
        "Yêu cầu xóa dữ liệu",
        f"<p>Đã ghi nhận yêu cầu <b>{escape(code)}</b> lúc {asked:%H:%M ngày %d/%m/%Y}.</p>"
        "<p>Facebook gửi cho chúng tôi một mã số không gắn được với cuộc trò chuyện nào, nên máy không tự tìm ra "
        "tin nhắn của anh/chị. Để xóa ngay toàn bộ cuộc trò chuyện, anh/chị mở Messenger của trang và nhắn: "
        "<b>xóa dữ liệu của tôi</b>. Trợ lý xóa ngay lúc đó, không hỏi lại.</p>",
    )


async def privacy(_request: web.Request) -> web.Response:
    """The privacy page."""
    return page("Quyền riêng tư", _PRIVACY)


def page(title: str, body: str, status: HTTPStatus = HTTPStatus.OK, *, head: str = "") -> web.Response:
    """A small page in the house's style; `body` and `head` are HTML of ours."""
    html = (
        f"<!doctype html><html lang=vi><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"{head}"
        f"<title>{title} · Trợ lý BHXH Việt Nam</title><style>{_STYLE}</style>"
        f"<main><h1>{title}</h1>{body}</main></html>"
    )
    return web.Response(text=html, status=status, content_type="text/html", headers=HEADERS)


_STYLE = (
    "body{margin:0;background:#f4f6fa;color:#16202e;font:18px/1.6 system-ui,'Noto Sans',sans-serif}"
    "main{max-width:40rem;margin:2rem auto;padding:1.5rem 1.75rem;background:#fff;border-radius:14px;"
    "box-shadow:0 1px 3px #0002}h1{margin-top:0;color:#0a4fa3;font-size:1.7rem;line-height:1.25}"
    "h2{font-size:1.15rem;margin:1.6em 0 .3em}li{margin:.35em 0}"
)
_PRIVACY = """
<p>Đây là trợ lý tự động của Bảo hiểm xã hội Việt Nam trên Zalo OA và fanpage Facebook. Trang này nói rõ
trợ lý giữ gì và không giữ gì.</p>
<h2>Trợ lý không cần thông tin riêng</h2>
<p>Trợ lý không bao giờ hỏi mật khẩu, mã OTP, số căn cước, mã số BHXH, số thẻ, số điện thoại hay email.
Nếu anh/chị lỡ gửi, máy che đi trước khi lưu; ảnh và tệp không được tải về.</p>
<h2>Trợ lý giữ gì</h2>
<ul><li>Nội dung câu hỏi đã che thông tin riêng và câu trả lời, tối đa 90 ngày, để sửa câu trả lời cho đúng hơn.</li>
<li>Mã người nhắn do Zalo hoặc Facebook cấp cho riêng trang, để trả lời đúng người.</li></ul>
<h2>Xóa dữ liệu</h2>
<p>Anh/chị nhắn <b>xóa dữ liệu của tôi</b> ngay trong cuộc trò chuyện, trợ lý xóa lập tức. Rút lại đồng ý trên Zalo cũng
xóa như vậy.</p>
<h2>Căn cứ</h2>
<p>Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15 và Nghị định 356/2025/NĐ-CP, có hiệu lực từ 01/01/2026.</p>
<h2>Liên hệ</h2>
<p>Tổng đài 1900.9068 (1.000 đồng/phút) hoặc cơ quan BHXH gần nhất.</p>
"""
