"""A bot in a process of its own: `python -m tests.app.echo_server PORT THINK_MS`, run in the folder of its config.yaml.

The settings come from the environment, as for `chatbot run`. It is killed, stopped and started again by the tests.
"""

import asyncio
import sys
import time
from dataclasses import dataclass

from chatbot.cli.run import bind, serve
from chatbot.config import load_config
from chatbot.knowledge import Knowledge, load
from chatbot.model import Turn, TurnResult
from chatbot.observe import log
from chatbot.storage.lock import InUseError
from tests.app.whole import Echo


@dataclass(frozen=True, slots=True)
class SlowEcho(Echo):
    """An echo that thinks for a while, so that a signal hits it in the middle."""

    think_s: float

    def turn(self, turn: Turn) -> TurnResult:
        """The echo, later."""
        time.sleep(self.think_s)
        return Echo.turn(self, turn)


@dataclass(frozen=True, slots=True)
class SlowMind:
    """Small content and the slow echo."""

    knowledge: Knowledge
    pipeline: SlowEcho


def main() -> None:
    """Run until a signal."""
    log.configure("INFO")
    config = load_config()
    minds = [SlowMind(load(config.settings.intents), SlowEcho(int(sys.argv[2]) / 1000))]
    door = bind("127.0.0.1", int(sys.argv[1]))
    try:
        asyncio.run(serve(config, minds.pop, door, time.perf_counter(), simulated=False))
    except InUseError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
