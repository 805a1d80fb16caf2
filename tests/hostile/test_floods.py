"""More than anybody could type: one person's flood, everybody's flood, and texts as long as books."""

import asyncio
from pathlib import Path
from time import perf_counter

import pytest

from chatbot.app import Brain
from chatbot.privacy.protect import LONGEST_TEXT
from tests.app.whole import Whole, accepted, whole_bot

MIB = 1024 * 1024


async def test_two_hundred_messages_at_once_from_one_person_are_all_heard_in_order(whole: Whole) -> None:
    events = [whole.zalo.events.said("7610001", "text", {"text": f"câu{n:03}.", "msg_id": f"m{n}"}) for n in range(200)]
    assert accepted(await asyncio.gather(*map(whole.zalo.deliver, events)))
    await whole.settle()
    said = " ".join(whole.heard)
    assert [said.count(f"câu{n:03}.") for n in range(200)] == [1] * 200


async def test_a_flood_of_one_person_is_answered_within_reason(real: Whole) -> None:
    events = [real.zalo.events.said("7610001", "text", {"text": f"chào {n}", "msg_id": f"m{n}"}) for n in range(200)]
    assert accepted(await asyncio.gather(*map(real.zalo.deliver, events)))
    await real.zalo.text("7610002", "xin chào")
    await real.settle()
    to_flooder = [sent for sent in real.zalo.sent if sent.citizen == "7610001"]
    assert 1 <= len(to_flooder) <= 25
    assert [sent.citizen for sent in real.zalo.sent].count("7610002") == 1


async def test_two_hundred_people_at_once_are_all_answered(whole: Whole) -> None:
    several = [whole.messenger.text(f"2{n:04}", "chào") for n in range(200)]
    assert accepted(await asyncio.gather(*several))
    await whole.settle()
    assert len({sent.citizen for sent in whole.messenger.sent}) == len(whole.messenger.sent) == 200


async def test_an_intake_that_is_full_asks_the_platform_to_try_again(tmp_path: Path) -> None:
    async with whole_bot(tmp_path, changes={"intake": {"queue": 1}}) as whole:
        events = [whole.zalo.events.said(f"76100{n}", "text", {"text": "chào", "msg_id": f"m{n}"}) for n in range(60)]
        first = await asyncio.gather(*map(whole.zalo.deliver, events))
        assert {one.status for one in first} <= {200, 503}
        for event, delivery in zip(events, first, strict=True):
            while not delivery.accepted:
                delivery = await whole.zalo.deliver(event)  # noqa: PLW2901 - Zalo tries again
        await whole.settle()
        assert len({sent.citizen for sent in whole.zalo.sent}) == len(whole.zalo.sent) == 60


LONG = {
    "one letter": "a" * MIB,
    "one word again and again": "bảo hiểm xã hội " * (MIB // 24),
    "digits": "0123456789" * (MIB // 10),
    "spaced digits": "0 1 2 3 4 5 6 7 8 9 " * (MIB // 20),
    "numbers in words": "không một hai ba bốn năm sáu bảy tám chín " * (MIB // 60),
    "addresses": "https://a.vn/?p=1 " * (MIB // 18),
    "mail": "a@b.c " * (MIB // 6),
    "marks": "@.-_" * (MIB // 4),
    "brackets": "[OTP:" * (MIB // 5),
    "lines": "\n" * MIB,
    "passwords": "mật khẩu là " * (MIB // 18),
}


async def test_no_half_of_a_number_is_left_where_a_long_text_is_cut(whole: Whole) -> None:
    for shift in range(14):
        await whole.zalo.text("7610001", "a " * ((LONGEST_TEXT - 14) // 2) + "." * shift + " 079 203 004 551 và")
    await whole.settle()
    kept = whole.rows("SELECT text FROM turn")
    assert kept
    assert not [text for (text,) in kept if any(part in text for part in ("079", "203", "004", "551"))]


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
async def test_a_book_of_a_text_is_answered_and_holds_nobody_up(real: Whole, text: str) -> None:
    started = perf_counter()
    deliveries = await asyncio.gather(real.zalo.text("7610001", text[:250_000]), real.zalo.text("7610002", "xin chào"))
    await real.settle()
    took = perf_counter() - started
    assert accepted(deliveries)
    assert {sent.citizen for sent in real.zalo.sent} == {"7610001", "7610002"}
    assert took < 3, f"{took:.1f} s"


async def test_a_megabyte_is_answered(tmp_path: Path, real_brain: Brain) -> None:
    async with whole_bot(tmp_path, real_brain, changes={"web": {"body_limit_mib": 4, "read_timeout_s": 5}}) as whole:
        item = whole.messenger.events.said("2001", {"mid": "m_1", "text": "tôi hỏi lương hưu " * (MIB // 24)})
        raw, headers = whole.messenger.events.signed(whole.messenger.events.batch(item))
        assert len(raw) > MIB
        assert (await whole.post("/webhooks/messenger", raw, headers))[0] == 200
        await whole.settle()
        assert len(whole.messenger.sent) >= 1
