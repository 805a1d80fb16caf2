"""A process whose event loop stands still ends and says where it stood; one that is only busy goes on."""

import subprocess
import sys

HANGS = """
import asyncio, re
from chatbot.serve.watchdog import watched
async def main():
    async with watched(0.3):
        await asyncio.sleep(0.5)
        print("went round", flush=True)
        secret = "a" * 60 + "!"
        re.match("(a|aa)+$", secret)
asyncio.run(main())
"""
BUSY = """
import asyncio, time
from chatbot.serve.watchdog import watched
async def main():
    async with watched(0.5):
        for _ in range(20):
            time.sleep(0.05)
            await asyncio.sleep(0)
    time.sleep(0.7)
    print("fine")
asyncio.run(main())
"""


def run(program: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)


def test_a_loop_that_stands_still_is_ended_and_says_where() -> None:
    ended = run(HANGS)
    assert (ended.returncode, ended.stdout) == (1, "went round\n")
    assert "Timeout" in ended.stderr
    assert "in main" in ended.stderr
    assert "aaaa" not in ended.stderr


def test_work_that_lets_the_loop_go_round_is_left_alone() -> None:
    assert run(BUSY).stdout == "fine\n"
