"""`chatbot db upgrade | backup | restore`: the database; the first two also while the bot runs."""

import asyncio
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from chatbot.app import database, schema, sqlite_path, upgrade_schema
from chatbot.cli.screen import BAD_INPUT, OUT, config, progress_bar, stop
from chatbot.config import ConfigError
from chatbot.dialogue.context import VIETNAM
from chatbot.storage.backup import backup as copy_database
from chatbot.storage.location import SqliteFile
from chatbot.storage.lock import InUseError
from chatbot.storage.port import StoreError
from chatbot.storage.restore import NotABackupError
from chatbot.storage.restore import restore as put_back
from chatbot.storage.upgrade import newest

app = typer.Typer(no_args_is_help=True, help="Cơ sở dữ liệu: nâng cấp, sao lưu, khôi phục.\n\nVí dụ: chatbot db backup")


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
        if isinstance(place, SqliteFile):
            place.path.parent.mkdir(parents=True, exist_ok=True)
        before = asyncio.run(schema(chosen))
        asyncio.run(upgrade_schema(chosen))
    except ConfigError as error:
        stop(str(error), BAD_INPUT)
    except StoreError as error:
        stop(str(error))
    OUT.print(f"{place}: {before or 'trống'} → {newest()}")


@app.command()
def backup(
    target: Annotated[Path | None, typer.Argument(help="Tệp đích; mặc định var/backup/<ngày giờ>.db")] = None,
) -> None:
    """Sao lưu khi bot đang chạy; bản sao được kiểm tra rồi mới thay tệp đích.

    Ví dụ: chatbot db backup /mnt/usb/bhxh.db
    """
    source = _sqlite()
    stamp = datetime.now(VIETNAM)
    place = target or source.parent / "backup" / f"{stamp:%Y-%m-%d_%H%M%S}.db"
    try:
        with progress_bar() as bar:
            task = bar.add_task("Đang sao lưu", total=None)
            size = copy_database(source, place, lambda done, total: bar.update(task, completed=done, total=total))
    except FileNotFoundError:
        stop(f"Chưa có {source}: chạy `chatbot run` hoặc `chatbot db upgrade` trước.", BAD_INPUT)
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
    target.parent.mkdir(parents=True, exist_ok=True)
    if not yes and target.exists():
        typer.confirm(f"Thay {target} bằng {source}?", abort=True)
    try:
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
