"""The real register."""

from pathlib import Path

import pytest

from chatbot.knowledge.official import Official, load_official


@pytest.fixture(scope="session")
def official() -> Official:
    problems: list[object] = []
    found = load_official(Path(__file__).parents[2] / "intents", problems)  # type: ignore[arg-type]
    assert found is not None, problems
    return found
