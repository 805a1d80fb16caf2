"""The line of steps: what each of them does to a turn, seen from outside."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.dialogue import RegistrationError, Routers
from chatbot.knowledge import Knowledge
from chatbot.model import Attachment, Candidate, Decision, EventKind, Match, Outcome, SayButton
from chatbot.pipeline import Pipeline, Switches
from handlers import human
from tests.pipeline.chat import NOW, Chat, People, Scripted, sure

QUIET = [
    EventKind.UNFOLLOWED,
    EventKind.REVOKED,
    EventKind.ECHO_OURS,
    EventKind.ECHO_AUTOMATION,
    EventKind.DELIVERED,
    EventKind.SEEN,
    EventKind.REACTION,
    EventKind.STANDBY,
    EventKind.OTHER,
]


@pytest.mark.parametrize("kind", QUIET)
def test_what_nobody_said_is_never_answered(knowledge: Knowledge, kind: EventKind) -> None:
    chat = Chat(knowledge)
    result = chat.happens(kind)
    assert result.reply.outcome is Outcome.UNANSWERED_IGNORED
    assert not result.reply.parts
    assert result.session.seen_at is None


def test_opening_the_conversation_greets_with_the_menu(knowledge: Knowledge) -> None:
    chat = Chat(knowledge)
    result = chat.happens(EventKind.OPENED)
    assert "trợ lý tự động" in chat.text
    assert "gặp nhân viên" in chat.text.casefold()
    assert chat.labels == [item.label for item in knowledge.menu.main]
    assert result.session.greeted
    assert result.record.text == ""


def test_a_withdrawn_citizen_is_forgotten_without_a_word(knowledge: Knowledge) -> None:
    result = Chat(knowledge, switches=Switches(bot_on=False)).happens(EventKind.WITHDRAWN)
    assert result.erase
    assert result.drop_queued
    assert not result.reply.parts
    assert result.reply.outcome is Outcome.ANSWERED_PRIVACY


def test_quick_messages_are_one_text(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"tuổi\nnghỉ hưu": sure("huu_tuoi")})
    result = chat.says("tuổi ", "nghỉ hưu")
    assert result.reply.intent == "huu_tuoi"
    assert result.record.text == "tuổi\nnghỉ hưu"


def test_the_record_tells_intent_candidates_and_milliseconds(knowledge: Knowledge) -> None:
    match = replace(sure("huu_tuoi"), candidates=tuple(Candidate(f"c{n}", 0.1) for n in range(5)))
    match = replace(match, candidates=(Candidate("huu_tuoi", 0.9), *match.candidates))
    record = Chat(knowledge, {"hưu": match}).says("hưu").record
    assert record.intent == "huu_tuoi"
    assert [one.intent for one in record.candidates] == ["huu_tuoi", "c0", "c1"]
    assert list(record.steps)[:3] == ["events", "operator_hold", "kill_switch"]
    assert list(record.steps)[-1] == "remember"


def test_a_pipeline_without_the_answers_it_needs_does_not_start(knowledge: Knowledge) -> None:
    with pytest.raises(RegistrationError, match=r"fallback\.unknown"):
        Pipeline(
            knowledge=knowledge,
            understanding=Scripted(),
            routers=Routers([human.router]),
            flows=Chat(knowledge).flows,
            desk=People(),
            switches=Switches,
            guard=lambda _reply: (),
        )


# --- stale


def test_after_an_outage_one_apology_with_the_questions_button(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"tuổi hưu": sure("huu_tuoi")})
    result = chat.says("tuổi hưu", stale=True)
    assert result.reply.outcome is Outcome.ERROR_STALE
    assert "còn cần" in chat.text
    assert chat.labels[0] == knowledge.label("huu_tuoi")
    assert not chat.says("còn đó không", stale=True).reply.parts
    chat.session = replace(chat.session)
    chat.taps("act", id="huu_tuoi")
    assert chat.last.reply.outcome is Outcome.ANSWERED_FAQ


def test_nobody_apologises_where_the_bot_is_off_or_a_person_writes(knowledge: Knowledge) -> None:
    off = Chat(knowledge, switches=Switches(bot_on=False))
    assert off.says("tuổi hưu", stale=True).reply.outcome is Outcome.UNANSWERED_SWITCHED_OFF
    held = Chat(knowledge)
    held.happens(EventKind.ECHO_STAFF, "chào anh")
    assert held.says("tuổi hưu", stale=True).reply.outcome is Outcome.HANDED_SILENT


# --- switches


@pytest.mark.parametrize("switches", [Switches(bot_on=False), Switches(channels={"zalo": False})])
def test_a_bot_that_is_off_says_nothing(knowledge: Knowledge, switches: Switches) -> None:
    result = Chat(knowledge, {"tuổi hưu": sure("huu_tuoi")}, switches=switches).says("tuổi hưu")
    assert result.reply.outcome is Outcome.UNANSWERED_SWITCHED_OFF
    assert not result.reply.parts


@pytest.mark.parametrize("topic", ["huu_tuoi", "pension"])
def test_a_topic_that_is_off_names_the_hotline(knowledge: Knowledge, topic: str) -> None:
    chat = Chat(knowledge, {"tuổi hưu": sure("huu_tuoi")}, switches=Switches(topics=frozenset({topic})))
    for result in (chat.says("tuổi hưu"), chat.taps("faq", id="huu_tuoi"), chat.taps("act", id="huu_tuoi")):
        assert result.reply.outcome is Outcome.UNANSWERED_SWITCHED_OFF
        assert "1900.9068" in chat.text


def test_the_notice_precedes_the_first_answer_of_the_day(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"hi": sure("smalltalk.thanks")}, switches=Switches(notice="Dạ, hôm nay bão ạ."))
    assert "bão" in chat.says("hi").reply.text
    assert "bão" not in chat.says("hi").reply.text
    chat.waits(days=1)
    assert "bão" in chat.says("hi").reply.text


# --- a person holds the conversation


def test_an_officer_silences_the_bot_until_the_hold_runs_out(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"hi": sure("smalltalk.thanks")})
    chat.says("hi")
    taken = chat.happens(EventKind.ECHO_STAFF, "Chào anh, tôi là cán bộ BHXH")
    assert taken.drop_queued
    assert taken.reply.outcome is Outcome.HANDED_SILENT
    chat.waits(minutes=29)
    assert chat.says("hi").reply == taken.reply
    chat.waits(minutes=2)
    assert chat.says("hi").reply.text.startswith(knowledge.phrases.say("human.resumed"))
    assert knowledge.phrases.say("human.resumed") not in chat.says("hi").reply.text


def test_every_word_of_the_officer_prolongs_the_hold(knowledge: Knowledge) -> None:
    chat = Chat(knowledge)
    chat.happens(EventKind.ECHO_STAFF, "một")
    chat.waits(minutes=20)
    chat.happens(EventKind.ECHO_STAFF, "hai")
    chat.waits(minutes=20)
    assert chat.says("alo").reply.outcome is Outcome.HANDED_SILENT


@pytest.mark.parametrize("words", ["kết thúc", "Kết thúc.", "ket thuc", "KẾT THÚC"])
def test_the_officer_gives_the_conversation_back(knowledge: Knowledge, words: str) -> None:
    chat = Chat(knowledge, {"hi": sure("smalltalk.thanks")})
    chat.happens(EventKind.ECHO_STAFF, "chào anh")
    assert not chat.happens(EventKind.ECHO_STAFF, words).reply.parts
    assert knowledge.phrases.say("human.resumed") in chat.says("hi").reply.text


def test_a_thread_handed_to_another_app_is_held_and_one_handed_back_is_ours(knowledge: Knowledge) -> None:
    chat = Chat(knowledge)
    assert chat.happens(EventKind.HANDOVER, metadata="other").session.held_until is not None
    assert chat.happens(EventKind.HANDOVER, metadata="ours").session.held_until is None


# --- too many messages


def test_the_twenty_first_message_of_a_minute_gets_one_polite_sentence(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"hi": sure("smalltalk.thanks")})
    for _ in range(20):
        assert chat.says("hi").reply.outcome is Outcome.ANSWERED_SMALLTALK
    assert "một phút" in chat.says("hi").reply.text
    assert not chat.says("hi").reply.parts
    chat.waits(minutes=1, seconds=1)
    assert chat.says("hi").reply.outcome is Outcome.ANSWERED_SMALLTALK
    assert len(chat.session.recent) == 1


# --- attachments


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        ((Attachment.IMAGE,), "đừng gửi ảnh giấy tờ"),
        ((Attachment.FILE,), "đừng gửi ảnh giấy tờ"),
        ((Attachment.AUDIO,), "không nghe được tin nhắn thoại"),
        ((Attachment.LOCATION,), "không xem được vị trí"),
        ((Attachment.CONTACT,), "không lưu danh bạ"),
        ((Attachment.OTHER,), "chỉ đọc được chữ"),
        ((), "chỉ đọc được chữ"),
        ((Attachment.STICKER,), "em đây"),
    ],
)
def test_attachments_are_answered_by_what_they_are(
    knowledge: Knowledge, kinds: tuple[Attachment, ...], words: str
) -> None:
    chat = Chat(knowledge)
    assert chat.sends(*kinds).reply.outcome is Outcome.UNANSWERED_ATTACHMENT
    assert words in chat.text


def test_a_thumbs_up_outside_a_flow_needs_no_answer(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"hi": sure("smalltalk.thanks")})
    chat.says("hi")
    assert not chat.sends(Attachment.THUMBS_UP).reply.parts


def test_words_beside_a_picture_are_answered(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"tuổi hưu": sure("huu_tuoi")})
    result = chat.sends(Attachment.IMAGE, text="tuổi hưu")
    assert result.reply.intent == "huu_tuoi"
    assert "đừng gửi ảnh giấy tờ" in chat.text


# --- who is speaking


def test_the_first_answer_says_that_a_machine_speaks_and_how_to_reach_a_person(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"tuổi hưu": sure("huu_tuoi")})
    assert chat.says("tuổi hưu").reply.text.startswith(knowledge.phrases.say("hello.automatic"))
    assert knowledge.phrases.say("hello.automatic") not in chat.says("tuổi hưu").reply.text
    chat.waits(days=8)
    assert chat.says("tuổi hưu").reply.text.startswith(knowledge.phrases.say("hello.automatic"))


def test_an_english_message_gets_the_essentials_in_english(knowledge: Knowledge) -> None:
    chat = Chat(knowledge)
    assert chat.says("how can I get my pension please").reply.text.startswith("This is the automatic assistant")
    assert "Never send passwords" in chat.says("where is my insurance card").reply.text
    assert "Never send passwords" not in chat.says("toi muon hoi luong huu").reply.text


# --- the last gate


def test_a_reply_that_must_not_leave_is_replaced(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"hi": sure("smalltalk.thanks")}, guard=lambda _reply: ["an address"])
    result = chat.says("hi")
    assert result.reply.outcome is Outcome.ERROR_INTERNAL
    assert "1900.9068" in chat.text


def test_an_unknown_or_forged_button_is_survived(knowledge: Knowledge) -> None:
    chat = Chat(knowledge)
    for name, args in [("gone", {}), ("faq", {}), ("faq", {"id": "../x"}), ("act", {"id": "no.such"}), ("flow", {})]:
        chat.taps(name, **args)
        assert chat.labels
        assert chat.last.reply.outcome is Outcome.ANSWERED_MENU
    chat.taps("group", id="nowhere", page="-1")
    assert chat.labels[0] == "Bảo hiểm y tế"


def test_emptiness_is_answered_with_the_menu(knowledge: Knowledge) -> None:
    chat = Chat(knowledge)
    for text in ("😀😀", "???", "   ", "…"):
        assert chat.says(text).reply.outcome is Outcome.UNANSWERED_EMPTY
    guessing = Chat(knowledge, {"😀": Match(candidates=(Candidate("huu_tuoi", 0.0),))})
    assert guessing.says("😀").reply.outcome is Outcome.UNANSWERED_EMPTY


def test_an_answered_match_without_an_answer_is_not_understood(knowledge: Knowledge) -> None:
    match = Match(candidates=(Candidate("out_of_scope", 0.9),), decision=Decision.ANSWER)
    assert Chat(knowledge, {"x1": match}).says("x1").reply.outcome is Outcome.UNANSWERED_UNKNOWN


def test_every_offer_packs_and_every_number_leads_somewhere(knowledge: Knowledge) -> None:
    chat = Chat(knowledge)
    chat.happens(EventKind.OPENED)
    says = [button for button in chat.last.reply.buttons if isinstance(button, SayButton)]
    assert [offer.label for offer in chat.session.offers] == [button.label for button in says]
    assert chat.session.seen_at == NOW
    assert chat.now - NOW == timedelta()
