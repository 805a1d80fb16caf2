"""The guide for editors keeps its word: its example loads, and the sentences it explains are those the check says."""

import re
from pathlib import Path

import pytest

from chatbot.knowledge import Faq
from chatbot.knowledge.yaml_source import read
from tests.knowledge.conftest import REAL

ROOT = REAL.parent
GUIDE = (ROOT / "docs" / "content-guide.vi.md").read_text(encoding="utf-8")
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "chatbot" / "knowledge").glob("*.py"))


def _told() -> list[str]:
    table = GUIDE.split("## Đọc lời báo", 1)[1].split("\n## ", 1)[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")]
    return [row for row in rows if row != "lời nhắn"]


def test_the_example_is_a_valid_topic(tmp_path: Path) -> None:
    """An editor may copy it."""
    example = re.search(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert example is not None
    path = tmp_path / "example.yaml"
    path.write_text(example[1], encoding="utf-8")
    assert Faq.model_validate(read(path, "example.yaml").data).id == "thaisan_ho_so"


@pytest.mark.parametrize("sentence", _told())
def test_every_explained_sentence_is_said(sentence: str) -> None:
    """Each piece of the sentence between its gaps stands in the code that says it."""
    for piece in re.split(r"'?…'?|\{ \}", sentence):
        assert piece.strip(" '") in SOURCES
