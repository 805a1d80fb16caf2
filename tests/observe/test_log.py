"""The log: one JSON object a line, our own words only; a library's message never lands in it."""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from chatbot.model import ChannelName, Outcome
from chatbot.observe import log

SECRET = "012345678901"  # an ID number in a library's exception


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the log wrote; the log of the other tests is put back."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    stream = io.StringIO()
    log.configure("INFO", stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:], root.level = kept, level


def read(stream: io.StringIO) -> list[dict[str, object]]:
    """The written lines."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_turn_is_one_line_of_json(lines: io.StringIO) -> None:
    log.turn_done(ChannelName.ZALO, Outcome.ANSWERED_FAQ, "huu_tuoi", 3.14159)
    (line,) = read(lines)
    assert {key: line[key] for key in ("event", "channel", "outcome", "intent", "ms", "level")} == {
        "event": "turn",
        "channel": "zalo",
        "outcome": "answered_faq",
        "intent": "huu_tuoi",
        "ms": 3.14,
        "level": "info",
    }


def test_an_alarm_is_an_error_with_its_name(lines: io.StringIO) -> None:
    log.alarm_raised("store", "The disk is full.")
    (line,) = read(lines)
    assert (line["level"], line["alarm"]) == ("error", "store")


def test_a_librarys_message_is_not_repeated(lines: io.StringIO) -> None:
    try:
        int(f"row of {SECRET}")
    except ValueError:
        logging.getLogger("aiohttp.server").exception("Error handling %s", SECRET)
    (line,) = read(lines)
    assert (line["event"], line["logger"], line["error"]) == ("library", "aiohttp.server", "ValueError")
    assert SECRET not in lines.getvalue()


def test_a_librarys_chatter_is_left_out(lines: io.StringIO) -> None:
    logging.getLogger("asyncio").info("hello")
    logging.getLogger("asyncio").debug("hello")
    assert lines.getvalue() == ""


def test_names_that_a_platform_invents_are_cut(lines: io.StringIO) -> None:
    log.unknown_keys(ChannelName.MESSENGER, ["x" * 500] * 50)
    (line,) = read(lines)
    names = line["names"]
    assert isinstance(names, list)
    assert (len(names), len(names[0])) == (10, 40)


def test_a_failed_send_carries_the_platforms_remark_if_there_is_one(lines: io.StringIO) -> None:
    log.send_failed(ChannelName.ZALO, "-32", "paused", "OA rate limit")
    log.send_failed(ChannelName.ZALO, "http 502", "doubtful")
    first, second = read(lines)
    assert (first["code"], first["remark"]) == ("-32", "OA rate limit")
    assert "remark" not in second


@pytest.mark.usefixtures("lines")
def test_a_stderr_that_was_there_for_a_moment_is_not_written_to_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    passing, lasting = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", passing)
    log.configure("INFO")
    log.learning()
    monkeypatch.setattr(sys, "stderr", lasting)
    passing.close()
    log.alarm_cleared("store")
    logging.getLogger("aiohttp").warning("gone")
    assert [line["event"] for line in read(lasting)] == ["alarm_cleared", "library"]
