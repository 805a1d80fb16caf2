"""`chatbot connect zalo | messenger`: joins the real OA and the real Page; every step explained, safe to run again."""

import asyncio
import secrets
from collections.abc import Coroutine
from typing import Annotated, Any, Final
from urllib.parse import parse_qs, urlsplit

import typer

from chatbot.app import load_brain, make_messenger, open_store, utc_now, zalo_tokens
from chatbot.channels.base import ChannelError
from chatbot.channels.messenger.profile import Profile
from chatbot.cli.screen import BAD_INPUT, OUT, config, content_problems_shown, stop
from chatbot.config import Config, ConfigError, environment, load_config
from chatbot.knowledge import Knowledge
from chatbot.model import SayButton
from chatbot.storage.port import StoreError
from chatbot.storage.secret_box import SecretKeyError
from chatbot.webhook.connect import PENDING_CONSENT, VERIFIER

app = typer.Typer(
    no_args_is_help=True,
    help="Nối Zalo OA và fanpage thật; chạy lại bao nhiêu lần cũng được.\n\nVí dụ: chatbot connect zalo",
)
CONSENT: Final = "consent"
"""Stands in .env for a refresh token that came by consent and lives, encrypted, in the database."""


def _run(work: Coroutine[Any, Any, None]) -> None:
    try:
        asyncio.run(work)
    except (ChannelError, ConfigError, SecretKeyError, StoreError) as error:
        stop(str(error))


@app.command()
def zalo(
    code: Annotated[str, typer.Option(help="Cả địa chỉ mà Zalo trả về sau khi bấm đồng ý (có code và state)")] = "",
    verifier: Annotated[str, typer.Option(help="Mã xác thực tên miền, phần sau zalo_verifier trong tên tệp")] = "",
) -> None:
    """Nối Zalo OA: xác thực tên miền, xin quyền, đặt webhook.

    \b
    Ví dụ:
      chatbot connect zalo                       in ra từng bước và đường dẫn xin quyền
      chatbot connect zalo --verifier AbC123     phục vụ tệp và thẻ meta xác thực tên miền
      chatbot connect zalo --code 'https://…?code=…&state=…'   khi trang trả về không mở được
    """
    settings = _zalo_config()
    if verifier:
        _run(_keep_verifier(settings, verifier))
    elif code:
        _run(_finish(settings, code))
    else:
        _run(_begin(settings))


@app.command()
def messenger() -> None:
    """Nối fanpage: đăng ký nhận tin, đặt lời chào, nút Bắt đầu, gợi ý và menu.

    Ví dụ: chatbot connect messenger
    """
    settings = config()
    if settings.messenger is None:
        stop("Điền MESSENGER_* trong .env trước (xem .env.example và README.vi.md, phần 'Nối kênh thật').", BAD_INPUT)
    with content_problems_shown():
        knowledge = load_brain(settings.settings).knowledge
    _run(_publish(settings, knowledge))


def _zalo_config() -> Config:
    given = environment()
    given.setdefault("ZALO_REFRESH_TOKEN", CONSENT)
    try:
        settings = load_config(given)
    except ConfigError as error:
        stop(f"Cấu hình chưa dùng được:\n{error}", BAD_INPUT)
    if settings.zalo is None or not settings.public_url:
        stop(
            "Điền ZALO_APP_ID, ZALO_APP_SECRET, ZALO_OA_ID, ZALO_OA_SECRET_KEY và PUBLIC_URL trong .env trước.",
            BAD_INPUT,
        )
    return settings


async def _keep_verifier(settings: Config, verifier: str) -> None:
    store = await open_store(settings, utc_now)
    await store.put_setting(VERIFIER, verifier.removeprefix("zalo_verifier").removesuffix(".html"))
    await store.close()
    OUT.print(
        f"Xong: bot phục vụ {settings.public_url}/zalo_verifier… và thẻ meta ở trang chủ. Bấm 'Xác thực' bên Zalo."
    )


async def _begin(settings: Config) -> None:
    store = await open_store(settings, utc_now)
    tokens = zalo_tokens(settings, store, utc_now)
    proof, state = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
    await store.put_setting(PENDING_CONSENT + state, proof)
    link = tokens.consent_url(f"{settings.public_url}/connect/zalo", proof, state)
    await tokens.close()
    await store.close()
    OUT.print(_STEPS.format(public=settings.public_url), markup=False, highlight=False)
    OUT.print(link, soft_wrap=True, markup=False, highlight=False)
    OUT.print("\nSau khi bấm đồng ý, thêm dòng này vào .env nếu chưa có:  ZALO_REFRESH_TOKEN=consent", markup=False)


async def _finish(settings: Config, written: str) -> None:
    query = parse_qs(urlsplit(written).query)
    if "code" not in query or "state" not in query:
        stop("--code cần cả địa chỉ mà Zalo trả về, có code=… và state=….", BAD_INPUT)
    code, state = query["code"][0], query["state"][0]
    store = await open_store(settings, utc_now)
    tokens = zalo_tokens(settings, store, utc_now)
    try:
        proof = await store.setting(PENDING_CONSENT + state)
        if proof is None:
            stop("Không thấy lần xin quyền này: chạy `chatbot connect zalo` và dùng đường dẫn mới in ra.", BAD_INPUT)
        await tokens.exchange_code(code, proof)
    finally:
        await tokens.close()
        await store.close()
    OUT.print("Đã nối Zalo OA. Chạy `chatbot doctor` để xem lại, rồi `chatbot run`.")


async def _publish(settings: Config, knowledge: Knowledge) -> None:
    page = make_messenger(settings, utc_now)
    try:
        await page.subscribe_page()
        OUT.print("1/2 Trang đã gửi tin nhắn về ứng dụng.")
        await page.set_profile(page_profile(knowledge))
        OUT.print("2/2 Đã đặt lời chào, nút Bắt đầu, câu gợi ý và menu.")
    finally:
        await page.close()
    OUT.print(
        f"Còn lại, ở developers.facebook.com: đặt webhook {settings.public_url or 'https://…'}/webhooks/messenger"
    )


def page_profile(knowledge: Knowledge) -> Profile:
    """What the Page shows before and beside the chat, from the content's menu."""
    menu = [SayButton(item.label, item.action) for item in knowledge.menu.main]
    breakers = [SayButton(item.label, item.action) for item in knowledge.menu.ice_breakers]
    return Profile(greeting=knowledge.phrases.say("profile.greeting"), menu=menu, ice_breakers=breakers)


_STEPS: Final = """Nối Zalo OA gồm bốn bước, làm lại bước nào cũng được:

1. developers.zalo.me › ứng dụng › Xác thực domain: nhập {public}, lấy mã, rồi chạy
   chatbot connect zalo --verifier <mã>   và bấm Xác thực (bot phải đang chạy ở địa chỉ đó).
2. Ứng dụng › Official Account › Callback URL: {public}/connect/zalo
3. Webhook: địa chỉ {public}/webhooks/zalo, bật từng sự kiện và "Webhook Retry", TẮT "Lọc cú pháp";
   chép OA Secret Key vào ZALO_OA_SECRET_KEY.
4. Quản trị viên OA mở đường dẫn dưới đây và bấm đồng ý (mã có hiệu lực 10 phút):
"""
