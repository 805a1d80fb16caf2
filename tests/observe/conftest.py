"""The whole bot, for tests of what it tells operators."""

from tests.app.conftest import whole

__all__ = ["whole"]
