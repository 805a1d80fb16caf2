"""From a citizen's phone to a citizen's phone, over HTTP both ways."""

import asyncio

import pytest

from tests.app.whole import Whole, accepted


async def test_a_citizen_on_each_platform_is_answered(whole: Whole) -> None:
    assert (await whole.zalo.text("7610001", "xin chào")).accepted
    assert (await whole.messenger.text("2001", "chào em")).accepted
    await whole.settle()
    assert whole.heard == ["1. Dạ, em nghe: xin chào", "1. Dạ, em nghe: chào em"]


async def test_the_same_event_five_times_at_once_has_one_answer(whole: Whole) -> None:
    event = whole.zalo.events.said("7610001", "text", {"text": "chào", "msg_id": "m1"})
    item = whole.messenger.events.said("2001", {"mid": "m_1", "text": "chào"})
    several = [*(whole.zalo.deliver(event) for _ in range(5)), *(whole.messenger.deliver(item) for _ in range(5))]
    assert accepted(await asyncio.gather(*several))
    await whole.settle()
    assert (len(whole.zalo.sent), len(whole.messenger.sent)) == (1, 1)


async def test_a_bug_in_an_answer_is_apologised_for_and_the_next_question_is_answered(whole: Whole) -> None:
    await whole.zalo.text("7610001", "hỏng")
    await whole.settle()
    await whole.zalo.text("7610001", "chào")
    await whole.settle()
    assert whole.heard == ["Dạ, em xin lỗi, em gặp trục trặc ạ.", "1. Dạ, em nghe: chào"]


async def test_our_own_echo_is_recorded_and_not_answered(whole: Whole) -> None:
    await whole.messenger.text("2001", "chào")
    await whole.settle()
    await whole.settle()
    assert len(whole.messenger.sent) == 1
    assert await whole.bot.store.pending(10) == []


@pytest.mark.parametrize("text", ["cho tôi hỏi", "quen mat khau vssid roi"])
async def test_a_new_citizen_is_told_that_nobody_but_a_machine_answers(real: Whole, text: str) -> None:
    await real.zalo.text("7610001", text)
    await real.messenger.text("2001", text)
    await real.settle()
    first = [real.zalo.sent[0].text, real.messenger.sent[0].text]
    assert all("tự động" in said for said in first), first
    await real.zalo.text("7610001", text)
    await real.settle()
    assert "trợ lý tự động" not in real.zalo.sent[-1].text
