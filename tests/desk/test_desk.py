"""The desk on frozen days: Tết, Saturdays, 30/4, days off in lieu and make-up days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chatbot.config import DeskConfig
from chatbot.desk import HoursError, OfficeDesk, Standing, make_desk, read_hours, standing
from chatbot.desk.desk import VIETNAM
from chatbot.model import Session

HOURS = "08:00-12:00, 13:30-17:00"
WEEK = {"monday": HOURS, "tuesday": HOURS, "wednesday": HOURS, "thursday": HOURS, "friday": HOURS}
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def desk(**changes: object) -> OfficeDesk:
    """A staffed desk with office hours from Monday to Friday."""
    return make_desk(DeskConfig.model_validate({"staffed": True, "hours": WEEK, **changes}))


def at(written: str) -> datetime:
    """A moment in Viet Nam's time."""
    return datetime.fromisoformat(written).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23 07:59", False),
        ("2026-11-23 08:00", True),
        ("2026-11-23 11:59", True),
        ("2026-11-23 12:00", False),
        ("2026-11-23 13:30", True),
        ("2026-11-23 17:00", False),
        ("2026-11-23 22:00", False),
        ("2026-11-21 09:00", False),  # Saturday
        ("2026-11-22 09:00", False),  # Sunday
        ("2026-02-16 09:00", False),  # the day before Tết
        ("2026-02-17 09:00", False),  # Tết
        ("2026-02-20 09:00", False),  # the fourth day
        ("2026-02-23 09:00", True),
        ("2026-04-27 09:00", False),  # Hùng Kings' day fell on a Sunday
        ("2026-04-30 09:00", False),
        ("2026-05-01 09:00", False),
        ("2026-08-31 09:00", False),  # off in lieu
        ("2026-08-22 09:00", True),  # the Saturday that makes up for it
        ("2026-08-29 09:00", False),
        ("2026-09-02 09:00", False),
        ("2027-01-01 09:00", False),
    ],
)
def test_the_desk_is_open_in_office_hours_on_working_days(moment: str, is_open: bool) -> None:
    assert desk().is_open(at(moment)) is is_open


def test_the_configuration_wins_over_the_calendar() -> None:
    changed = desk(closed_on=[date(2026, 11, 23)], open_on=[date(2026, 11, 21), date(2026, 4, 30)])
    assert not changed.is_open(at("2026-11-23 09:00"))
    assert changed.is_open(at("2026-11-21 09:00"))
    assert changed.is_open(at("2026-04-30 14:00"))


def test_the_clock_is_viet_nams_whatever_the_servers_is() -> None:
    assert desk().is_open(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
    assert not desk().is_open(datetime(2026, 11, 23, 10, 0, tzinfo=UTC))


def test_a_desk_without_staff_is_never_open() -> None:
    assert not desk(staffed=False).is_open(at("2026-11-23 09:00"))


def test_a_desk_without_hours_never_opens() -> None:
    assert not desk(hours={}).is_open(at("2026-11-23 09:00"))


@pytest.mark.parametrize("written", ["8-12", "08:00", "25:00-26:00", "12:00-08:00", "08:00-12:00, 11:00-13:00", "sáng"])
def test_hours_that_cannot_be_read_say_how_to_write_them(written: str) -> None:
    with pytest.raises(HoursError, match="write them like"):
        read_hours(written)


@pytest.mark.parametrize(
    ("session", "expected"),
    [
        (Session(), Standing.BOT),
        (Session(waiting_since=NOW), Standing.WAITING),
        (Session(held_until=NOW + timedelta(minutes=1), waiting_since=NOW), Standing.HELD),
        (Session(held_until=NOW), Standing.RETURNED),
        (Session(resume_offer=True), Standing.RETURNED),
    ],
)
def test_who_has_the_word_is_read_from_the_session(session: Session, expected: Standing) -> None:
    assert standing(session, NOW) is expected
