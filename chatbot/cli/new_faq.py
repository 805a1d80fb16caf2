"""`chatbot new-faq`: asks what a new topic needs, one question at a time, and asks again what cannot be used."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from chatbot.cli.content import settings_or_defaults, today_here
from chatbot.cli.screen import BAD_INPUT, ERR, OUT, content_problems_shown, stop
from chatbot.knowledge import Aspect, Knowledge, Risk, examine, load, scaffold
from chatbot.knowledge.check_topics import is_web_address
from chatbot.knowledge.faq import LONGEST_ANSWER
from chatbot.knowledge.fields import LONGEST_LABEL

Complaint = Callable[[str], str]
"""What is wrong with an answer and how to mend it; empty when it can be used."""
NEEDED: Final = "--title --group --answer --document --source --label"


def new_faq(
    title: Annotated[str, typer.Option(help="Câu hỏi của người dân; bỏ trống thì hỏi")] = "",
    group: Annotated[str, typer.Option(help="Nhóm: tên thư mục trong intents/faq; bỏ trống thì hỏi")] = "",
    answer: Annotated[str, typer.Option(help="Câu trả lời; bỏ trống thì hỏi")] = "",
    document: Annotated[str, typer.Option(help="Văn bản căn cứ; bỏ trống thì hỏi")] = "",
    source: Annotated[str, typer.Option(help="Địa chỉ nguồn; bỏ trống thì hỏi")] = "",
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
    """Tạo một chủ đề mới đúng mẫu; thiếu gì thì hỏi, chưa đúng thì hỏi lại.

    \b
    Ví dụ:
      chatbot new-faq
      chatbot new-faq --group pension --title "Lương hưu có bị đánh thuế không?"
    """
    settings, _ = settings_or_defaults()
    with content_problems_shown():
        knowledge = load(settings.intents)
    if authority not in knowledge.groups.authorities:
        stop(f"Không có cơ quan '{authority}'. Các cơ quan: {', '.join(knowledge.groups.authorities)}.", BAD_INPUT)
    title = _answered(title, "Câu hỏi của người dân (tiêu đề)", lambda text: _title(topic or text, knowledge))
    if not group:
        _show_groups(knowledge)
    group = _answered(group, "Nhóm (tên ở cột đầu)", lambda text: _group(text, knowledge))
    draft = scaffold.Draft(
        id=topic or scaffold.suggested_id(title),
        title=title,
        group=group,
        answer=_answered(answer, "Câu trả lời (bắt đầu bằng 'Dạ', nhiều nhất 500 ký tự)", _answer),
        document=_answered(document, "Văn bản căn cứ, ví dụ Luật BHXH 41/2024/QH15", _anything),
        source=_answered(source, "Địa chỉ nguồn https://…", _source),
        label=_answered(label, "Nhãn nút (nhiều nhất 20 ký tự)", lambda text: _label(text, group, knowledge)),
        benefit=benefit,
        aspect=aspect.value,
        authority=authority,
        risk=risk.value,
        valid_from=valid_from.date() if valid_from else today_here(),
        place=place,
        asks=tuple(ask or (title,)),
    )
    _write(settings.intents, knowledge, draft)


def _answered(given: str, question: str, complaint: Complaint) -> str:
    """The option's value when it was given, else what is typed until it can be used."""
    if given:
        if said := complaint(given):
            stop(said, BAD_INPUT)
        return given
    while True:
        try:
            typed: str = typer.prompt(question).strip()
        except typer.Abort:
            stop(f"\nChưa tạo gì: còn thiếu '{question}'. Không có người gõ thì viết đủ {NEEDED}.", BAD_INPUT)
        if not (said := complaint(typed)):
            return typed
        ERR.print(said, style="yellow", markup=False, highlight=False, soft_wrap=True)


def _show_groups(knowledge: Knowledge) -> None:
    for name, group in knowledge.groups.groups.items():
        ERR.print(f"  {name:<18} {group.title}", markup=False, highlight=False)


def _anything(_text: str) -> str:
    return ""


def _title(text: str, knowledge: Knowledge) -> str:
    name = scaffold.suggested_id(text)
    if not name:
        return "Tiêu đề cần có chữ."
    return f"Đã có chủ đề '{name}': viết tiêu đề khác, hoặc đặt id khác bằng --id." if name in knowledge else ""


def _group(text: str, knowledge: Knowledge) -> str:
    groups = knowledge.groups.groups
    return "" if text in groups else f"Không có nhóm '{text}'. Các nhóm: {', '.join(groups)}."


def _answer(text: str) -> str:
    return f"Câu trả lời dài {len(text)} ký tự: viết gọn còn {LONGEST_ANSWER}." if len(text) > LONGEST_ANSWER else ""


def _source(text: str) -> str:
    return "" if is_web_address(text) else f"Nguồn '{text}' phải là địa chỉ đầy đủ, bắt đầu bằng https://"


def _label(text: str, group: str, knowledge: Knowledge) -> str:
    if len(text) > LONGEST_LABEL:
        return f"Nhãn '{text}' dài quá {LONGEST_LABEL} ký tự: viết ngắn lại."
    taken = [faq.id for faq in knowledge.faqs.values() if faq.group == group and faq.label.lower() == text.lower()]
    return f"Nhãn '{text}' trùng với '{taken[0]}' cùng nhóm: viết khác đi." if taken else ""


def _write(root: Path, knowledge: Knowledge, draft: scaffold.Draft) -> None:
    owner = f"Tổ nội dung: {knowledge.groups.groups[draft.group].title}"
    path = scaffold.write(root, scaffold.record(draft, today=today_here(), owner=owner))
    broken = [problem for problem in examine(root).problems if problem.file.endswith(f"/{path.name}")]
    if broken:
        path.unlink()
        stop("Chưa tạo được chủ đề:\n" + "\n".join(problem.message for problem in broken), BAD_INPUT)
    OUT.print(f"Đã tạo {path}. Thêm câu hỏi vào ask, câu thử vào tests, rồi chạy: chatbot check", soft_wrap=True)
