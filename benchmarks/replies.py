"""End to end with the real understanding on SQLite: replies a second, and waiting times at 50 messages a second."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.measure import Result, percentile, wait_for_quiet
from benchmarks.world import World

AT_ONCE: Final = 32
RATE: Final = 50
MOST_WEBHOOK_MS: Final = 20.0
MOST_SEND_MS: Final = 50.0
OK: Final = 200


@dataclass(frozen=True, slots=True)
class Drive:
    """What a closed loop saw: replies a second, and the milliseconds from each webhook to its reply."""

    rate: float
    waits: tuple[float, ...]


async def drive(origin: str, meta: World, texts: Sequence[str], count: int) -> Drive:
    """`count` people ask, 32 at once, until all are answered. Raises RuntimeError for a status other than 200."""
    people = iter([(meta.citizen(), texts[number % len(texts)]) for number in range(count)])

    async def keep_asking() -> None:
        for citizen, text in people:
            status, _ = await meta.ask(origin, citizen, text)
            if status != OK:
                raise RuntimeError(f"the webhook answered {status}")

    meta.forget()
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(keep_asking() for _ in range(AT_ONCE)))
    await meta.until_answered(count, 240)
    took = loop.time() - began
    waits = tuple(wait * 1000 for wait in meta.waits)
    meta.forget()
    return Drive(count / took, waits)


async def throughput(
    origin: str, meta: World, texts: Sequence[str], count: int, say: Callable[[str], None]
) -> tuple[list[Result], Drive]:
    """Different questions, and the same question again and again (which the rivals are asked too)."""
    say(f"replies: {count} people, {AT_ONCE} at once")
    await drive(origin, meta, texts, count // 10)
    await asyncio.to_thread(wait_for_quiet)
    varied = await drive(origin, meta, texts, count)
    same = await drive(origin, meta, texts[:1], count)
    return [
        Result("Replies/s end to end (understanding, SQLite, HTTP both ways)", f"{varied.rate:,.0f}"),
        Result("... the same question from everybody", f"{same.rate:,.0f}"),
    ], varied


async def waiting(
    origin: str, meta: World, texts: Sequence[str], seconds: int, say: Callable[[str], None]
) -> tuple[list[Result], list[float]]:
    """50 messages a second, whether or not the earlier ones are answered; also the waiting times in ms."""
    say(f"waiting times: {RATE} messages a second for {seconds} s")
    await asyncio.to_thread(wait_for_quiet)
    meta.forget()
    loop = asyncio.get_running_loop()
    began = loop.time()
    asking = []
    for number in range(RATE * seconds):
        await asyncio.sleep(max(0.0, began + number / RATE - loop.time()))
        asking.append(asyncio.create_task(meta.ask(origin, meta.citizen(), texts[number % len(texts)])))
    webhooks = [took * 1000 for _, took in await asyncio.gather(*asking)]
    await meta.until_answered(RATE * seconds, 60)
    sends = [took * 1000 for took in meta.waits]
    meta.forget()
    webhook, send = percentile(webhooks, 0.99), percentile(sends, 0.99)
    return [
        Result("At 50 messages/s: webhook p99", f"{webhook:.1f} ms", "< 20 ms", webhook < MOST_WEBHOOK_MS),
        Result("At 50 messages/s: webhook to send p50", f"{percentile(sends, 0.5):.1f} ms"),
        Result("At 50 messages/s: webhook to send p99", f"{send:.1f} ms", "< 50 ms", send < MOST_SEND_MS),
    ], sends
