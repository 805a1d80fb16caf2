"""`chatbot doctor`: is everything in place, and what to do where it is not."""

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Final

import typer
from rich.table import Table

from chatbot.app import (
    configured,
    database,
    missing_servers,
    open_store,
    schema,
    secret_box,
    utc_now,
)
from chatbot.cli.grant import grant
from chatbot.cli.screen import OUT
from chatbot.config import Config, ConfigError, load_config
from chatbot.dialogue.context import VIETNAM
from chatbot.knowledge import ContentError, load
from chatbot.serve.chores import WAITS_LONG
from chatbot.storage.location import PostgresServer, SqliteFile
from chatbot.storage.port import StoreError, Stranded
from chatbot.storage.secret_box import SecretKeyError
from chatbot.storage.upgrade import newest, revisions

LEAST_FREE: Final = 512 * 1024 * 1024
LEAST_PYTHON: Final = (3, 11)


class Health(Enum):
    """How a finding looks."""

    GOOD = "[green]tốt[/]"
    NOTE = "[yellow]lưu ý[/]"
    BAD = "[red]hỏng[/]"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    what: str
    health: Health
    detail: str


def doctor() -> None:
    """Xem máy, cấu hình, nội dung, cơ sở dữ liệu và các kênh có sẵn sàng không; chỗ nào chưa thì chỉ cách sửa.

    Ví dụ: chatbot doctor
    """
    findings = list(_examine())
    table = Table("Phần", "", "Chi tiết", show_edge=False, pad_edge=False)
    for finding in findings:
        table.add_row(finding.what, finding.health.value, finding.detail)
    OUT.print(table)
    if any(finding.health is Health.BAD for finding in findings):
        raise typer.Exit(1)


def _examine() -> Iterator[Finding]:
    good = sys.version_info[:2] >= LEAST_PYTHON
    yield Finding("Python", Health.GOOD if good else Health.BAD, sys.version.split()[0])
    try:
        config = load_config()
    except ConfigError as error:
        yield Finding("Cấu hình", Health.BAD, str(error))
        return
    yield Finding("Cấu hình", Health.GOOD, "config.yaml và biến môi trường đọc được")
    for check in (_content, _model, _disk):
        yield check(config)
    stored = list(_database(config))
    yield from stored
    yield _secret(config)
    yield _zalo(config, usable=stored[0].health is not Health.BAD)
    yield _messenger(config)


def _content(config: Config) -> Finding:
    try:
        knowledge = load(config.settings.intents)
    except ContentError as error:
        return Finding("Nội dung", Health.BAD, f"{len(error.problems)} lỗi; chạy `chatbot check` để xem từng dòng")
    return Finding("Nội dung", Health.GOOD, f"{len(knowledge.faqs)} chủ đề, {len(knowledge.acts)} ý định khác")


def _model(config: Config) -> Finding:
    cached = any(config.settings.model_cache.glob("*"))
    detail = (
        "đã học, khởi động ngay" if cached else "chưa có; lần chạy đầu sẽ học (dưới 2 phút), hoặc chạy `chatbot train`"
    )
    return Finding("Mô hình", Health.GOOD if cached else Health.NOTE, detail)


def _disk(config: Config) -> Finding:
    folder = config.settings.var
    there = folder if folder.exists() else Path()
    free = shutil.disk_usage(there).free
    for place in (there, *folder.glob("flight/**/*")):
        if not os.access(place, os.W_OK):
            return Finding("Đĩa", Health.BAD, f"không ghi được vào {place}: sửa quyền")
    health = Health.GOOD if free > LEAST_FREE else Health.BAD
    return Finding("Đĩa", health, f"còn trống {free / 1024**3:.1f} GiB ở {there}")


def _database(config: Config) -> Iterator[Finding]:
    """Can it be used (the first finding), could others take over, and what waits in it?"""
    what = "Cơ sở dữ liệu"
    try:
        place = database(config)
        if isinstance(place, SqliteFile) and not place.path.exists():
            yield Finding(what, Health.NOTE, f"{place.path} chưa có; `chatbot run` tự tạo")
            return
        revision = asyncio.run(schema(config))
        if revision != newest():
            yield Finding(what, Health.BAD, _old_or_new(revision))
            return
        waiting = asyncio.run(_try(config))
    except (ConfigError, StoreError) as error:
        yield Finding(what, Health.BAD, str(error))
    except SecretKeyError:  # told below
        yield Finding(what, Health.NOTE, f"{place}, bản {revision}; mở được khi có khóa mã hóa")
    else:
        yield Finding(what, Health.GOOD, f"{place}, bản {revision}, ghi được")
        yield from _standbys(config)
        yield _queues(waiting.since, waiting.dead)
        yield from map(_stranded, waiting.stranded)


