"""The load and the Graph API of the benchmarks, against a whole small bot on the store that keeps nothing."""

import random
from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path

import pytest
from aiohttp import web

from benchmarks.load import drive, strangers, stream
from benchmarks.program import environment
from benchmarks.repeats import replies_to_each
from benchmarks.server import forgetful
from benchmarks.soak import unseen
from benchmarks.understanding import sized
from benchmarks.world import World, world
from chatbot.config import load_config
from chatbot.knowledge import Knowledge
from tests.app.whole import echo_mind, small_content, write_settings
from tests.listening import listening


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[tuple[World, str]]:
    """Meta, and the origin of a bot that repeats what it hears."""
    small_content(tmp_path)
    async with world() as meta:
        config = load_config(environment(write_settings(tmp_path, {}), meta.url), tmp_path)
        async with forgetful(config, echo_mind(config.settings)) as bot, listening(bot.web_app()) as origin:
            yield meta, origin


async def test_everybody_is_answered_once(talk: tuple[World, str]) -> None:
    """Closed and open loop; what came twice would be seen."""
    meta, origin = talk
    seen = await drive(origin, meta, ["xin chào", "hỏi"], 40)
    assert seen.rate > 0
    assert len(seen.waits) == 40
    asked = strangers(meta, ["xin chào"], 30)
    streamed = await stream(origin, meta, asked, 1000)
    await meta.until_all(streamed.accepted, 10)
    assert streamed.accepted == {citizen for citizen, _ in asked} == set(meta.answered)
    assert len(streamed.acks) == 30
    assert (meta.twice(), len(meta.keys)) == (0, 30)
    meta.keys.update(list(meta.keys)[:2])
    assert meta.twice() == 2


async def test_repeats_are_answered_once(talk: tuple[World, str]) -> None:
    """The same event five times at once, on the store without a disk too."""
    meta, origin = talk
    assert await replies_to_each(origin, meta) == 1


async def test_a_refused_webhook_is_posted_again_and_a_dead_server_is_no_error() -> None:
    """503 means later; no connection means not accepted."""
    refused = iter((503, 503))

    async def answer(request: web.Request) -> web.Response:
        status = next(refused, 200)
        if status == 200:
            item = (await request.json())["entry"][0]["messaging"][0]
            meta.answered.setdefault(item["sender"]["id"], []).append(0.0)
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post("/webhooks/messenger", answer)
    async with world() as meta, listening(app) as origin:
        assert (await drive(origin, meta, ["xin chào"], 3)).refused == 2
        nobody = await stream("http://127.0.0.1:9", meta, strangers(meta, ["xin chào"], 3), 1000)
        assert (nobody.accepted, nobody.share(0)) == (frozenset(), 1)


def test_unseen_texts_are_all_different() -> None:
    """Half of a long run is words that nobody has written before."""
    texts = list(islice(unseen(("quên mật khẩu vssid", "a", "bao giờ nghỉ hưu"), random.Random(1)), 2000))
    assert len(set(texts)) == 2000
    assert all(text.strip() for text in texts)


def test_topics_beyond_todays_are_mixed_from_them(full_knowledge: Knowledge) -> None:
    """500 topics have 500 ids, and their phrasings are nobody else's."""
    many = sized(full_knowledge, 500)
    assert len(many.faqs) == 500
    made = [faq for name, faq in many.faqs.items() if name not in full_knowledge.faqs]
    assert all(faq.id in many.faqs and faq.ask for faq in made)
    known = {text for _, text in full_knowledge.examples()}
    ours = [text for faq in made for text in faq.ask]
    assert sum(text in known for text in ours) < len(ours) * 0.02
    assert len(sized(full_knowledge, 50).faqs) == 50
    assert sized(full_knowledge, 0).faqs == full_knowledge.faqs
