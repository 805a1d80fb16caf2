"""The pages with which an OA is connected: Zalo's proof of the domain, and the end of the OAuth consent."""

import html
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from chatbot.channels.base import ChannelError
from chatbot.webhook.pages import NOTES, page

VERIFIER = "zalo_verifier"
"""Name of the stored value that proves the domain."""
PENDING_CONSENT = "zalo_consent:"
"""Prefix of the stored PKCE verifiers, by state."""
EndConsent = Callable[[str, str], Awaitable[None]]
"""Swap a code for a grant: (code, state). Raises ChannelError with the reason."""
END_CONSENT: web.AppKey[EndConsent] = web.AppKey("end_consent")


def add_connect_routes(app: web.Application) -> None:
    """`/`, `/zalo_verifier<code>.html` and `/connect/zalo`."""
    app.router.add_get("/", home)
    app.router.add_get("/zalo_verifier{code:[A-Za-z0-9_-]{1,200}}.html", verifier_file)
    app.router.add_get("/connect/zalo", consent_end)


async def home(request: web.Request) -> web.Response:
    """The home page, with Zalo's meta tag when there is one."""
    code = await request.app[NOTES].setting(VERIFIER)
    return page(
        "Trợ lý BHXH Việt Nam",
        "<p>Trợ lý trả lời trên Zalo OA <b>Bảo hiểm xã hội Việt Nam</b> "
        "và fanpage facebook.com/baohiemxahoi.gov.vn.</p>"
        "<p><a href='/privacy'>Quyền riêng tư</a></p>",
        head=_meta(code),
    )


async def verifier_file(request: web.Request) -> web.Response:
    """The file form of the same proof."""
    code = await request.app[NOTES].setting(VERIFIER)
    if code is None or request.match_info["code"] != code:
        raise web.HTTPNotFound(text="No such file.")
    return page("Zalo", f"<p>{html.escape(code)}</p>", head=_meta(code))


async def consent_end(request: web.Request) -> web.Response:
    """An OA admin comes back from Zalo with a code."""
    code, state = request.query.get("code", ""), request.query.get("state", "")
    end = request.app.get(END_CONSENT)
    if not code or end is None:
        return page(
            "Chưa nối được", "<p>Đường dẫn thiếu mã. Chạy lại: chatbot connect zalo</p>", HTTPStatus.BAD_REQUEST
        )
    try:
        await end(code, state)
    except ChannelError:
        text = "<p>Zalo không nhận mã này, hoặc mã đã quá 10 phút. Chạy lại: chatbot connect zalo</p>"
        return page("Chưa nối được", text, HTTPStatus.BAD_REQUEST)
    return page("Đã nối Zalo OA", "<p>Xong. Anh/chị đóng trang này được rồi.</p>")


def _meta(code: str | None) -> str:
    return f'<meta name="zalo-platform-site-verification" content="{html.escape(code)}">' if code else ""
