"""A bad network on loopback: between the bot and whatever it talks to, it delays, swallows, cuts and resets."""

import asyncio
import socket
import struct
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

CHUNK: Final = 65536
_NO_LINGER: Final = struct.pack("ii", 1, 0)


class Weather(Enum):
    """What happens to connections, old and new, from the moment it is set."""

    FINE = "fine"
    SLOW = "slow"  # every chunk is late, in both directions
    HOLE = "hole"  # what is sent is swallowed; a connection that lost something never works again
    RESET = "reset"  # connections are reset, new ones too
    CUT_ANSWERS = "cut answers"  # the request arrives, and half of the answer


@dataclass
class Proxy:
    """Passes connections on to `host`:`port`. Use it as an async context manager; `port_here` is where it listens."""

    host: str
    port: int
    slow_s: float = 0.2
    weather: Weather = Weather.FINE
    port_here: int = 0
    passed: int = 0
    """Chunks that went through whole."""
    spoilt: int = 0
    """Chunks that did not, and connections that were reset."""
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _broken: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port_here = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._server is not None
        self._server.close()
        self.weather = Weather.RESET
        while self._tasks:
            self._reset(self._writers)
            await asyncio.wait(self._tasks, timeout=0.1)

    def turn(self, weather: Weather) -> None:
        """Change the weather; fine weather ends what the hole has broken."""
        self.weather = weather
        if weather is Weather.RESET:
            self._reset(self._writers)
        elif weather is not Weather.HOLE:
            self._reset(self._broken)

    def _reset(self, writers: set[asyncio.StreamWriter]) -> None:
        for writer in list(writers):
            self.spoilt += 1
            _abort(writer)
        writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            if self.weather is Weather.RESET:
                self._reset({writer})
                return
            there, away = await asyncio.open_connection(self.host, self.port)
        except OSError:
            _abort(writer)
            return
        pair = {writer, away}
        self._writers |= pair
        pumps = [
            asyncio.create_task(self._pump(reader, away, pair, answers=False)),
            asyncio.create_task(self._pump(there, writer, pair, answers=True)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            for one in pair:
                _abort(one) if one in self._broken else one.close()
            self._writers -= pair
            self._broken -= pair

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        pair: set[asyncio.StreamWriter],
        *,
        answers: bool,
    ) -> None:
        while chunk := await reader.read(CHUNK):
            if self.weather is Weather.HOLE or writer in self._broken:
                self.spoilt += 1
                self._broken |= pair
                continue
            if self.weather is Weather.SLOW:
                await asyncio.sleep(self.slow_s)
            if answers and self.weather is Weather.CUT_ANSWERS:
                self.spoilt += 1
                writer.write(chunk[: len(chunk) // 2])
                await writer.drain()
                return
            self.passed += 1
            writer.write(chunk)
            await writer.drain()


def _abort(writer: asyncio.StreamWriter) -> None:
    """Close with a reset: nothing that waits is delivered."""
    connection: socket.socket | None = writer.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    writer.transport.abort()
