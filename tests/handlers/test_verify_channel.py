"""The verifier's replies: every verdict has its words, nothing is called safe, no fake leaves as a link."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatbot.dialogue import Context
from chatbot.knowledge import Knowledge
from chatbot.model import Candidate, ChannelName, Decision, Event, EventKind, Match, Outcome, Reply, Session
from chatbot.privacy import outbound_problems, protect
from handlers.verify_channel import verify

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
TABLE = Path(__file__).parents[1] / "knowledge" / "verdicts.tsv"
Make = Callable[[str], Context]


class NoDesk:
    """Nobody sits there."""

    staffed = False

    def is_open(self, now: datetime) -> bool:
        return False


@pytest.fixture
def context(knowledge: Knowledge) -> Make:
    def make(text: str) -> Context:
        said = Event(key="k", channel=ChannelName.ZALO, conversation="zalo:1:2", kind=EventKind.TEXT, at=NOW, text=text)
        event = protect(said)
        match = Match(candidates=(Candidate("channel.verify_site", 0.9),), decision=Decision.ANSWER)
        return Context(
            event=event, text=event.text, session=Session(), match=match, now=NOW, knowledge=knowledge, desk=NoDesk()
        )

    return make


def verified(asked: Context) -> Reply:
    result = verify(asked)
    assert isinstance(result, Reply)
    return result


def texts() -> list[str]:
    return [line.partition("\t")[2] for line in TABLE.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("text", texts())
def test_every_verdict_may_leave(context: Make, knowledge: Knowledge, text: str) -> None:
    reply = verified(context(text))
    assert reply.outcome is Outcome.ANSWERED_VERDICT
    assert outbound_problems(reply, knowledge.official) == []
    assert "an toàn" not in reply.text
    assert "{" not in reply.text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("bhxh.co có thật không", "danh sách cảnh báo"),
        ("1900.9966.35 có phải của bhxh", "danh sách cảnh báo"),
        ("19009966xx có phải của bhxh không", "danh sách cảnh báo"),
        ("1900 90 68 xx", "chính thức"),
        ("0912345678 gọi tôi xưng bhxh", "không dùng số di động riêng"),
        ("https://baohiemxahoi.gov.vn.xyz.com", "phần cuối là của người khác"),
        ("bit.ly/abc", "rút gọn"),
        ("1900 9086", "gần giống"),
        ("1900.9068 thật không", "có trong danh sách chính thức"),
        ("cái này có thật không", "đối chiếu"),
    ],
)
def test_what_is_said(context: Make, text: str, says: str) -> None:
    assert says in verified(context(text)).text


def test_the_gravest_verdict_comes_first(context: Make) -> None:
    lines = verified(context("1900.9068 hay 1900252510 mới thật")).text.splitlines()
    assert "cảnh báo" in lines[0]
    assert "chính thức" in lines[1]
