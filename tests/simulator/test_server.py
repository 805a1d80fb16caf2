"""The end of a server: a connection that came in the last moment is closed too."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from chatbot.simulator import ZaloPlatform
from tests.listening import listening


@asynccontextmanager
async def zalo() -> AsyncIterator[str]:
    """The origin of a simulated Zalo."""
    platform = ZaloPlatform()
    await platform.start()
    try:
        yield platform.server.url
    finally:
        await platform.close()


def of_the_tests() -> AbstractAsyncContextManager[str]:
    """The origin of a server of the tests."""
    return listening(web.Application())


@pytest.mark.parametrize("server", [zalo, of_the_tests])
@pytest.mark.parametrize("rounds", range(5))
async def test_who_connects_in_the_last_moment_is_hung_up_on(
    server: Callable[[], AbstractAsyncContextManager[str]], rounds: int
) -> None:
    async with server() as origin:
        here = urlsplit(origin)
        caller = socket.create_connection((here.hostname, here.port))
        for _ in range(rounds):
            await asyncio.sleep(0)
    gc.collect()  # a transport that was forgotten is a warning, and a warning is an error here
    with caller:
        caller.settimeout(5)
        with suppress(ConnectionResetError):
            assert caller.recv(1) == b""
