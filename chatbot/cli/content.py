"""The commands of content editors: check, stale, flows. `new-faq` and `impact` have files of their own."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table
from rich.text import Text

from chatbot.cli.screen import BAD_INPUT, OUT, content_problems_shown, stop
from chatbot.config import ConfigError, Settings, load_config
from chatbot.dialogue import VIETNAM
from chatbot.knowledge import (
    ContentError,
    Examined,
    Knowledge,
    Problem,
    Severity,
    examine,
    load,
)
from chatbot.knowledge import check as checks
from chatbot.knowledge import stale as expiry
from chatbot.model import Outcome, Part, Reply, Source
from chatbot.reckoning import NEEDS

AsOf = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Xem như hôm nay là ngày này")]
Json = Annotated[bool, typer.Option("--json", help="In JSON ra stdout cho máy đọc")]

_EXPIRY_SHOWN = {
    expiry.Expiry.REVIEW: "đến hạn xem lại",
    expiry.Expiry.NO_RULE: "hết hiệu lực, chưa có bản sau",
    expiry.Expiry.NEW_RULE: "bản sau thay thế",
    expiry.Expiry.NO_VALUE: "hết con số, chưa có mức mới",
}
_REASON_SHOWN = {
    "the text holds an address that is not registered": "có địa chỉ web không nằm trong official_channels.yaml.",
    "the text holds a phone number that is not registered": "có số điện thoại không nằm trong official_channels.yaml.",
    "the text holds something that looks like a secret": "có chuỗi giống số giấy tờ, mã, mật khẩu: viết lại câu đó.",
    "the text asks for a guarded value": "câu này giống như xin giấy tờ, mã hoặc mật khẩu của người dân: viết lại.",
}


def check(as_json: Json = False, as_of: AsOf = None) -> None:
    """Kiểm tra cấu hình và toàn bộ nội dung; mọi lỗi kèm tệp, dòng và cách sửa. Có lỗi thì mã thoát là 1.

    Ví dụ: chatbot check
    """
    settings, problems = settings_or_defaults()
    examined = examine(settings.intents)
    judges = checks.Judges(fold=_fold(), outbound=lambda text: _refused(text, examined), calculators=NEEDS)
    code = (Path("chatbot"), Path(settings.handlers.replace(".", "/")))
    problems += checks.check(examined, judges=judges, today=_day(as_of), code=code)
    if examined.knowledge is not None:
        problems += _flow_problems(examined.knowledge)
        problems += _switch_problems(settings, examined.knowledge)
    _print_problems(problems, as_json=as_json)
    if checks.has_errors(problems):
        raise typer.Exit(1)


def stale(
    fail: Annotated[bool, typer.Option("--fail", help="Mã thoát 1 nếu có mục quá hạn (dùng trong lịch chạy)")] = False,
    within: Annotated[str, typer.Option(help="Xem trước bao lâu, ví dụ 30d")] = "90d",
    as_json: Json = False,
    as_of: AsOf = None,
) -> None:
    """Liệt kê nội dung quá hạn hoặc sắp hết hạn, theo ngày.

    Ví dụ: chatbot stale --within 30d --fail
    """
    settings, _ = settings_or_defaults()
    today = _day(as_of)
    with content_problems_shown():
        dues = expiry.due(_loaded(settings), today)
    shown = [due for due in dues if due.past(today) or today <= due.on <= today + _days(within)]
    if as_json:
        rows = [{"on": f"{due.on}", "what": due.what, "expiry": due.expiry, "late": due.past(today)} for due in shown]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")
    else:
        _print_dues(shown, today)
    if fail and any(due.past(today) for due in shown):
        raise typer.Exit(1)


def flows(
    diagram: Annotated[bool, typer.Option("--diagram", help="In sơ đồ Mermaid")] = False,
) -> None:
    """Liệt kê các luồng hướng dẫn; --diagram in sơ đồ để dán vào tài liệu.

    Ví dụ: chatbot flows --diagram
    """
    from chatbot.dialogue.diagram import mermaid
    from chatbot.dialogue.flow_load import load_flows

    settings, _ = settings_or_defaults()
    with content_problems_shown():
        specs = load_flows(_loaded(settings))
    for spec in specs.values():
        sys.stdout.write(f"{mermaid(spec)}\n" if diagram else f"{spec.id}: {len(spec.states)} trạng thái\n")


def settings_or_defaults() -> tuple[Settings, list[Problem]]:
    """The configuration, or its defaults and what is wrong with it."""
    try:
        return load_config().settings, []
    except ConfigError as error:
        return Settings(), [Problem("config.yaml", 1, f"Cấu hình: {line}") for line in str(error).splitlines()]


def _loaded(settings: Settings) -> Knowledge:
    return load(settings.intents)


def today_here() -> date:
    return datetime.now(UTC).astimezone(VIETNAM).date()


def _day(as_of: datetime | None) -> date:
    return as_of.date() if as_of else today_here()


def _fold() -> Callable[[str], str]:
    from chatbot.nlu.letters import fold

    return fold


def _refused(text: str, examined: Examined) -> list[str]:
    """What the gate of outgoing replies says of a text that carries its source."""
    from chatbot.privacy import outbound_problems

    if examined.knowledge is None:
        return []
    reply = Reply(outcome=Outcome.ANSWERED_FAQ, parts=(Part(text),), sources=(Source("check"),))
    reasons = outbound_problems(reply, examined.knowledge.official)
    return [_REASON_SHOWN.get(reason, reason) for reason in reasons]


def _flow_problems(knowledge: Knowledge) -> list[Problem]:
    from chatbot.dialogue.flow_load import load_flows

    try:
        load_flows(knowledge)
    except ContentError as error:
        return error.problems
    return []


def _switch_problems(settings: Settings, knowledge: Knowledge) -> list[Problem]:
    """Names in `switches.topics` that would silence nothing."""
    known = {*knowledge.faqs, *(faq.group for faq in knowledge.faqs.values())}
    known |= {*knowledge.acts, *(act.partition(".")[0] for act in knowledge.acts)}
    sentence = "switches.topics: không có chủ đề hay nhóm nào tên '{}', nên không tắt được gì."
    return [Problem("config.yaml", 1, sentence.format(name)) for name in settings.switches.topics if name not in known]


def _print_problems(problems: list[Problem], *, as_json: bool) -> None:
    if as_json:
        rows = [
            {"file": item.file, "line": item.line, "severity": item.severity, "message": item.message}
            for item in problems
        ]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")
        return
    for item in sorted(problems, key=lambda problem: problem.severity is Severity.ERROR):  # errors last, in sight
        colour = "red" if item.severity is Severity.ERROR else "yellow"
        word = "LỖI" if item.severity is Severity.ERROR else "chú ý"
        line = Text.assemble((f"{item.file}:{item.line}", "bold"), " ", (word, colour), f" {item.message}")
        OUT.print(line, soft_wrap=True)
    errors = sum(item.severity is Severity.ERROR for item in problems)
    OUT.print(f"{errors} lỗi, {len(problems) - errors} chú ý." if problems else "Nội dung không có lỗi nào.")


def _days(within: str) -> timedelta:
    number = within.removesuffix("d")
    if not number.isdigit():
        stop("--within viết dạng số ngày, ví dụ 30d.", BAD_INPUT)
    return timedelta(days=int(number))


def _print_dues(dues: list[expiry.Due], today: date) -> None:
    table = Table("Ngày", Column("Mục", no_wrap=True, overflow="fold"), "Việc", "Tiêu đề")
    for due in dues:
        style = "red" if due.past(today) else ""
        table.add_row(f"{due.on:%d/%m/%Y}", due.what, _EXPIRY_SHOWN[due.expiry], due.title, style=style)
    OUT.print(table if dues else "Không có gì quá hạn hay sắp hết hạn.")
