"""`chatbot web` and `chatbot worker`: the two halves of the bot, any number of each, on one PostgreSQL database."""

import asyncio
from time import perf_counter
from typing import Annotated, Final

import typer

from chatbot.app import check_store, database
from chatbot.cli.brain import brain
from chatbot.cli.run import bind, serve
from chatbot.cli.screen import BAD_INPUT, config, stop
from chatbot.config import ConfigError
from chatbot.observe import log
from chatbot.serve import Duty
from chatbot.storage.location import SqliteFile
from chatbot.storage.port import StoreError
from chatbot.storage.secret_box import SecretKeyError

WORKER_PORT: Final = 8081
Host = Annotated[str | None, typer.Option(help="Địa chỉ nghe; mặc định theo config.yaml (127.0.0.1)")]


def web(
    host: Host = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Cổng; mặc định theo config.yaml (8080)")] = None,
) -> None:
    """Nửa nhận tin: webhook của Zalo và Messenger, ghi vào PostgreSQL rồi trả lời 200. Chạy bao nhiêu cũng được.

    \b
    Ví dụ:
      DATABASE_URL=postgresql://bot:…@db/chatbot chatbot web --host 0.0.0.0
    Cần ít nhất một `chatbot worker` trên cùng cơ sở dữ liệu để có câu trả lời.
    """
    _start(Duty.INTAKE, host, port)


def worker(
    host: Host = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Cổng của /healthz, /readyz, /metrics")] = WORKER_PORT,
) -> None:
    """Nửa trả lời: mỗi tiến trình nhận một phần các cuộc trò chuyện; một tiến trình chết thì phần của nó sang tay khác.

    \b
    Ví dụ:
      DATABASE_URL=postgresql://bot:…@db/chatbot chatbot worker
      DATABASE_URL=postgresql://bot:…@db/chatbot chatbot worker --port 8082    thêm một tiến trình nữa trên cùng máy
    """
    _start(Duty.ANSWERS, host, port)


def _start(duty: Duty, host: str | None, port: int | None) -> None:
    started = perf_counter()
    chosen = config()
    log.configure(chosen.settings.log.level)
    try:
        if isinstance(database(chosen), SqliteFile):
            stop(
                "Chạy tách web và worker cần PostgreSQL: đặt DATABASE_URL=postgresql://tên:mật_khẩu@máy/tên_csdl (xem "
                "docs/postgresql.md). Với SQLite, chạy `chatbot run`.",
                BAD_INPUT,
            )
        with bind(host or chosen.settings.web.host, chosen.settings.web.port if port is None else port) as door:
            asyncio.run(check_store(chosen, upgrades=False))
            hand_over = [brain(chosen.settings)].pop
            asyncio.run(serve(chosen, hand_over, door, started, simulated=False, duty=duty))
    except (ConfigError, SecretKeyError, StoreError) as error:
        stop(str(error))
