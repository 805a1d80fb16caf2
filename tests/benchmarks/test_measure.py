"""What is read of a process's memory is its own."""

import os
import subprocess
import sys

from benchmarks.measure import memory_mib

SMALL = """
import os
from benchmarks.measure import memory_mib, peak_memory_mib
held = bytearray(40 * 2**20)
del held
print(memory_mib(os.getpid()), peak_memory_mib(os.getpid()))
"""


def test_the_peak_is_that_of_the_process_and_not_of_who_started_it() -> None:
    here = bytearray(600 * 2**20)
    here[::4096] = b"x" * len(here[::4096])
    told = subprocess.run([sys.executable, "-c", SMALL], capture_output=True, text=True, check=True, timeout=60)
    now, peak = map(float, told.stdout.split())
    assert now + 30 < peak < len(here) / 2**20
    assert memory_mib(os.getpid()) > 600
