"""What every command shares: two consoles (answers on stdout, talk on stderr) and clear endings."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

import typer
from rich.console import Console

from chatbot.config import Config, ConfigError, load_config
from chatbot.knowledge import ContentError

OUT: Final = Console()
ERR: Final = Console(stderr=True)
BAD_INPUT: Final = 2


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


def stdin_lines() -> Iterator[str]:
    """Lines of standard input, without their ends; bytes that are no UTF-8 become question marks."""
    for line in sys.stdin.buffer:
        yield line.decode(errors="replace").rstrip("\r\n")
