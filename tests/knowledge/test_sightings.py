"""Indicators of fraud out of masked texts: what is counted, what is shown to staff."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from chatbot.knowledge import load
from chatbot.knowledge.mentions import Subject
from chatbot.knowledge.sightings import sightings
from chatbot.knowledge.verify import Verdict
from chatbot.privacy import mask

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
OFFICIAL = load(Path(__file__).parents[2] / "intents").official


def test_what_citizens_named_is_counted_and_dated() -> None:
    told = [
        (NOW, "bhxh.co có thật không"),
        (NOW - timedelta(days=1), "tôi vào bhxh.co rồi"),
        (NOW, "gọi 1900.2525.66 mất 100k"),
        (NOW, "số 1900.9068 có phải của bhxh không, hay baohiemxahoi.gov.vn"),
        (NOW, "trang bhxh-capnhat.top gửi tin"),
    ]
    found = sightings(told, OFFICIAL)
    assert [(one.shown, one.times, one.last) for one in found[:1]] == [("bhxh[.]co", 2, NOW)]
    named = {(one.subject, one.verdict, one.shown) for one in found}
    assert named == {
        (Subject.SITE, Verdict.KNOWN_FAKE, "bhxh[.]co"),
        (Subject.PHONE, Verdict.KNOWN_FAKE, "1900252566"),
        (Subject.SITE, Verdict.LOOKALIKE, "bhxh-capnhat[.]top"),
    }


def test_a_private_number_is_never_shown() -> None:
    text = mask("thằng lừa đảo số 0912 345 678 gọi tôi, zalo.me/0912345678").text
    shown = [one.shown for one in sightings([(NOW, text)], OFFICIAL)]
    assert "di động" in shown
    assert not any(char.isdigit() for one in shown for char in one)
