"""A person has the word: what counts is when things were written, however late they are read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.knowledge import Knowledge
from chatbot.model import Event, EventKind, Outcome, Session
from chatbot.pipeline import Switches
from tests.pipeline.chat import NOW, Chat, People, sure


@pytest.fixture
def chat(knowledge: Knowledge) -> Chat:
    """An hour after NOW: everything before is read late."""
    made = Chat(knowledge, {"hi": sure("smalltalk.thanks")})
    made.waits(minutes=60)
    return made


def written(chat: Chat, kind: EventKind, minutes: float, text: str = "", metadata: str = "") -> Event:
    return replace(chat.event(kind, text=text, metadata=metadata), at=NOW + timedelta(minutes=minutes))


def asked(chat: Chat, minutes: float) -> Outcome:
    return chat.turn(written(chat, EventKind.TEXT, minutes, "hi")).reply.outcome


def took_over(chat: Chat, minutes: float, *, late: bool = False) -> bool:
    """Are replies that wait dropped by it?"""
    return chat.turn(written(chat, EventKind.ECHO_STAFF, minutes, "Chào anh"), late=late).drop_queued


def gave_back(chat: Chat, minutes: float) -> None:
    chat.turn(written(chat, EventKind.ECHO_STAFF, minutes, "kết thúc"))


def test_a_hold_that_was_over_before_it_was_known_swallows_no_later_question(chat: Chat) -> None:
    assert not took_over(chat, 0)
    assert asked(chat, 50) is Outcome.ANSWERED_SMALLTALK
    assert chat.knowledge.phrases.say("human.resumed") in chat.text


def test_a_hold_counts_from_when_the_officer_wrote(chat: Chat) -> None:
    assert took_over(chat, 40)
    chat.waits(minutes=9)
    assert asked(chat, 69) is Outcome.HANDED_SILENT
    chat.waits(minutes=1)
    assert asked(chat, 70) is Outcome.ANSWERED_SMALLTALK


@pytest.mark.parametrize("minutes", [-10, 29])
def test_what_was_written_before_the_officer_or_in_the_hold_is_the_officers(chat: Chat, minutes: float) -> None:
    took_over(chat, 0)
    assert asked(chat, minutes) is Outcome.HANDED_SILENT


def test_what_was_written_before_the_officer_gave_back_is_the_officers(chat: Chat) -> None:
    took_over(chat, 0)
    gave_back(chat, 20)
    assert asked(chat, 10) is Outcome.HANDED_SILENT
    assert asked(chat, 21) is Outcome.ANSWERED_SMALLTALK


def test_a_take_over_from_before_the_hand_back_begins_no_hold(chat: Chat) -> None:
    gave_back(chat, 50)
    assert not took_over(chat, 45)
    assert asked(chat, 55) is Outcome.ANSWERED_SMALLTALK


@pytest.mark.parametrize(
    ("kind", "text", "metadata"), [(EventKind.ECHO_STAFF, "kết thúc", ""), (EventKind.HANDOVER, "", "ours")]
)
def test_a_hand_back_from_before_the_take_over_ends_no_hold(
    chat: Chat, kind: EventKind, text: str, metadata: str
) -> None:
    took_over(chat, 55)
    chat.turn(written(chat, kind, 54, text, metadata))
    assert asked(chat, 60) is Outcome.HANDED_SILENT


def test_what_another_app_gave_back_is_answered(chat: Chat) -> None:
    """The thread comes to us after the question it is about; nobody has written anything."""
    chat.turn(written(chat, EventKind.HANDOVER, 50.1, metadata="ours"))
    assert asked(chat, 50) is Outcome.ANSWERED_SMALLTALK


def test_what_was_written_in_an_old_hold_is_the_officers_whatever_was_answered_since(chat: Chat) -> None:
    asked(chat, 50)
    took_over(chat, 0, late=True)
    assert asked(chat, 29) is Outcome.HANDED_SILENT
    assert asked(chat, 51) is Outcome.ANSWERED_SMALLTALK


def test_a_hold_that_a_refused_reply_told_of_has_our_clock_and_hides_no_hand_back(chat: Chat) -> None:
    chat.turn(written(chat, EventKind.HANDOVER, 59, metadata="held"))
    gave_back(chat, 58.9)
    assert asked(chat, 60) is Outcome.ANSWERED_SMALLTALK


def test_a_clock_that_was_far_ahead_silences_nobody_when_it_is_right_again(chat: Chat) -> None:
    chat.session = Session(staff_at=NOW + timedelta(days=1))
    assert asked(chat, 60) is Outcome.ANSWERED_SMALLTALK
    assert took_over(chat, 60)
    gave_back(chat, 60)
    assert asked(chat, 60) is Outcome.ANSWERED_SMALLTALK


def test_messages_that_are_read_together_were_written_when_the_last_was(chat: Chat) -> None:
    gave_back(chat, 59)
    text = written(chat, EventKind.TEXT, 58.5, "hi")
    picture = written(chat, EventKind.ATTACHMENT, 59.5)
    assert chat.turn(text, picture).reply.outcome is not Outcome.HANDED_SILENT


def test_an_older_word_of_the_officer_shortens_no_hold(chat: Chat) -> None:
    took_over(chat, 55)
    held_until = chat.session.held_until
    took_over(chat, 35)
    assert chat.session.held_until == held_until


def test_news_of_an_old_hold_changes_nothing_for_who_was_answered_since(chat: Chat) -> None:
    asked(chat, 50)
    before = chat.session
    assert not took_over(chat, 0, late=True)
    assert chat.session == replace(before, staff_at=NOW)
    asked(chat, 60)
    assert chat.knowledge.phrases.say("human.resumed") not in chat.text


@pytest.mark.parametrize("words", ["Chào anh", "kết thúc"])
@pytest.mark.parametrize(("minutes", "waits"), [(44, True), (45, False), (59, False)])
def test_who_asked_for_a_person_waits_until_one_has_written_since(
    knowledge: Knowledge, words: str, minutes: float, waits: bool
) -> None:
    chat = Chat(knowledge, {"gặp người": sure("human.request")}, People(staffed=True))
    chat.waits(minutes=60)
    chat.turn(written(chat, EventKind.TEXT, 45, "gặp người"))
    assert chat.session.waiting_since == NOW + timedelta(minutes=45)
    chat.turn(written(chat, EventKind.ECHO_STAFF, minutes, words))
    assert (chat.session.waiting_since is not None) is waits


def test_a_clock_of_the_platform_that_is_ahead_makes_no_longer_hold(chat: Chat) -> None:
    took_over(chat, 600)
    chat.waits(minutes=30)
    assert asked(chat, 600) is Outcome.ANSWERED_SMALLTALK


def test_an_officers_word_counts_while_the_bot_is_switched_off(chat: Chat) -> None:
    chat.switches = Switches(bot_on=False)
    took_over(chat, 59)
    chat.switches = Switches()
    assert asked(chat, 60) is Outcome.HANDED_SILENT


def test_a_memory_that_begins_anew_keeps_who_has_the_word(chat: Chat) -> None:
    took_over(chat, 55)
    held = replace(chat.session, topic="huu_tuoi", tail="d6")
    assert held.anew() == Session(staff_at=held.staff_at, held_until=held.held_until)
