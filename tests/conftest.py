"""The whole content and the understanding trained on it, at most once in a run of the tests."""

from pathlib import Path

import pytest

from chatbot.knowledge import Knowledge, load
from chatbot.nlu import Understanding, load_understanding

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def full_knowledge() -> Knowledge:
    """All content of `intents/`."""
    return load(ROOT / "intents")


@pytest.fixture(scope="session")
def full_understanding(full_knowledge: Knowledge) -> Understanding:
    """The understanding of all content: from the cache in var/, where `make setup` and every run keep it."""
    return load_understanding(full_knowledge, ROOT / "var" / "model")
