"""Which date of a question is the event's, and how a button carries it."""

from datetime import date

import pytest

from chatbot.knowledge.event_days import EventDays, asks_about_today, event_days
from chatbot.model import Period

TODAY = date(2026, 11, 23)
MAY = EventDays(date(2025, 5, 1), date(2025, 5, 31))


def days(text: str, words: str, first: date, last: date) -> EventDays | None:
    """The event's days as read from a text with this period."""
    return event_days(text, Period(first, last, words), TODAY)


@pytest.mark.parametrize(
    ("text", "words", "first", "last", "expected"),
    [
        ("sinh con tháng 5/2025", "thang 5/2025", MAY.first, MAY.last, MAY),
        ("lương cơ sở trước ngày 1/7/2024", "1/7/2024", date(2024, 7, 1), date(2024, 7, 1), date(2024, 6, 30)),
        ("trước tháng 7 năm 2025 thì sao", "thang 7 nam 2025", date(2025, 7, 1), date(2025, 7, 31), date(2025, 6, 30)),
        ("sau ngày 1/7/2025 thì sao", "ngay 1/7/2025", date(2025, 7, 1), date(2025, 7, 1), date(2025, 7, 1)),
        ("tôi bắt đầu đóng từ năm 2018", "nam 2018", date(2018, 1, 1), date(2018, 12, 31), None),
        ("đóng được 5 năm rồi", "5 năm rồi", date(2021, 11, 23), date(2021, 11, 23), None),
        ("tôi sinh năm 2001", "nam 2001", date(2001, 1, 1), date(2001, 12, 31), None),
        ("tôi sinh năm 2018 thì sao", "nam 2018", date(2018, 1, 1), date(2018, 12, 31), None),
        ("đóng trước 1/7/2025 có được rút không", "1/7/2025", date(2025, 7, 1), date(2025, 7, 1), None),
        ("tham gia sau ngày 1/7/2025", "ngay 1/7/2025", date(2025, 7, 1), date(2025, 7, 1), None),
        ("lương tháng 5/2025 là 8 triệu", "thang 5/2025", MAY.first, MAY.last, None),
        ("lương tháng 5/2025 trừ bao nhiêu", "thang 5/2025", MAY.first, MAY.last, MAY),
        (
            "công ty nợ từ năm 2023 đến nay",
            "nam 2023",
            date(2023, 1, 1),
            date(2023, 12, 31),
            EventDays(date(2023, 1, 1), TODAY),
        ),
        (
            "nghỉ việc năm 2018",
            "nam 2018",
            date(2018, 1, 1),
            date(2018, 12, 31),
            EventDays(date(2018, 1, 1), date(2018, 12, 31)),
        ),
    ],
)
def test_the_events_days(text: str, words: str, first: date, last: date, expected: EventDays | date | None) -> None:
    wanted = EventDays.on(expected) if isinstance(expected, date) else expected
    assert days(text, words, first, last) == wanted


def test_the_day_of_paying_is_the_event_when_contributions_are_asked_about() -> None:
    period = Period(date(2026, 7, 1), date(2026, 7, 1), "1/7/2026")
    text = "đóng bhyt hộ gia đình trước 1/7/2026 bao nhiêu"
    assert event_days(text, period, TODAY) is None
    assert event_days(text, period, TODAY, paying=True) == EventDays.on(date(2026, 6, 30))


def test_no_date_is_no_event() -> None:
    assert event_days("tuổi nghỉ hưu", None, TODAY) is None


@pytest.mark.parametrize("event", [MAY, EventDays.on(date(2025, 5, 15))])
def test_a_button_carries_the_days(event: EventDays) -> None:
    assert EventDays.unpack(event.pack()) == event


@pytest.mark.parametrize("forged", ["", "tomorrow", "2025-13-01", "2025-05-31..2025-05-01", "2025-05-01..x", "' OR 1"])
def test_forged_days_are_none(forged: str) -> None:
    assert EventDays.unpack(forged) is None


def test_now_leaves_the_day_of_the_last_question() -> None:
    assert asks_about_today("thế bây giờ thì bao nhiêu")
    assert not asks_about_today("thế nộp ở đâu")
