"""`chatbot run`: everything in one process."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from ipaddress import ip_address
from time import perf_counter
from typing import Annotated, Final

import typer
from aiohttp import web

from chatbot.app import Mind, check_store
from chatbot.channels.messenger.channel import Messenger
from chatbot.cli.brain import brain
from chatbot.cli.connect import page_profile
from chatbot.cli.screen import BAD_INPUT, OUT, config, stop
from chatbot.config import Config, ConfigError, environment, load_config
from chatbot.knowledge import Knowledge
from chatbot.model import ChannelName, Turn, TurnResult
from chatbot.observe import log
from chatbot.serve import Bot, Duty, heap, open_bot, until_signalled
from chatbot.serve.watchdog import watched
from chatbot.simulator import Simulator, TurnView, turn_view
from chatbot.storage.lock import InUseError
from chatbot.storage.port import StoreError
from chatbot.storage.rows import QUIET
from chatbot.storage.secret_box import SecretKeyError


def run(
    host: Annotated[str | None, typer.Option(help="Địa chỉ nghe; mặc định theo config.yaml (127.0.0.1)")] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Cổng; mặc định theo config.yaml (8080), 0 là cổng trống bất kỳ"),
    ] = None,
    simulator: Annotated[bool, typer.Option("--simulator", help="Đóng vai Zalo và Messenger ngay trên máy")] = False,
) -> None:
    """Chạy bot: webhook, hàng đợi, trả lời, tất cả trong một tiến trình.

    \b
    Ví dụ:
      chatbot run --simulator          thử ngay, không cần tài khoản: mở http://127.0.0.1:8080/simulator
      chatbot run --host 0.0.0.0       chạy thật, đứng sau proxy HTTPS
    """
    started = perf_counter()
    chosen = _simulated() if simulator else config()
    address = host or chosen.settings.web.host
    if simulator and not _is_loopback(address):
        stop(f"Trình giả lập chỉ chạy trên máy này (127.0.0.1), không chạy trên {address}.", BAD_INPUT)
    log.configure(chosen.settings.log.level)
    door = bind(address, chosen.settings.web.port if port is None else port)
    with door:
        try:
            asyncio.run(check_store(chosen, upgrades=True))
            hand_over = [brain(chosen.settings)].pop
            asyncio.run(serve(chosen, hand_over, door, started, simulated=simulator))
        except (ConfigError, InUseError, SecretKeyError, StoreError) as error:
            stop(str(error))


async def serve(
    config: Config,
    hand_over: Callable[[], Mind],
    door: socket.socket,
    started: float,
    *,
    simulated: bool,
    duty: Duty = Duty.ALL,
) -> None:
    """Run until a signal: platforms (when simulated), bot and web edge begin in this order and end in the other.

    `hand_over` gives the mind away: the bot alone holds it, and lets go of it when the content changes.
    """
    host, port = door.getsockname()[:2]
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    async with AsyncExitStack() as undo:
        platforms = await Simulator.start(address) if simulated else None
        if platforms:
            undo.push_async_callback(platforms.close)
            config = load_config({**platforms.environment(), **_simulated_settings()})
        bot = await open_bot(config, hand_over(), duty=duty)
        undo.push_async_callback(bot.stop)
        if not simulated:  # there somebody may look at a handler with a debugger
            await undo.enter_async_context(watched(bot.recorder.stack))
        app = bot.web_app()
        if platforms:
            last_turns = LastTurns(lambda: bot.brain.knowledge)
            bot.listener = last_turns.saw
            platforms.routes(app, last_turns.of)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        undo.push_async_callback(runner.cleanup)
        site = web.SockSite(runner, door)
        heap.set_apart()
        await bot.start()
        await site.start()
        if platforms:
            await _dress(bot)
        log.started(address, list(bot.channels.set.by_name), round((perf_counter() - started) * 1000))
        _greet(address, simulated=simulated)
        log.stopping(await until_signalled())
        await site.stop()


async def _dress(bot: Bot) -> None:
    """The simulated Page gets its greeting, questions and menu, as a real one does by `chatbot connect messenger`."""
    page = bot.channels.set.by_name[ChannelName.MESSENGER]
    if isinstance(page, Messenger):
        await page.set_profile(page_profile(bot.brain.knowledge))


class LastTurns:
    """The last turn of each conversation, for the simulator's drawer; intents are named as the content names them."""

    def __init__(self, knowledge: Callable[[], Knowledge]) -> None:
        self._views: dict[str, TurnView] = {}
        self._knowledge = knowledge

    def saw(self, turn: Turn, result: TurnResult, milliseconds: float) -> None:
        """Remember a turn that said something or was asked something."""
        if turn.events[-1].kind not in QUIET:
            view = turn_view(result.record, result.reply, result.session, self._title)
            self._views[turn.events[-1].conversation] = {**view, "steps": {**view["steps"], "turn": milliseconds}}

    def _title(self, intent: str) -> str:
        knowledge = self._knowledge()
        return knowledge.title(intent) if intent in knowledge else ""

    async def of(self, conversation: str) -> TurnView | None:
        """The last turn of a conversation."""
        return self._views.get(conversation)


_SIMULATED_STORE: Final = {"DATABASE_URL": "sqlite:///var/simulator.db"}


def _simulated_settings() -> dict[str, str]:
    """What a simulated run takes from the environment, and its own database."""
    kept = {"CHATBOT_CONFIG", "CHATBOT_SECRET_KEY"}
    return {**{name: value for name, value in environment().items() if name in kept}, **_SIMULATED_STORE}


def _simulated() -> Config:
    """The configuration without the real channels: the simulator brings its own."""
    try:
        return load_config(_simulated_settings())
    except ConfigError as error:
        stop(f"Cấu hình chưa dùng được / configuration problem:\n{error}", BAD_INPUT)


def bind(host: str, port: int) -> socket.socket:
    """The listening socket, before anything slow is done: a taken port is said at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
        door.listen(1024)
    except OSError as error:
        door.close()
        stop(f"Không mở được {host}:{port}: {error.strerror}. Đổi cổng bằng --port, hoặc tắt chương trình đang giữ nó.")
    return door


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _greet(address: str, *, simulated: bool) -> None:
    """A sentence for the person at the keyboard: on stdout, so that stderr stays one JSON object a line."""
    if simulated:
        OUT.print(f"Mở [bold]{address}/simulator[/] để nói chuyện với bot. Ctrl+C để dừng.", soft_wrap=True)
    else:
        OUT.print(f"Bot đang nghe ở [bold]{address}[/]. Ctrl+C để dừng.", soft_wrap=True)
    OUT.file.flush()
