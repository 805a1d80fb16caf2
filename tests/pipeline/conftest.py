"""The real content, read once."""

from pathlib import Path

import pytest

from chatbot.knowledge import Knowledge, load

INTENTS = Path(__file__).parents[2] / "intents"


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """All content."""
    return load(INTENTS)
