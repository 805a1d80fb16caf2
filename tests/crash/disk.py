"""A PostgreSQL server whose disk is full when a test says so; nobody needs to be root for it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from tests.crash.server import OWNER, Server, a_place

LIBRARY: Final = Path(__file__).with_name("full.c")
SIGN: Final = "full"
_TIGHT: Final = {"min_wal_size": "2MB", "wal_recycle": "off", "autovacuum": "off"}
"""No room in store: the log asks for more at every segment, and old rows give none back."""


def need_gcc() -> None:
    """Or the end of the test: skipped, or failed where nothing may be skipped (CI_REQUIRE_ALL=1)."""
    if shutil.which("gcc") is None:
        sentence = "gcc is missing: what stands in front of libc cannot be built"
        pytest.fail(sentence) if os.environ.get("CI_REQUIRE_ALL") == "1" else pytest.skip(sentence)


@contextmanager
def server_that_fills_up() -> Iterator[Server]:
    """A server for `no_room`."""
    need_gcc()
    with a_place() as place:
        library = place.folder / "full.so"
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, LIBRARY, "-ldl"], check=True)
        server = replace(place, environment={"LD_PRELOAD": str(library), "FULL_DISK": str(place.folder / SIGN)})
        server.make()
        server.configure(**_TIGHT)
        server.start()
        yield server


@contextmanager
def no_room(server: Server, folder: str) -> Iterator[None]:
    """The disk under a folder of the server's data ("base", "pg_wal") is full as long as the block takes."""
    sign = server.folder / SIGN
    draft = sign.with_suffix(".new")
    draft.write_text(str(server.data / folder), "utf-8")
    if os.geteuid() == 0:
        shutil.chown(draft, OWNER, OWNER)
    draft.replace(sign)
    try:
        yield
    finally:
        sign.unlink()
