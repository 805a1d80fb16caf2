"""Too much and too late: one polite sentence a burst, one apology for what could not go out."""

from datetime import timedelta

import pytest

from chatbot.knowledge import Knowledge
from chatbot.model import EventKind, Outcome, TurnResult
from tests.pipeline.chat import Chat, sure

PER_MINUTE = 20


def spoken(results: list[TurnResult], outcome: Outcome) -> int:
    """How many of these said something with that outcome."""
    return sum(result.reply.outcome is outcome and bool(result.reply.parts) for result in results)


def flood(chat: Chat, messages: int, every: timedelta) -> list[TurnResult]:
    """That many messages at that pace."""
    results = []
    for _ in range(messages):
        results.append(chat.says("hi"))
        chat.now += every
    return results


@pytest.fixture
def chat(knowledge: Knowledge) -> Chat:
    return Chat(knowledge, {"hi": sure("smalltalk.thanks")})


def test_twenty_a_minute_pass_and_what_follows_gets_one_polite_sentence(chat: Chat) -> None:
    results = flood(chat, 60, timedelta(seconds=0.5))
    assert spoken(results, Outcome.ANSWERED_SMALLTALK) == PER_MINUTE
    assert results[PER_MINUTE].reply.parts
    assert "đợi em một phút" in results[PER_MINUTE].reply.text
    assert spoken(results, Outcome.UNANSWERED_LIMITED) == 1


@pytest.mark.parametrize("seconds", [2.9, 2.0, 0.1])
def test_a_burst_that_lasts_is_told_once_however_long_it_lasts(chat: Chat, seconds: float) -> None:
    results = flood(chat, 300, timedelta(seconds=seconds))
    assert spoken(results, Outcome.UNANSWERED_LIMITED) == 1


def test_after_a_quiet_minute_everything_is_answered_again_and_a_new_burst_is_told_again(chat: Chat) -> None:
    flood(chat, 30, timedelta(seconds=0.1))
    chat.waits(minutes=1)
    again = flood(chat, 30, timedelta(seconds=0.1))
    assert spoken(again, Outcome.ANSWERED_SMALLTALK) == PER_MINUTE
    assert spoken(again, Outcome.UNANSWERED_LIMITED) == 1


def test_joined_messages_count_one_by_one(chat: Chat) -> None:
    for _ in range(2):
        chat.says(*["hi"] * 8)
    assert chat.says(*["hi"] * 5).reply.outcome is Outcome.UNANSWERED_LIMITED


def test_what_was_written_over_an_hour_and_waited_is_no_flood(chat: Chat) -> None:
    written = [chat.event(EventKind.TEXT, text="hi")]
    for _ in range(39):
        chat.now += timedelta(minutes=1.5)
        written.append(chat.event(EventKind.TEXT, text="hi"))
    results = [chat.turn(event) for event in written]
    assert spoken(results, Outcome.UNANSWERED_LIMITED) == 0


def test_answers_that_grew_old_are_apologised_for_once_with_the_last_topics_button(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"tuổi hưu": sure("huu_tuoi")})
    chat.says("tuổi hưu")
    told = chat.happens(EventKind.UNDELIVERED, metadata="stale")
    assert told.reply.outcome is Outcome.ERROR_STALE
    assert "còn cần" in chat.text
    assert chat.labels[0] == knowledge.label("huu_tuoi")
    chat.says("1")
    assert chat.last.reply.outcome is Outcome.ANSWERED_FAQ
    assert not chat.happens(EventKind.UNDELIVERED, metadata="stale").reply.parts


def test_a_reply_that_the_platform_refused_is_replaced_by_a_sentence_with_the_hotline_once(chat: Chat) -> None:
    chat.says("hi")
    told = chat.happens(EventKind.UNDELIVERED, metadata="refused")
    assert told.reply.outcome is Outcome.ERROR_INTERNAL
    assert "1900.9068" in chat.text
    assert not chat.happens(EventKind.UNDELIVERED, metadata="refused").reply.parts
    chat.waits(hours=2)
    assert chat.happens(EventKind.UNDELIVERED, metadata="refused").reply.parts


def test_nothing_is_apologised_for_where_a_person_holds_the_conversation(chat: Chat) -> None:
    chat.says("hi")
    chat.happens(EventKind.HANDOVER, metadata="held")
    assert not chat.happens(EventKind.UNDELIVERED, metadata="stale").reply.parts
    assert not chat.says("hi").reply.parts
