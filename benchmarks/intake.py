"""Durable intake with masking against a bare aiohttp handler: wrk, 32 connections, lanes paused."""

import asyncio
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.lab import Found, Lab
from benchmarks.measure import wait_for_quiet
from benchmarks.program import Served, server
from benchmarks.world import body_of, signature_of

CONNECTIONS: Final = 32
LEAST_SHARE: Final = 0.30
MOST_TIMES: Final = 6.0
MOST_A_SECOND: Final = 40_000
"""Bodies prepared for each second, more than either server takes."""
HOW_TO_INSTALL: Final = "wrk is not installed (apt-get install wrk, brew install wrk): the intake was not measured"
QUESTIONS: Final = (
    "Cho tôi hỏi thủ tục gia hạn thẻ bảo hiểm y tế hộ gia đình cần giấy tờ gì, đóng bao nhiêu tiền, nộp ở đâu ạ?",
    "quen mat khau vssid roi lam sao lay lai",
    "Nữ sinh năm 1970 đóng 18 năm thì bao giờ được nghỉ hưu",
    "Số 0912845370 tự xưng BHXH gọi, có phải thật không?",
    "rút bhxh một lần cần giấy tờ gì, bao lâu thì nhận được tiền",
)


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw: requests a second, milliseconds; and the server's processor time, in microseconds a request."""

    rate: float
    p50: float
    p99: float
    cpu: float


async def measure(lab: Lab, found: Found) -> None:
    """Both servers in turn, several times; the medians count."""
    if shutil.which("wrk") is None:
        found.add("Durable intake as a share of a bare handler", HOW_TO_INSTALL)
        return
    rounds, seconds = lab.pick(1, 3, 5), lab.pick(2, 3, 5)
    seen: dict[str, list[Load]] = {"bare": [], "intake": []}
    for number in range(rounds):
        for mode, loads in seen.items():
            lab.say(f"intake: {mode}, round {number + 1} of {rounds}")
            async with server(mode, lab.folder / f"{mode}{number}") as served:
                await asyncio.to_thread(wait_for_quiet)
                loads.append(await _drive(served, lab.folder, seconds))
    bare, ours = _middle(seen["bare"]), _middle(seen["intake"])
    share, times = ours.rate / bare.rate, ours.p99 / bare.p99
    found.add("Durable intake, requests/s (bare handler)", f"{ours.rate:,.0f} ({bare.rate:,.0f})")
    found.add("... share of the bare handler", f"{share:.2f}", f">= {LEAST_SHARE:.2f}", share >= LEAST_SHARE)
    found.add(
        "... p99 against the bare handler",
        f"{ours.p99:.1f} ms, {times:.1f} times",
        f"<= {MOST_TIMES:.0f} times",
        times <= MOST_TIMES,
    )
    found.add(
        "... processor time a webhook (bare handler)",
        f"{ours.cpu:.0f} µs ({bare.cpu:.0f} µs), share {bare.cpu / ours.cpu:.2f}",
    )


def _middle(loads: list[Load]) -> Load:
    columns = zip(*((one.rate, one.p50, one.p99, one.cpu) for one in loads), strict=True)
    return Load(*(median(column) for column in columns))


async def _drive(served: Served, folder: Path, seconds: int) -> Load:
    """One run of wrk. Raises RuntimeError when a request failed or a body was sent twice."""
    bodies = folder / "bodies"
    count = MOST_A_SECOND * seconds
    await asyncio.to_thread(_write_bodies, bodies, count)
    command = ("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10", "-s")
    used = served.cpu_seconds
    process = await asyncio.create_subprocess_exec(
        *command,
        str(Path(__file__).with_name("post.lua")),
        f"{served.origin}/webhooks/messenger",
        env={**os.environ, "BODIES": str(bodies)},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    used = served.cpu_seconds - used
    found = next((line for line in out.decode().splitlines() if line.startswith("RES ")), "")
    if not found:
        raise RuntimeError("wrk told nothing")
    rate, p50, p99, errors, requests = (float(word) for word in found.split()[1:])
    if errors or requests > count:
        raise RuntimeError(f"wrk: {errors:.0f} errors, {requests:.0f} requests of {count} bodies")
    return Load(rate, p50, p99, used / requests * 1e6)


def _write_bodies(path: Path, count: int) -> None:
    run = time.time_ns()
    with path.open("wb") as file:
        for number in range(count):
            raw = body_of(str(7 * 10**15 + number % 1000), f"m_{run}_{number}", QUESTIONS[number % len(QUESTIONS)])
            file.write(signature_of(raw).encode() + b"\t" + raw + b"\n")
