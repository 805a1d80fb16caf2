"""The commands of content editors: check, new-faq, stale, impact, flows."""

import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track
from rich.table import Column, Table
from rich.text import Text

from chatbot.cli.screen import BAD_INPUT, ERR, OUT, content_problems_shown, stop, unreadable
from chatbot.config import ConfigError, Settings, load_config
from chatbot.dialogue import VIETNAM
from chatbot.knowledge import (
    Aspect,
    ContentError,
    Examined,
    Knowledge,
    Problem,
    Risk,
    Severity,
    examine,
    load,
    scaffold,
)
from chatbot.knowledge import check as checks
from chatbot.knowledge import impact as impacts
from chatbot.knowledge import stale as expiry
from chatbot.model import Outcome, Part, Reply, Source

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
_CHANGE_SHOWN = {
    impacts.Change.INTENT: "chủ đề khác",
    impacts.Change.DECISION: "trả lời / hỏi lại khác",
    impacts.Change.ANSWER: "câu trả lời khác",
}


def check(as_json: Json = False, as_of: AsOf = None) -> None:
    """Kiểm tra cấu hình và toàn bộ nội dung; mọi lỗi kèm tệp, dòng và cách sửa. Có lỗi thì mã thoát là 1.

    Ví dụ: chatbot check
    """
    settings, problems = _settings()
    examined = examine(settings.intents)
    judges = checks.Judges(fold=_fold(), outbound=lambda text: _refused(text, examined))
    code = (Path("chatbot"), Path(settings.handlers.replace(".", "/")))
    problems += checks.check(examined, judges=judges, today=_day(as_of), code=code)
    if examined.knowledge is not None:
        problems += _flow_problems(examined.knowledge)
        problems += _switch_problems(settings, examined.knowledge)
    _print_problems(problems, as_json=as_json)
    if checks.has_errors(problems):
        raise typer.Exit(1)


def new_faq(
    title: Annotated[str, typer.Option(prompt="Câu hỏi của người dân (tiêu đề)", help="Câu hỏi của người dân")],
    group: Annotated[
        str, typer.Option(prompt="Nhóm (tên thư mục trong intents/faq)", help="Tên thư mục trong intents/faq")
    ],
    answer: Annotated[
        str, typer.Option(prompt="Câu trả lời (bắt đầu bằng 'Dạ', nhiều nhất 500 ký tự)", help="Câu trả lời")
    ],
    document: Annotated[
        str, typer.Option(prompt="Văn bản căn cứ, ví dụ Luật BHXH 41/2024/QH15", help="Văn bản căn cứ")
    ],
    source: Annotated[str, typer.Option(prompt="Địa chỉ nguồn https://…", help="Địa chỉ nguồn")],
    label: Annotated[str, typer.Option(help="Nhãn nút, nhiều nhất 20 ký tự; bỏ trống thì hỏi")] = "",
    topic: Annotated[str, typer.Option("--id", help="id của chủ đề; bỏ trống thì lấy từ tiêu đề")] = "",
    place: Annotated[str, typer.Option(help="Điều, khoản")] = "",
    valid_from: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Hiệu lực từ ngày")] = None,
    ask: Annotated[list[str] | None, typer.Option(help="Một cách người dân hỏi; viết nhiều lần được")] = None,
    authority: Annotated[str, typer.Option(help="Cơ quan giải quyết (groups.yaml)")] = "co_quan_bhxh",
    benefit: Annotated[str, typer.Option(help="Chế độ, ví dụ thaisan")] = "khac",
    aspect: Annotated[Aspect, typer.Option(help="Hỏi về mặt nào")] = Aspect.OTHER,
    risk: Annotated[Risk, typer.Option(help="high: tiền, quyền lợi, thời hạn")] = Risk.HIGH,
) -> None:
    """Tạo một chủ đề mới đúng mẫu; thiếu gì thì hỏi.

    Ví dụ: chatbot new-faq --group pension
    """
    settings, _ = _settings()
    with content_problems_shown():
        knowledge = _loaded(settings)
    if group not in knowledge.groups.groups:
        stop(f"Không có nhóm '{group}'. Các nhóm: {', '.join(knowledge.groups.groups)}.", BAD_INPUT)
    if authority not in knowledge.groups.authorities:
        stop(f"Không có cơ quan '{authority}'. Các cơ quan: {', '.join(knowledge.groups.authorities)}.", BAD_INPUT)
    draft = scaffold.Draft(
        id=topic or scaffold.suggested_id(title),
        title=title,
        label=label or typer.prompt("Nhãn nút (nhiều nhất 20 ký tự)"),
        group=group,
        benefit=benefit,
        aspect=aspect.value,
        authority=authority,
        risk=risk.value,
        valid_from=valid_from.date() if valid_from else _today(),
        answer=answer,
        document=document,
        place=place,
        source=source,
        asks=tuple(ask or (title,)),
    )
    _write(settings.intents, knowledge, draft)


def stale(
    fail: Annotated[bool, typer.Option("--fail", help="Mã thoát 1 nếu có mục quá hạn (dùng trong lịch chạy)")] = False,
    within: Annotated[str, typer.Option(help="Xem trước bao lâu, ví dụ 30d")] = "90d",
    as_json: Json = False,
    as_of: AsOf = None,
) -> None:
    """Liệt kê nội dung quá hạn hoặc sắp hết hạn, theo ngày.

    Ví dụ: chatbot stale --within 30d --fail
    """
    settings, _ = _settings()
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


