"""`chatbot evaluate`: the understanding measured on a file of labelled texts."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from textwrap import shorten
from typing import Annotated, Final

import typer
from rich.table import Column, Table
from rich.text import Text

from chatbot.cli.brain import brain
from chatbot.cli.screen import BAD_INPUT, ERR, OUT, config, progress_bar, stop, unreadable
from chatbot.dialogue import VIETNAM
from chatbot.knowledge import Knowledge
from chatbot.nlu.evaluate import ANY_POLICY, OUT_OF_SCOPE, Figures, Labelled, LabelledFileError, read_labelled
from chatbot.nlu.evaluate import evaluate as measure
from chatbot.privacy import mask

_SHOWN = {
    "n": "Câu trong phạm vi",
    "top1": "Đúng ngay",
    "top3": "Đúng trong ba",
    "answered": "Trả lời thẳng",
    "answered_precision": "  trong đó đúng",
    "asked": "Hỏi lại",
    "asked_hit": "  có lựa chọn đúng",
    "refused": "Chưa hiểu",
    "oos_n": "Câu ngoài phạm vi",
    "oos_answered": "  bị trả lời nhầm",
    "auroc": "AUROC trong/ngoài phạm vi",
    "p50_ms": "Thời gian giữa (ms)",
    "p99_ms": "Thời gian 99 % (ms)",
}
EXAMPLE_LENGTH: Final = 120
_PLAIN = frozenset({"n", "oos_n", "auroc", "p50_ms", "p99_ms"})


def evaluate(
    file: Annotated[Path, typer.Argument(help="Tệp TSV: câu<TAB>nhãn (nhãn out_of_scope được phép)")],
    as_json: Annotated[bool, typer.Option("--json", help="Một đối tượng JSON ra stdout")] = False,
) -> None:
    """Đo mức hiểu trên một tệp câu có nhãn.

    Ví dụ: chatbot evaluate cau-hoi.tsv
    """
    rows = _rows(file)
    mind = brain(config().settings)
    _note_unknown(rows, mind.knowledge)
    with progress_bar() as bar:
        task = bar.add_task("Đang đo", total=1.0)
        figures = measure(
            mind.understanding,
            rows,
            today=datetime.now(UTC).astimezone(VIETNAM).date(),
            policies=frozenset(mind.knowledge.faqs),
            leaks=lambda text: bool(mask(text).found),
            progress=lambda share: bar.update(task, completed=share),
        )
    if as_json:
        typer.echo(json.dumps(asdict(figures), ensure_ascii=False))
        return
    _show(figures)


def _rows(file: Path) -> list[Labelled]:
    try:
        rows = read_labelled(file)
    except (OSError, UnicodeDecodeError) as error:
        unreadable(file, error)
    except LabelledFileError as error:
        stop(
            f"{error}. Mỗi dòng là một câu, một phím Tab, rồi nhãn (id chủ đề, tên ý định hoặc out_of_scope).",
            BAD_INPUT,
        )
    if not rows:
        stop(f"{file} không có câu nào: mỗi dòng viết câu<TAB>nhãn.", BAD_INPUT)
    return rows


def _note_unknown(rows: list[Labelled], knowledge: Knowledge) -> None:
    """A misspelt label can only count as wrong; better said than hidden in the figures."""
    unknown = {row.label for row in rows if row.label not in knowledge} - OUT_OF_SCOPE - {ANY_POLICY}
    if unknown:
        names = ", ".join(sorted(unknown))
        ERR.print(
            f"chú ý: nội dung không có nhãn {names}; câu mang nhãn đó bị tính là sai.", markup=False, soft_wrap=True
        )


def _show(figures: Figures) -> None:
    table = Table(show_header=False)
    for name, value in asdict(figures).items():
        if name in _SHOWN:
            table.add_row(_SHOWN[name], f"{value:g}" if name in _PLAIN else f"{100 * value:.1f} %")
    OUT.print(table)
    if not figures.confusions:
        return
    mixed = Table(
        Column("Nhãn", overflow="fold"), Column("Bị hiểu là", overflow="fold"), Column("Lần", justify="right"), "Ví dụ",
        title="Hay nhầm nhất", title_justify="left", show_lines=True,
    )  # fmt: skip
    for confusion in figures.confusions:
        example = shorten(confusion.text, EXAMPLE_LENGTH, placeholder=" …")
        mixed.add_row(confusion.label, confusion.taken_for or "(không gì)", str(confusion.times), Text(example))
    OUT.print(mixed)
