"""What a serving process does with new content: it has a process of its own learn from it."""

from pathlib import Path

import pytest

from chatbot.knowledge import load
from chatbot.knowledge.load import fingerprint
from chatbot.nlu import load_understanding
from chatbot.serve.learning import learn_all, learn_apart
from tests.knowledge.conftest import Content, content

__all__ = ["content"]


@pytest.fixture
def learnable(content: Content) -> Content:
    """Content with the words and places that the understanding reads."""
    content.make_learnable()
    return content


async def test_another_process_has_learnt_it(learnable: Content, tmp_path: Path) -> None:
    cache = tmp_path / "model"
    await learn_apart(learnable.root, cache)
    seen: list[float] = []
    understanding = load_understanding(load(learnable.root), cache, lambda share, _step: seen.append(share))
    assert seen == []
    assert understanding.model.intents


async def test_content_with_errors_is_left_to_whoever_reads_it(learnable: Content, tmp_path: Path) -> None:
    learnable.write("lexicon.yaml", "a: [")
    await learn_apart(learnable.root, tmp_path / "model")
    assert not list((tmp_path / "model").glob("nlu-*"))


async def test_what_is_saved_while_it_is_learnt_is_learnt_next(content: Content) -> None:
    learnt: list[str] = []

    async def learn() -> None:
        learnt.append(fingerprint(content.root))
        if len(learnt) < 3:
            content.write("menu.yaml", f"# saved again: {len(learnt)}")

    await learn_all(content.root, learn)
    assert learnt[-1] == fingerprint(content.root)
    assert len(set(learnt)) == len(learnt) == 3
