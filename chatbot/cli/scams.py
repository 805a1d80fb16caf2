"""`chatbot scams`: what citizens say they were called, sent or sold, for those who report frauds."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Final

import typer
from rich.table import Table

from chatbot.app import utc_now
from chatbot.cli.screen import OUT, config
from chatbot.cli.store import with_store
from chatbot.dialogue.context import VIETNAM
from chatbot.knowledge import load
from chatbot.knowledge.sightings import Sighting, sightings

_SUBJECTS: Final = {
    "phone": "số",
    "site": "trang web",
    "page": "trang mạng xã hội",
    "app": "ứng dụng",
    "document": "văn bản",
}
_VERDICTS: Final = {
    "known_fake": "đã cảnh báo",
    "lookalike": "nhái tên",
    "not_ours": "không phải của BHXH",
    "unknown": "chưa rõ",
}


def scams(
    days: Annotated[int, typer.Option("--days", min=1, help="Tính bao nhiêu ngày gần đây")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="In một đối tượng JSON mỗi dòng")] = False,
) -> None:
    """Kê các số, trang, ứng dụng lạ mà người dân đã hỏi hoặc bị lừa, để cán bộ kiểm tra và báo cáo.

    Đọc từ câu đã che thông tin riêng: số di động của một người chỉ hiện là "di động".

    \b
    Ví dụ:
      chatbot scams
      chatbot scams --days 7 --json
    """
    settings = config()
    since = utc_now() - timedelta(days=days)
    told = with_store(lambda store: store.told_of_fraud(since), settings)
    found = sightings(told, load(settings.settings.intents).official)
    if as_json:
        _lines(found)
    elif found:
        OUT.print(_table(found, days))
    else:
        OUT.print(f"{days} ngày qua không ai nhắc tới số, trang hay ứng dụng lạ nào.")


def _lines(found: Sequence[Sighting]) -> None:
    for one in found:
        row = {
            "subject": one.subject.value,
            "verdict": one.verdict.value,
            "shown": one.shown,
            "times": one.times,
            "last": one.last.isoformat(),
        }
        typer.echo(json.dumps(row, ensure_ascii=False))


def _table(found: Sequence[Sighting], days: int) -> Table:
    table = Table("Lần", "Gần nhất", "Loại", "Kết luận", "Tên, số", title=f"{days} ngày qua")
    for one in found:
        last = one.last.astimezone(VIETNAM).strftime("%d/%m %H:%M")
        table.add_row(str(one.times), last, _SUBJECTS[one.subject], _VERDICTS[one.verdict], one.shown)
    return table
