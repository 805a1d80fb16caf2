"""`chatbot db upgrade | backup | restore | move`: the database; the first two also while the bot runs."""

import asyncio
import sqlite3
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TaskID

from chatbot.app import database, schema, sqlite_path, upgrade_schema
from chatbot.cli.screen import BAD_INPUT, OUT, config, progress_bar, stop
from chatbot.config import ConfigError
from chatbot.dialogue.context import VIETNAM
from chatbot.storage.backup import BadTargetError
from chatbot.storage.backup import backup as copy_database
from chatbot.storage.location import PostgresServer, SqliteFile
from chatbot.storage.lock import FileLock, InUseError
from chatbot.storage.port import StoreError
from chatbot.storage.restore import NotABackupError, examine
from chatbot.storage.restore import restore as put_back
from chatbot.storage.sqlite import sqlite_engine
from chatbot.storage.upgrade import newest
from chatbot.storage.upgrade import upgrade as upgrade_file

app = typer.Typer(
    no_args_is_help=True, help="Cơ sở dữ liệu: nâng cấp, sao lưu, khôi phục, chuyển.\n\nVí dụ: chatbot db backup"
)


def _sqlite() -> Path:
    try:
        return sqlite_path(config())
    except ConfigError as error:
        stop(str(error), BAD_INPUT)


@app.command()
def upgrade() -> None:
    """Đưa cơ sở dữ liệu (SQLite hoặc PostgreSQL) lên phiên bản của chương trình; chạy lại vô hại.

    Ví dụ: chatbot db upgrade
    """
    chosen = config()
    try:
        place = database(chosen)
        absent = isinstance(place, SqliteFile) and not place.path.exists()
        before = None if absent else asyncio.run(schema(chosen))
        asyncio.run(upgrade_schema(chosen))
    except ConfigError as error:
        stop(str(error), BAD_INPUT)
    except StoreError as error:
        stop(str(error))
    OUT.print(f"{place}: {before or 'trống'} → {newest()}")


@app.command()
def backup(
    target: Annotated[
        Path | None, typer.Argument(help="Tệp đích, hoặc thư mục có sẵn; mặc định var/backup/<ngày giờ>.db")
    ] = None,
) -> None:
    """Sao lưu khi bot đang chạy; bản sao được kiểm tra rồi mới thay tệp đích.

    \b
    Ví dụ:
      chatbot db backup
      chatbot db backup /mnt/usb              thêm một bản có ngày giờ vào thư mục
      chatbot db backup /mnt/usb/bhxh.db      thay bản sao lưu cũ
    """
    source = _sqlite()
    dated = f"{datetime.now(VIETNAM):%Y-%m-%d_%H%M%S}.db"
    place = target or source.parent / "backup" / dated
    place = place / dated if place.is_dir() else place
    try:
        with progress_bar() as bar:
            task = bar.add_task("Đang sao lưu", total=None)
            size = copy_database(source, place, lambda done, total: bar.update(task, completed=done, total=total))
    except FileNotFoundError:
        stop(f"Chưa có {source}: chạy `chatbot run` hoặc `chatbot db upgrade` trước.", BAD_INPUT)
    except BadTargetError as error:
        stop(str(error), BAD_INPUT)
    except (sqlite3.Error, OSError) as error:
        stop(f"Sao lưu không xong: {error}. Kiểm tra chỗ trống của đĩa và quyền ghi.")
    OUT.print(f"{place} ({size / 1024:.0f} KiB)")


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="Bản sao lưu do `chatbot db backup` tạo")],
    yes: Annotated[bool, typer.Option("--yes", help="Không hỏi lại")] = False,
) -> None:
    """Đưa bản sao lưu vào thay cơ sở dữ liệu; bot phải dừng trước. Tệp cũ được giữ lại bên cạnh.

    Bản sao lưu được kiểm tra trước; hỏng giữa chừng thì cơ sở dữ liệu vẫn như cũ. Quyền của Zalo và những tin đã trả
    lời sau ngày sao lưu được lấy từ tệp cũ, nếu còn đọc được.

    Ví dụ: chatbot db restore var/backup/2026-11-23_090000.db
    """
    target = _sqlite()
    try:
        examine(source)
        if not yes and target.exists():
            typer.confirm(f"Thay {target} bằng {source}?", abort=True)
        with progress_bar() as bar:
            task = bar.add_task("Đang khôi phục", total=None)
            done = put_back(source, target, lambda part, total: bar.update(task, completed=part, total=total))
    except NotABackupError as error:
        stop(str(error), BAD_INPUT)
    except InUseError:
        stop("Bot đang chạy trên cơ sở dữ liệu này: dừng bot rồi làm lại.", BAD_INPUT)
    except (sqlite3.Error, OSError, StoreError) as error:
        stop(f"Khôi phục không xong, cơ sở dữ liệu vẫn như cũ: {error}.")
    OUT.print(f"{target} ({done.size / 1024:.0f} KiB)", soft_wrap=True)
    if done.kept:
        OUT.print(f"Tệp cũ: {done.kept}", soft_wrap=True)
    if done.kept and not done.carried:
        OUT.print(
            "Tệp cũ không đọc được; quyền của Zalo trong bản sao lưu có thể đã dùng. Chạy bot rồi `chatbot doctor`.",
            soft_wrap=True,
        )


