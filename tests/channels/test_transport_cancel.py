"""A request whose sender is told to stop in the moment in which its time is over, as after a process stood still."""

import asyncio
import time
from datetime import timedelta

import pytest

from chatbot.channels.transport import Http, MaybeSentError

TIMEOUT = timedelta(seconds=0.2)


@pytest.mark.parametrize("is_told_to_stop", [True, False])
async def test_a_cancellation_beside_the_time_out_is_not_swallowed(is_told_to_stop: bool) -> None:
    """Whoever went on would send what is another process's by now."""
    asked, over = asyncio.Event(), asyncio.Event()

    async def never_answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        asked.set()
        await over.wait()
        writer.close()

    async with await asyncio.start_server(never_answers, "127.0.0.1", 0) as server:
        http = Http(TIMEOUT)
        port = server.sockets[0].getsockname()[1]
        request = asyncio.create_task(http.get(f"http://127.0.0.1:{port}/", {}, {}))
        await asked.wait()
        if is_told_to_stop:
            asyncio.get_running_loop().call_later(TIMEOUT.total_seconds() + 0.05, request.cancel)
        time.sleep(TIMEOUT.total_seconds() + 0.1)  # noqa: ASYNC251 - stands still: both are due in one round of the loop
        with pytest.raises(asyncio.CancelledError if is_told_to_stop else MaybeSentError):
            await request
        over.set()
        await http.close()
