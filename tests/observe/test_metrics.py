"""The metrics: a closed list of names, figures that move, and nothing of a citizen in them."""

import re
from datetime import timedelta
from pathlib import Path

from chatbot.app import utc_now
from chatbot.model import ChannelName
from chatbot.observe import Alarms, make_metrics
from chatbot.serve import Duty
from chatbot.simulator import FaultKind
from tests.app.whole import Whole, whole_bot
from tests.delivery.conftest import Clock
from tests.postgres import database

NAMES = {
    "chatbot_events_total",
    "chatbot_turns_total",
    "chatbot_turn_seconds",
    "chatbot_answer_seconds",
    "chatbot_sends_total",
    "chatbot_queue_depth",
    "chatbot_oldest_unanswered_seconds",
    "chatbot_signature_refused_total",
    "chatbot_token_expires_seconds",
    "chatbot_secrets_masked_total",
    "chatbot_alarm",
}
"""As operators' dashboards know them."""


def sample(page: str, name: str) -> float:
    """The value of one line."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", page, re.MULTILINE)
    assert found, f"{name} is not in\n{page}"
    return float(found[1])


async def test_the_list_of_metrics_is_closed(whole: Whole) -> None:
    _, page = await whole.get("/metrics")
    described = re.findall(r"^# TYPE (\S+) (\S+)$", page, re.MULTILINE)
    assert {name for name, _ in described} == NAMES
    await whole.zalo.text("7610001", "xin chào")
    await whole.settle()
    _, page = await whole.get("/metrics")
    assert not re.search("^[^#]*_created", page, re.MULTILINE)


async def test_the_page_is_what_prometheus_reads(whole: Whole) -> None:
    async with whole.http.get(f"{whole.url}/metrics") as response:
        assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")


async def test_one_answered_question_is_counted_all_along_its_way(whole: Whole) -> None:
    await whole.zalo.text("7610001", "mã OTP của tôi là 482913")
    await whole.settle()
    await whole.settle()
    _, page = await whole.get("/metrics")
    assert sample(page, 'chatbot_events_total{channel="zalo",kind="text"}') == 1
    assert sample(page, 'chatbot_turns_total{channel="zalo",outcome="answered_smalltalk"}') == 1
    assert sample(page, 'chatbot_sends_total{channel="zalo",result="sent"}') == 1
    assert sample(page, 'chatbot_secrets_masked_total{kind="otp"}') == 1
    assert sample(page, "chatbot_turn_seconds_count") == 1
    assert sample(page, "chatbot_answer_seconds_count") == 1
    assert 0 < sample(page, "chatbot_answer_seconds_sum") < 10
    assert "7610001" not in page
    assert "482913" not in page


async def test_the_zalo_tokens_remaining_life_is_told(whole: Whole) -> None:
    await whole.until(lambda: whole.zalo.grant.access_token)
    await whole.until(lambda: b'token_expires_seconds{channel="zalo"} 8' in whole.bot.metrics.exposition())
    _, page = await whole.get("/metrics")
    life = sample(page, 'chatbot_token_expires_seconds{channel="zalo"}')
    assert timedelta(hours=24).total_seconds() < life <= timedelta(hours=25).total_seconds()


def test_an_alarm_stands_until_it_is_taken_back() -> None:
    metrics = make_metrics()
    alarms = Alarms(metrics)
    alarms.raise_("store", "The disk is full.")
    alarms.raise_("store", "The disk is still full.")
    assert alarms.standing == {"store": "The disk is still full."}
    assert b'chatbot_alarm{name="store"} 1.0' in metrics.exposition()
    alarms.clear("store")
    alarms.clear("never raised")
    assert alarms.standing == {}
    assert b'chatbot_alarm{name="store"} 0.0' in metrics.exposition()


async def test_who_waits_longest_is_told_while_the_channel_is_paused_and_after_a_restart(tmp_path: Path) -> None:
    clock = Clock()
    clock.time = utc_now()
    name = "chatbot_oldest_unanswered_seconds"

    def told(whole: Whole) -> float:
        return sample(whole.bot.metrics.exposition().decode(), name)

    async with whole_bot(tmp_path, now=clock) as whole:
        whole.messenger.faults.next(FaultKind.CODE, code=4, times=99)
        await whole.messenger.text("2001", "chào")
        await whole.until(lambda: not whole.bot.channels.gates[ChannelName.MESSENGER].is_open)
        clock.move(timedelta(minutes=5))
        await whole.until(lambda: told(whole) >= 300)
        _, page = await whole.get("/readyz")
        assert "a citizen has waited for a reply since" in page
    async with whole_bot(tmp_path, now=clock) as whole:
        await whole.settle()
        await whole.until(lambda: told(whole) == 0)
        assert "waited" not in (await whole.get("/readyz"))[1]


async def test_what_waits_for_a_channel_whose_secrets_are_missing_is_told_and_answered_when_they_are_back(
    tmp_path: Path,
) -> None:
    clock = Clock()
    clock.time = utc_now()
    async with whole_bot(tmp_path, now=clock, duty=Duty.INTAKE) as whole:
        assert (await whole.messenger.text("2001", "chào")).accepted
    clock.move(timedelta(minutes=5))
    async with whole_bot(tmp_path, now=clock, without=("MESSENGER",)) as whole:
        await whole.until(lambda: "messenger_stranded" in whole.bot.alarms.standing)
        _, page = await whole.get("/readyz")
        assert "1 messages or replies of Facebook wait since" in page
        assert "a citizen has waited" not in page
    async with whole_bot(tmp_path, now=clock) as whole:
        await whole.until(lambda: whole.heard)
        assert whole.heard == ["1. Dạ, em nghe: chào"]
        assert "messenger_stranded" not in whole.bot.alarms.standing


async def test_where_nobody_answers_the_half_that_takes_in_says_so(tmp_path: Path) -> None:
    clock = Clock()
    clock.time = utc_now()
    async with (
        database() as url,
        whole_bot(tmp_path, now=clock, duty=Duty.INTAKE, extra={"DATABASE_URL": url}) as whole,
    ):
        assert (await whole.messenger.text("2001", "chào")).accepted
        clock.move(timedelta(minutes=2))
        await whole.until(lambda: whole.bot.waiting_since)
        status, page = await whole.get("/readyz")
        assert (status, "is a `chatbot worker` running?" in page) == (200, True)
