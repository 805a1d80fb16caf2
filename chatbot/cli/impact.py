"""`chatbot impact A..B`: the sentences that another revision of the content understands or answers differently."""

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import track

from chatbot.cli.content import settings_or_defaults, today_here
from chatbot.cli.screen import BAD_INPUT, ERR, OUT, content_problems_shown, progress_bar, stop, unreadable
from chatbot.config import Settings
from chatbot.knowledge import impact as impacts
from chatbot.knowledge import load
from chatbot.model import Decision

_CHANGE_SHOWN: Final = {
    impacts.Change.INTENT: "Sang chủ đề khác",
    impacts.Change.DECISION: "Vẫn chủ đề đó, nhưng trả lời hay hỏi lại thì khác",
    impacts.Change.ANSWER: "Cùng chủ đề, câu trả lời khác",
}
_DECISION_SHOWN: Final = {Decision.ANSWER: "trả lời", Decision.ASK: "hỏi lại", Decision.REFUSE: "chưa hiểu"}


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
    settings, _ = settings_or_defaults()
    with content_problems_shown(), _exported(before, settings) as old, _exported(after, settings) as new:
        sides = (_side(old, settings), _side(new, settings))
    asked = given or impacts.known_sentences(*(side.knowledge for side in sides))
    tried = track(asked, "Đang thử từng câu", console=ERR, transient=True, disable=not ERR.is_terminal)
    _print(list(impacts.impacts(*sides, tried, today_here())), len(asked))


@contextmanager
def _exported(revision: str, settings: Settings) -> Iterator[Path]:
    """The content folder of a git revision in a temporary place; the folder itself when none is named."""
    if not revision:
        yield settings.intents
        return
    folder, name = settings.intents.resolve().parent, settings.intents.name
    command = ["git", "archive", "--format=tar", revision, "--", name]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)  # noqa: S603 - no shell
    except FileNotFoundError:
        stop("Máy này chưa có git: cài git, rồi chạy lại.", BAD_INPUT)
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
    with progress_bar() as bar:
        task = bar.add_task("Đang học bản này", total=1.0)
        understanding = load_understanding(
            knowledge, settings.model_cache, lambda share, _step: bar.update(task, completed=share)
        )
    return impacts.Side(knowledge, lambda text: understanding.understand(text, today=today_here()))


def _sentences(file: Path) -> list[str]:
    """The lines of a file of sentences; an empty one is an error, not a reason to try other sentences."""
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        unreadable(file, error)
    if not any(lines):
        stop(f"{file} không có câu nào: mỗi dòng viết một câu.", BAD_INPUT)
    return [line for line in lines if line]


def _print(found: Sequence[impacts.Impact], tried: int) -> None:
    """By kind of change, the gravest first; a sentence with what it was and what it is, never cut off."""
    for change, heading in _CHANGE_SHOWN.items():
        several = [item for item in found if item.change is change]
        if several:
            OUT.print(f"{heading} ({len(several)}):", style="bold", markup=False, highlight=False)
        for item in several:
            lines = (item.sentence, f"  trước: {_said(item, item.before)}", f"  sau:   {_said(item, item.after)}")
            OUT.print("- " + "\n  ".join(lines), markup=False, highlight=False, soft_wrap=True)
    OUT.print(f"{len(found)} câu thay đổi trong {tried} câu đã thử.", highlight=False)


def _said(item: impacts.Impact, said: impacts.Said) -> str:
    if item.change is impacts.Change.ANSWER:
        return " ".join(said.text.split())
    return f"{said.intent or 'không chủ đề nào'} ({_DECISION_SHOWN[said.decision]})"
