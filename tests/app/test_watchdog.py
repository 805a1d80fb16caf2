"""A process whose event loop stands still ends and says where; one that is only busy, or stopped by Ctrl-Z, goes on."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

HANGS = """
import asyncio, re, sys
from chatbot.serve.watchdog import watched
async def main():
    with open(sys.argv[1], "w") as stack:
        async with watched(stack, 0.3):
            await asyncio.sleep(0.5)
            print("went round", flush=True)
            re.match("(a|aa)+$", "a" * 60 + "!")
asyncio.run(main())
"""
BUSY = """
import asyncio, sys, time
from chatbot.serve.watchdog import watched
async def main():
    with open(sys.argv[1], "w") as stack:
        async with watched(stack, 1):
            print("ready", flush=True)
            for _ in range(40):
                time.sleep(0.05)
                await asyncio.sleep(0)
        time.sleep(1.5)
        print("fine")
asyncio.run(main())
"""
NO_FILE = """
import asyncio, sys
from chatbot.serve.watchdog import watched
async def main():
    stack = open(sys.argv[1], "w")
    stack.close()
    async with watched(stack, 0.1):
        await asyncio.sleep(0.2)
    print("fine")
asyncio.run(main())
"""


def start(program: str, stack: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", program, str(stack)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_loop_that_stands_still_is_ended_and_says_where(tmp_path: Path) -> None:
    process = start(HANGS, tmp_path / "stack")
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, out, errors) == (1, "went round\n", "")
    assert "in main" in (tmp_path / "stack").read_text("utf-8")


def test_work_that_lets_the_loop_go_round_is_left_alone_and_so_is_a_stopped_process(tmp_path: Path) -> None:
    process = start(BUSY, tmp_path / "stack")
    assert process.stdout
    process.stdout.readline()
    os.kill(process.pid, signal.SIGTSTP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)
    threading.Event().wait(1.5)
    os.kill(process.pid, signal.SIGCONT)
    assert process.communicate(timeout=60)[0] == "fine\n"


def test_a_file_that_cannot_be_written_is_told_and_ends_nothing(tmp_path: Path) -> None:
    out, errors = start(NO_FILE, tmp_path / "stack").communicate(timeout=60)
    assert "fine" in out
    assert "watchdog_failed" in out + errors
