"""DATABASE_URL: one server or several, and what is none."""

from pathlib import Path

import pytest

from chatbot.storage.location import (
    DatabaseUrlError,
    PostgresServer,
    SqliteFile,
    connect_timeout,
    hosts,
    locate,
)


@pytest.mark.parametrize(
    ("url", "names", "first"),
    [
        ("postgresql://u:p@h/db", ["h"], "postgresql://u:p@h/db"),
        ("postgres://u:p@h:5433/db?sslmode=require", ["h:5433"], "postgresql://u:p@h:5433/db?sslmode=require"),
        (
            "postgresql://u:p%40@h1:5432,h2:5433/db?target_session_attrs=read-write&sslmode=require",
            ["h1:5432", "h2:5433"],
            "postgresql://u:p%40@h1:5432/db?sslmode=require",
        ),
        ("postgresql+asyncpg://u@h1,h2,h3/db", ["h1", "h2", "h3"], "postgresql://u@h1/db"),
        ("postgresql://u@[::1]:5432,h2/db", ["[::1]:5432", "h2"], "postgresql://u@[::1]:5432/db"),
        ("postgresql://u@%2Frun%2Fpg:5433/db", ["/run/pg:5433"], "postgresql://u@%2Frun%2Fpg:5433/db"),
        ("postgresql://u@/db?host=h1,h2&port=1,2", ["h1", "h2"], "postgresql://u@/db?host=h1&port=1"),
        ("postgresql://u@/db?host=h1:1&host=h2:2", ["h1:1", "h2:2"], "postgresql://u@/db?host=h1%3A1"),
        ("postgresql://u@/db?host=h1,h2&port=3", ["h1", "h2"], "postgresql://u@/db?host=h1&port=3"),
        ("postgresql://u@/db", ["the local socket"], "postgresql://u@/db"),
    ],
)
def test_each_server_of_an_address_has_one_of_its_own(url: str, names: list[str], first: str) -> None:
    place = locate(url)
    assert isinstance(place, PostgresServer)
    found = hosts(place.url)
    assert ([host.name for host in found], found[0].url) == (names, first)
    assert str(place) == f"PostgreSQL at {','.join(names)}/db"


def test_a_file_is_a_file() -> None:
    assert locate("sqlite:///var/chatbot.db") == SqliteFile(Path("var/chatbot.db"))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:secret@h1:5432,h2:x/db",
        "postgresql://u:secret@h:x/db",
        "postgresql://u:secret@[::1/db",
        "postgresql://u:secret@/db?host=a,b,c&port=1,2",
        "postgresql://u:secret@h/db?connect_timeout=soon",
        "postgresql:secret",
        "mysql://u:secret@h/db",
        "sqlite://",
        "secret",
    ],
)
def test_what_is_no_address_is_told_without_a_word_of_it(url: str) -> None:
    with pytest.raises(DatabaseUrlError, match="DATABASE_URL must look like") as told:
        locate(url)
    assert "secret" not in str(told.value)


def test_the_time_for_one_server_may_be_in_the_address() -> None:
    assert connect_timeout("postgresql://u@h/db?connect_timeout=3") == 3
    assert connect_timeout("postgresql://u@h/db") is None
