"""The `chatbot` command as a whole: every subcommand explains itself with an example, and Ctrl+C is no accident."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from chatbot.cli.main import app

ROOT = Path(__file__).parents[2]


def _commands(group: typer.Typer, *way: str) -> Iterator[tuple[str, ...]]:
    for command in group.registered_commands:
        function = command.callback
        assert function is not None
        yield (*way, command.name or function.__name__)
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        assert inner.name is not None
        yield (*way, inner.name)
        yield from _commands(inner.typer_instance, *way, inner.name)


@pytest.mark.parametrize("way", [(), *_commands(app)], ids=" ".join)
def test_help_shows_an_example(way: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, [*way, "--help"])
    assert result.exit_code == 0
    assert "Ví dụ:" in result.stdout
    assert " ".join(("chatbot", *way)) in result.stdout


def test_the_list_of_commands_is_not_cut_off() -> None:
    result = CliRunner().invoke(app, ["--help"])
    assert "..." not in result.stdout.split("Commands:")[1]


def _hears_ctrl_c() -> None:
    """Also where the tests run in the background, whose shell lets nobody hear it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_ends_without_a_traceback() -> None:
    """In the middle of work, as a shell expects: 130 and not a word."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "chatbot", "ask", "-"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_hears_ctrl_c,  # noqa: PLW1509 - one thread
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("xin chào\n".encode())
    process.stdin.flush()
    assert b"smalltalk" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=30)
    assert b"Traceback" not in complaint
    assert process.returncode == 130
