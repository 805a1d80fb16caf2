"""`chatbot dead list | retry | drop`: what the bot gave up, for a person to look at, put back or take off the list."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table

from chatbot.app import utc_now
from chatbot.cli.screen import BAD_INPUT, OUT, stop
from chatbot.cli.store import with_store
from chatbot.storage.port import PROCESS_ENDED, UNREADABLE, WAKE, DeadLetter
from chatbot.storage.store import SqlStore

app = typer.Typer(
    no_args_is_help=True,
    help="Những gì bot đã bỏ cuộc: tin không xử lý được, câu trả lời không gửi được.\n\nVí dụ: chatbot dead list",
)
ALL: Final = 1_000_000
"""More than there will ever be."""
SHOWN: Final = 60
"""Characters of a text in the table."""
CLOSED: Final = "closed"
REST: Final = " (rest)"
_REASONS: Final = {
    "closed expired": "quá hạn trả lời của nền tảng, không gửi nữa",
    "closed stale": "chờ quá lâu, đã thay bằng lời xin lỗi",
    "doubtful": "không rõ đã đến chưa, đã gửi hai lần",
}
_EVENTS: Final = {
    PROCESS_ENDED: "bot treo hoặc tắt hẳn khi đang đọc tin này",
    UNREADABLE: "bản chương trình này không đọc được tin đã lưu",
}
Ids = Annotated[list[str] | None, typer.Argument(help="Mã trong cột đầu của `chatbot dead list`")]
Everything = Annotated[
    bool, typer.Option("--all", help="Mọi mục cần người xem; trừ những gì phía người dân đã đóng (chặn, quá hạn)")
]


@app.command("list")
def show(
    as_json: Annotated[bool, typer.Option("--json", help="In một mảng JSON ra stdout")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Nhiều nhất bao nhiêu mục, mới nhất trước")] = 100,
) -> None:
    """Liệt kê: tin nào, kênh nào, vì sao, đã thử mấy lần, từ bao giờ. Nội dung đã che số và mã riêng.

    \b
    Ví dụ:
      chatbot dead list
      chatbot dead list --json | jq '.[].reason'
    """
    found = with_store(lambda store: store.dead(limit + 1))
    letters = found[:limit]
    if as_json:
        typer.echo(json.dumps([_plain(letter) for letter in letters], ensure_ascii=False))
        return
    if not letters:
        OUT.print("Không có gì: mọi tin đều đã được xử lý.")
        return
    table = Table("Mã", "Kênh", "Loại", "Lý do", "Lần thử", "Từ", "Nội dung", show_edge=False, pad_edge=False)
    for letter in letters:
        cells = (letter.id, letter.channel.value, _kind(letter), reason(letter), str(letter.attempts))
        table.add_row(*map(escape, cells), _ago(letter.at), escape(_short(letter.text)))
    OUT.print(table)
    if len(found) > limit:
        OUT.print(f"Còn những mục cũ hơn: thêm --limit {10 * limit}.", markup=False)
    OUT.print("`chatbot dead retry MÃ` thử lại; `chatbot dead drop MÃ` bỏ khỏi danh sách.", markup=False)


@app.command()
def retry(ids: Ids = None, everything: Everything = False) -> None:
    """Đưa trở lại hàng đợi; bot đang chạy làm ngay trong vài giây. Quá hạn của nền tảng thì vẫn không gửi.

    \b
    Ví dụ:
      chatbot dead retry 17          tin số 17 được đọc và trả lời lại
      chatbot dead retry 17:0 17:1   hai phần của câu trả lời được gửi lại
      chatbot dead retry --all
    """
    chosen, count = with_store(lambda store: _put_back(store, ids or [], everything=everything))
    _told(chosen, count, f"Đã đưa {count} mục trở lại hàng đợi.")


@app.command()
def drop(ids: Ids = None, everything: Everything = False) -> None:
    """Bỏ khỏi danh sách, không thử lại nữa.

    Ví dụ: chatbot dead drop 17:0
    """
    chosen, count = with_store(lambda store: _take_off(store, ids or [], everything=everything))
    _told(chosen, count, f"Đã bỏ {count} mục.")


def reason(letter: DeadLetter) -> str:
    """Why, in words."""
    error, rest = letter.reason.removesuffix(REST), letter.reason.endswith(REST)
    if not letter.is_send:
        return _EVENTS.get(error) or f"lỗi của bot: {error}"
    family, _, code = error.partition(" ")
    told = _REASONS.get(error) or (
        f"người dân đã chặn, rời đi hoặc hết hạn (mã {code})"
        if family == CLOSED
        else f"nền tảng không nhận (mã {code})"
    )
    return f"{told}; phần sau của cùng câu trả lời" if rest else told


async def _put_back(store: SqlStore, ids: list[str], *, everything: bool) -> tuple["_Chosen", int]:
    chosen = await _choose(store, ids, everything=everything)
    count = await store.revive(chosen.known)
    if count:
        await store.put_setting(WAKE, utc_now().isoformat())
    return chosen, count


async def _take_off(store: SqlStore, ids: list[str], *, everything: bool) -> tuple["_Chosen", int]:
    chosen = await _choose(store, ids, everything=everything)
    return chosen, await store.dismiss(chosen.known)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The ids of a command: those on the list, and the others."""

    known: list[str]
    unknown: list[str]


async def _choose(store: SqlStore, ids: list[str], *, everything: bool) -> _Chosen:
    if bool(ids) is everything:
        stop("Nêu mã, hoặc --all (không cả hai). Xem mã bằng `chatbot dead list`.", BAD_INPUT)
    listed = {letter.id: letter for letter in await store.dead(ALL)}
    if everything:
        return _Chosen([one for one, letter in listed.items() if not letter.reason.startswith(CLOSED)], [])
    return _Chosen([one for one in ids if one in listed], [one for one in ids if one not in listed])


def _told(chosen: _Chosen, count: int, sentence: str) -> None:
    if count:
        OUT.print(sentence)
    elif not chosen.unknown:
        stop("Không có mục nào cần người xem.")
    if chosen.unknown:
        stop(f"Không có mục {', '.join(chosen.unknown)}: xem mã bằng `chatbot dead list`.")


def _kind(letter: DeadLetter) -> str:
    return "trả lời" if letter.is_send else "tin đến"


def _plain(letter: DeadLetter) -> dict[str, object]:
    return {
        "id": letter.id,
        "kind": "send" if letter.is_send else "event",
        "channel": letter.channel.value,
        "conversation": letter.conversation,
        "reason": letter.reason,
        "attempts": letter.attempts,
        "at": letter.at.isoformat(),
        "age_seconds": round((utc_now() - letter.at).total_seconds()),
        "text": letter.text,
    }


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def _ago(moment: datetime) -> str:
    age = utc_now() - moment
    if age < timedelta(hours=1):
        return f"{age // timedelta(minutes=1)} phút trước"
    if age < timedelta(days=1):
        return f"{age // timedelta(hours=1)} giờ trước"
    return f"{age.days} ngày trước"
