"""The whole bot, for tests of what the world may throw at it."""

from tests.app.conftest import real, real_brain, whole

__all__ = ["real", "real_brain", "whole"]
