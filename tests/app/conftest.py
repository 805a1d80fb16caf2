"""The whole bot: with an echo for a mind by default, with the real content where the answer matters."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chatbot.app import Brain, load_brain
from chatbot.config import Settings
from tests.app.whole import Whole, whole_bot

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    """A running bot that repeats what it hears."""
    async with whole_bot(tmp_path) as running:
        yield running


@pytest.fixture(scope="session")
def real_brain() -> Brain:
    """The content and the understanding that citizens get; the model comes from the cache when it is there."""
    return load_brain(Settings(intents=ROOT / "intents", var=ROOT / "var"))


@pytest.fixture
async def real(tmp_path: Path, real_brain: Brain) -> AsyncIterator[Whole]:
    """A running bot that answers as citizens are answered."""
    async with whole_bot(tmp_path, real_brain) as running:
        yield running
