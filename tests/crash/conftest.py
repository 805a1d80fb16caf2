"""What the crash tests share."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.crash.server import Server, running_server
from tests.postgres import database


@pytest.fixture(scope="session")
def own_server() -> Iterator[Server]:
    """A PostgreSQL server that may be stopped."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def template(own_server: Server) -> Iterator[str]:
    """A database on it with the schema, to make copies of."""
    with asyncio.Runner() as runner:
        made = database(own_server.url)
        yield runner.run(made.__aenter__())
        runner.run(made.__aexit__(None, None, None))


@pytest.fixture(params=["sqlite", "postgresql"])
def template_or_file(request: pytest.FixtureRequest) -> str:
    """The template; "" where the store is a SQLite file."""
    return str(request.getfixturevalue("template")) if request.param == "postgresql" else ""
