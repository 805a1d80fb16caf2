"""The whole bot, for tests of its HTTP edge."""

from tests.app.conftest import whole

__all__ = ["whole"]