def impact(
    revisions: Annotated[str, typer.Argument(help="Hai phiên bản git A..B; 'A..' so với tệp đang sửa")],
    sentences: Annotated[Path | None, typer.Option(help="Tệp câu hỏi, mỗi dòng một câu")] = None,
) -> None:
    """Cho biết câu hỏi nào sẽ được hiểu khác hoặc trả lời khác giữa hai phiên bản nội dung.

    \b
    Ví dụ:
      chatbot impact HEAD..                              tệp đang sửa so với bản đã lưu, thử mọi câu đã có
      chatbot impact HEAD~1..HEAD --sentences cau.txt    hai bản đã lưu, chỉ thử các câu trong tệp
    """
    before, separator, after = revisions.partition("..")
    if not separator or not before:
        stop("Viết hai phiên bản dạng A..B, ví dụ HEAD~1..HEAD.", BAD_INPUT)
    given = _sentences(sentences) if sentences is not None else []
    settings, _ = _settings()
    with content_problems_shown(), _exported(before, settings) as old, _exported(after, settings) as new:
        sides = (_side(old, settings), _side(new, settings))
    asked = given or impacts.known_sentences(*(side.knowledge for side in sides))
    tried = track(asked, "Đang thử từng câu", console=ERR, transient=True, disable=not ERR.is_terminal)
    _print_impacts(list(impacts.impacts(*sides, tried, _today())), len(asked))


def flows(
    diagram: Annotated[bool, typer.Option("--diagram", help="In sơ đồ Mermaid")] = False,
) -> None:
    """Liệt kê các luồng hướng dẫn; --diagram in sơ đồ để dán vào tài liệu.

    Ví dụ: chatbot flows --diagram
    """
    from chatbot.dialogue.diagram import mermaid
    from chatbot.dialogue.flow_load import load_flows

    settings, _ = _settings()
    with content_problems_shown():
        specs = load_flows(_loaded(settings))
    for spec in specs.values():
        sys.stdout.write(f"{mermaid(spec)}\n" if diagram else f"{spec.id}: {len(spec.states)} trạng thái\n")


def _settings() -> tuple[Settings, list[Problem]]:
    """The configuration, or its defaults and what is wrong with it."""
    try:
        return load_config().settings, []
    except ConfigError as error:
        return Settings(), [Problem("config.yaml", 1, f"Cấu hình: {line}") for line in str(error).splitlines()]


def _loaded(settings: Settings) -> Knowledge:
    return load(settings.intents)


def _today() -> date:
    return datetime.now(UTC).astimezone(VIETNAM).date()


def _day(as_of: datetime | None) -> date:
    return as_of.date() if as_of else _today()


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


def _write(root: Path, knowledge: Knowledge, draft: scaffold.Draft) -> None:
    if draft.id in knowledge:
        stop(f"Đã có chủ đề '{draft.id}': đặt id khác bằng --id.", BAD_INPUT)
    owner = f"Tổ nội dung: {knowledge.groups.groups[draft.group].title}"
    path = scaffold.write(root, scaffold.record(draft, today=_today(), owner=owner))
    broken = [problem for problem in examine(root).problems if problem.file.endswith(f"/{path.name}")]
    if broken:
        path.unlink()
        stop("Chưa tạo được chủ đề:\n" + "\n".join(problem.message for problem in broken), BAD_INPUT)
    OUT.print(f"Đã tạo {path}. Thêm câu hỏi vào ask, câu thử vào tests, rồi chạy: chatbot check")


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


@contextmanager
def _exported(revision: str, settings: Settings) -> Iterator[Path]:
    """The content folder of a git revision in a temporary place; the folder itself when none is named."""
    if not revision:
        yield settings.intents
        return
    folder, name = settings.intents.resolve().parent, settings.intents.name
    command = ["git", "archive", "--format=tar", revision, "--", name]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)  # noqa: S603 - no shell
    if done.returncode:
        stop(f"git không lấy được '{revision}': {done.stderr.decode(errors='replace').strip()}", BAD_INPUT)
    with tempfile.TemporaryDirectory() as place:
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            archive.extractall(place, filter="data")
        yield Path(place) / name


def _side(root: Path, settings: Settings) -> impacts.Side:
    """A revision's content with the understanding trained on it (read from the cache when it is known)."""
    from chatbot.nlu import load_understanding

    knowledge = load(root)
    ERR.print(f"Đang chuẩn bị bản {knowledge.fingerprint[:8]}…")
    understanding = load_understanding(knowledge, settings.var / "model")
    return impacts.Side(knowledge, lambda text: understanding.understand(text, today=_today()))


def _sentences(file: Path) -> list[str]:
    """The lines of a file of sentences; an empty one is an error, not a reason to try other sentences."""
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        unreadable(file, error)
    if not any(lines):
        stop(f"{file} không có câu nào: mỗi dòng viết một câu.", BAD_INPUT)
    return [line for line in lines if line]


def _print_impacts(found: list[impacts.Impact], tried: int) -> None:
    table = Table("Câu", "Thay đổi", "Trước", "Sau")
    for item in found:
        before, after = _said(item, item.before), _said(item, item.after)
        table.add_row(item.sentence, _CHANGE_SHOWN[item.change], before, after)
    if found:
        OUT.print(table)
    OUT.print(f"{len(found)} câu thay đổi trong {tried} câu đã thử.")


def _said(item: impacts.Impact, said: impacts.Said) -> str:
    if item.change is impacts.Change.ANSWER:
        return said.text
    return f"{said.intent} ({said.decision})"
