"""What every command shares: two consoles (answers on stdout, talk on stderr) and clear endings."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

import typer
from rich.console import Console
from rich.progress import Progress

from chatbot.config import Config, ConfigError, load_config
from chatbot.knowledge import ContentError

OUT: Final = Console()
ERR: Final = Console(stderr=True)
BAD_INPUT: Final = 2
LONGEST_LINE: Final = 4 * 1024 * 1024
"""Bytes read of one line of standard input, as of a webhook's body; the rest of the line is passed over."""
_UNREADABLE: Final = {
    errno.ENOENT: "không có tệp này",
    errno.EISDIR: "đây là thư mục, cần một tệp",
    errno.EACCES: "không có quyền đọc",
    errno.EPERM: "không có quyền đọc",
}


def stop(message: str, code: int = 1) -> NoReturn:
    """End the command with a sentence that says what to do."""
    ERR.print(message, style="bold red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(code)


def config() -> Config:
    """The configuration, or the end of the command with every problem named."""
    try:
        return load_config()
    except ConfigError as error:
        stop(f"Cấu hình chưa dùng được / configuration problem:\n{error}", BAD_INPUT)


@contextmanager
def content_problems_shown() -> Iterator[None]:
    """Broken content ends the command with file, line and what to do."""
    try:
        yield
    except ContentError as error:
        stop(f"Nội dung chưa dùng được:\n{error}\nChạy `chatbot check` để xem tất cả.")


def progress_bar() -> Progress:
    """A bar on stderr that leaves no trace; nothing at all where stderr is no terminal."""
    return Progress(console=ERR, transient=True, disable=not ERR.is_terminal)


def unreadable(file: os.PathLike[str], error: OSError | UnicodeError) -> NoReturn:
    """End the command with the reason why a file cannot be read."""
    if isinstance(error, UnicodeError):
        reason = "không phải tệp chữ mã UTF-8"
    else:
        reason = _UNREADABLE.get(error.errno or 0, error.strerror or str(error))
    stop(f"Không đọc được {os.fspath(file)}: {reason}.", BAD_INPUT)


def stdin_lines() -> Iterator[str]:
    """Lines of standard input, without their ends; bytes that are no UTF-8 become question marks."""
    read = sys.stdin.buffer.readline
    while line := read(LONGEST_LINE):
        rest = line
        while not rest.endswith(b"\n") and (rest := read(LONGEST_LINE)):
            pass
        yield line.decode(errors="replace").rstrip("\r\n")
