"""The small content folder of the content tests, here in a project's folder; and the log as it was before a command."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from tests.knowledge.conftest import content

__all__ = ["content"]


@pytest.fixture(autouse=True)
def _log_put_back() -> Iterator[None]:
    """A command sets the log up on its own streams, which end with it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level
