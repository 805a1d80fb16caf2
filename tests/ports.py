"""Ports for servers that open them later, and again after each restart."""

import random
import socket
from contextlib import suppress
from typing import Final

BELOW_OUTGOING: Final = range(12_000, 32_000)
"""Linux gives outgoing connections ports from 32768 on, macOS and Windows from 49152 on."""
_given: set[int] = set()
_any = random.SystemRandom()


def free_port() -> int:
    """A port of the loopback that nobody has, that this process never got before, and that no connection will take.

    A port of the system's own choice (`bind` to 0) is one of those it gives to outgoing connections too: between the
    choice and the opening, or while the server is down, a client can be on it, and the server cannot open it.
    """
    while True:
        port = _any.choice(BELOW_OUTGOING)
        if port not in _given and _is_free(port):
            _given.add(port)
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as door, suppress(OSError):
        door.bind(("127.0.0.1", port))
        return True
    return False
