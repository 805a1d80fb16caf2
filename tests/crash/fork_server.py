"""Imported by the fork server of the victims only: it dies with the tests, and the victims die with it."""

from tests.crash.victim import die_with_parent

die_with_parent()
