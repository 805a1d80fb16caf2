"""Content that changes while the bot runs: whole content is used at once, broken content never."""

import asyncio
import gc
import weakref
from pathlib import Path
from time import perf_counter

import aiohttp

from chatbot.cli.run import bind, serve
from chatbot.serve import Bot
from tests.app.whole import PHRASES, Whole, echo_mind, settings_of, small_content


def apology(whole: Whole) -> str:
    """A sentence of the content in use."""
    return whole.bot.brain.knowledge.phrases.say("error.internal")


def phrases(whole: Whole) -> Path:
    """The file of sentences."""
    return whole.folder / "intents" / "phrases.vi.yaml"


async def test_new_content_is_used_without_a_restart(whole: Whole) -> None:
    file = phrases(whole)
    file.write_text(file.read_text("utf-8").replace("trục trặc", "sự cố"), "utf-8")
    await whole.until(lambda: "sự cố" in apology(whole))
    await whole.zalo.text("7610001", "hỏng")
    await whole.settle()
    assert whole.heard == ["Dạ, em xin lỗi, em gặp sự cố ạ."]


async def test_broken_content_is_an_alarm_and_the_last_good_content_stays(whole: Whole) -> None:
    topic = whole.folder / "intents" / "faq" / "money" / "thuong.yaml"
    good = topic.read_text("utf-8")
    topic.write_text(good.replace("title:", "titel:"), "utf-8")
    await whole.until(lambda: "content" in whole.bot.alarms.standing)
    assert "thuong.yaml" in whole.bot.alarms.standing["content"]
    await whole.zalo.text("7610001", "chào")
    await whole.settle()
    assert whole.heard == ["1. Dạ, em nghe: chào"]
    status, page = await whole.get("/readyz")
    assert (status, "content: New content has errors" in page) == (200, True)
    topic.write_text(good, "utf-8")
    await whole.until(lambda: "content" not in whole.bot.alarms.standing)


async def test_a_file_that_is_half_written_is_an_alarm_only_while_it_is(whole: Whole) -> None:
    file = phrases(whole)
    good = file.read_text("utf-8")
    file.write_text(good[: len(good) - len(PHRASES) // 2], "utf-8")
    await whole.until(lambda: "content" in whole.bot.alarms.standing)
    file.write_text(good, "utf-8")
    await whole.until(lambda: "content" not in whole.bot.alarms.standing)
    assert apology(whole).startswith("Dạ")


async def test_a_content_folder_that_disappears_changes_nothing(whole: Whole) -> None:
    folder = whole.folder / "intents"
    folder.rename(whole.folder / "elsewhere")
    await whole.until(lambda: "content" in whole.bot.alarms.standing)
    await whole.zalo.text("7610001", "chào")
    await whole.settle()
    assert len(whole.zalo.sent) == 1


async def test_nothing_but_the_bot_holds_the_mind(tmp_path: Path) -> None:
    """Else the first content would stay in memory beside every later one."""
    small_content(tmp_path)
    config = settings_of(tmp_path, {}, {})
    minds = [echo_mind(config.settings)]
    held = weakref.ref(minds[0].pipeline)
    with bind("127.0.0.1", 0) as door:
        serving = asyncio.create_task(serve(config, minds.pop, door, perf_counter(), simulated=False))
        while not await _answers(door.getsockname()[1]):
            assert not serving.done()
        gc.unfreeze()
        bot = next(one for one in gc.get_objects() if isinstance(one, Bot) and one.brain.pipeline is held())
        bot.brain = echo_mind(config.settings)
        gc.collect()
        assert held() is None
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def _answers(port: int) -> bool:
    try:
        async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{port}/healthz") as response:
            return response.ok
    except aiohttp.ClientError:
        return False
