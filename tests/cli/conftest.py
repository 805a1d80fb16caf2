"""The small content folder of the content tests, here in a project's folder."""

from tests.knowledge.conftest import content

__all__ = ["content"]
