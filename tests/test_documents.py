"""Documents are true: what they link to exists, and the commands they show can be typed."""

import re
from pathlib import Path

import pytest
import typer

from chatbot.cli.main import app

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
_COMMAND = re.compile(r"(?:\.venv/bin/|`)chatbot ([a-z][a-z-]+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    """No dead link inside the project."""
    text = document.read_text(encoding="utf-8")
    dead = [target for target in _LINK.findall(text) if not (document.parent / target).exists()]
    assert dead == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_exist(document: Path) -> None:
    """Every `chatbot …` of a document is a command of the program."""
    commands = set(typer.main.get_group(app).commands)  # type: ignore[attr-defined, unused-ignore]
    shown = set(_COMMAND.findall(document.read_text(encoding="utf-8")))
    assert shown <= commands