@app.command()
def move(
    source: Annotated[
        Path | None, typer.Option("--from", help="Tệp SQLite; mặc định chatbot.db trong thư mục var")
    ] = None,
) -> None:
    """Chuyển mọi thứ từ SQLite sang PostgreSQL còn trống mà DATABASE_URL chỉ tới; bot phải dừng trước.

    Chuyển trong một giao dịch, đếm lại từng bảng: hoặc đủ cả, hoặc không có gì thay đổi; dừng giữa chừng thì chạy lại.
    Tệp SQLite giữ nguyên. Mọi tiến trình phải dùng chung CHATBOT_SECRET_KEY (hay tệp secret.key) như trước.

    \b
    Ví dụ:
      DATABASE_URL=postgresql://bot:…@db/chatbot chatbot db move
      chatbot db move --from var/backup/2026-11-23_090000.db
    """
    chosen = config()
    file = source or chosen.settings.var / "chatbot.db"
    if not file.is_file():
        stop(f"Không có tệp {file}: nêu tệp SQLite bằng --from.", BAD_INPUT)
    try:
        place = database(chosen)
        if not isinstance(place, PostgresServer):
            stop("Đặt DATABASE_URL=postgresql://… là nơi chuyển tới (xem docs/postgresql.md).", BAD_INPUT)
        counts = _moved(file, place)
    except InUseError:
        stop("Bot đang chạy trên cơ sở dữ liệu này: dừng bot rồi làm lại.", BAD_INPUT)
    except (ConfigError, StoreError) as error:
        stop(str(error))
    for table, rows in counts.items():
        OUT.print(f"{table}: {rows}")
    OUT.print(f"Đã chuyển {file} → {place}. Từ giờ chạy bot với DATABASE_URL này; giữ tệp cũ đến khi thấy ổn.")


def _moved(file: Path, target: PostgresServer) -> dict[str, int]:
    from chatbot.storage.move import move as move_all
    from chatbot.storage.postgres_upgrade import upgrade_postgres

    lock = FileLock(file.with_name(file.name + ".lock"))
    try:
        engine = sqlite_engine(file)
        upgrade_file(engine)
        engine.dispose()
        asyncio.run(upgrade_postgres(target.url))
        with progress_bar() as bar:
            task = bar.add_task("Đang chuyển", total=None)
            show = partial(_show, bar, task)
            return asyncio.run(move_all(file, target.url, show))
    finally:
        lock.release()


def _show(bar: Progress, task: TaskID, done: int, total: int) -> None:
    bar.update(task, completed=done, total=total)