def _old_or_new(revision: str | None) -> str:
    if revision is not None and revision not in revisions():
        return f"bản {revision} là của chương trình mới hơn: cập nhật chương trình"
    return f"bản {revision or 'trống'}: chạy `chatbot db upgrade`"


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Who has waited since when, how many were given up, and what waits for channels that are not set up here."""

    since: datetime | None
    dead: int
    stranded: Sequence[Stranded]


async def _try(config: Config) -> _Waiting:
    """See that new rows can be stored, and look at the queues."""
    store = await open_store(config, utc_now)
    try:
        await store.ping(thorough=True)
        here = configured(config)
        return _Waiting(await store.waiting_since(here), await store.troubles(), await store.stranded(here))
    finally:
        await store.close()


def _stranded(waiting: Stranded) -> Finding:
    since = f"{waiting.since.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
    detail = (
        f"{waiting.count} tin hoặc câu trả lời chờ từ {since}, mà .env ở đây không có khóa của kênh này: "
        "điền vào .env, giống nhau ở mọi máy (xem .env.example), rồi khởi động lại"
    )
    return Finding(f"Kênh {waiting.channel.value}", Health.BAD, detail)


def _standbys(config: Config) -> Iterator[Finding]:
    if missing := asyncio.run(missing_servers(config)):
        yield Finding("Máy dự phòng", Health.NOTE, "; ".join(missing))


def _secret(config: Config) -> Finding:
    try:
        secret_box(config)
    except SecretKeyError as error:
        return Finding("Khóa mã hóa", Health.BAD, str(error))
    if config.secret_key:
        return Finding("Khóa mã hóa", Health.GOOD, "từ CHATBOT_SECRET_KEY")
    file = f"trong {config.settings.var}/secret.key"
    if _is_shared(config):
        return Finding("Khóa mã hóa", Health.NOTE, f"{file}: mọi máy phải dùng cùng khóa, nên đặt CHATBOT_SECRET_KEY")
    return Finding("Khóa mã hóa", Health.GOOD, f"{file} (sao lưu tệp này)")


def _is_shared(config: Config) -> bool:
    """May several machines work on the database? An address that cannot be read has been told of."""
    with suppress(ConfigError):
        return isinstance(database(config), PostgresServer)
    return False


def _queues(since: datetime | None, dead: int) -> Finding:
    """What waits, and what was given up."""
    told = []
    if since is not None and utc_now() - since > WAITS_LONG:
        told.append(f"có người chờ trả lời từ {since.astimezone(VIETNAM):%H:%M %d/%m}: bot có đang chạy không?")
    if dead:
        told.append(f"{dead} mục đã bỏ cuộc: xem `chatbot dead list`")
    health = Health.NOTE if told else Health.GOOD
    return Finding("Hàng đợi", health, "; ".join(told) or "không có ai chờ lâu, không có gì bị bỏ")


def _zalo(config: Config, *, usable: bool) -> Finding:
    if config.zalo is None:
        return Finding("Zalo OA", Health.NOTE, "tắt (chưa điền ZALO_*); xem `chatbot connect zalo`")
    if not usable:
        detail = f"OA {config.zalo.oa_id}: quyền xem được sau khi cơ sở dữ liệu dùng được"
        return Finding("Zalo OA", Health.NOTE, detail)
    found = grant(config, config.zalo)
    return Finding("Zalo OA", Health.GOOD if found.sound else Health.BAD, f"OA {config.zalo.oa_id}: {found.detail}")


def _messenger(config: Config) -> Finding:
    if config.messenger is None:
        return Finding("Messenger", Health.NOTE, "tắt (chưa điền MESSENGER_*); xem `chatbot connect messenger`")
    return Finding("Messenger", Health.GOOD, f"trang {config.messenger.page_id}")
