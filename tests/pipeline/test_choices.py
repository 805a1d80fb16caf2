"""Choosing: typed numbers and labels, asking back, bare names of benefits, two questions in one message."""

import pytest

from chatbot.knowledge import Knowledge
from chatbot.model import Candidate, Decision, EventKind, Match, Outcome
from tests.pipeline.chat import Chat, sure, torn

# --- typed choices


@pytest.mark.parametrize("typed", ["2", "số 2", "2.", "chọn 2", "so 2 nhé", "02"])
def test_a_typed_number_takes_that_button(knowledge: Knowledge, typed: str) -> None:
    chat = Chat(knowledge, {"đi đẻ": torn("thaisan_dieu_kien", "thaisan_muc_huong")})
    chat.says("đi đẻ")
    assert chat.says(typed).reply.intent == "thaisan_muc_huong"


def test_a_typed_label_takes_that_button_with_typing_errors(knowledge: Knowledge) -> None:
    chat = Chat(knowledge)
    chat.happens(EventKind.OPENED)
    chat.says("tra chinh sach")
    assert chat.labels[0] == "Bảo hiểm y tế"
    chat.says("bao hiem yte")
    assert chat.last.reply.outcome is Outcome.ANSWERED_MENU
    assert len(chat.labels) > 10


@pytest.mark.parametrize("typed", ["9", "21", "chưa", "2 con thì sao", "năm 2"])
def test_other_words_choose_nothing(knowledge: Knowledge, typed: str) -> None:
    chat = Chat(knowledge, {"đi đẻ": torn("thaisan_dieu_kien", "thaisan_muc_huong")})
    chat.says("đi đẻ")
    assert chat.says(typed).reply.outcome is Outcome.UNANSWERED_UNKNOWN


def test_yesterdays_buttons_and_late_messages_choose_nothing(knowledge: Knowledge) -> None:
    chat = Chat(knowledge)
    chat.happens(EventKind.OPENED)
    assert chat.says("4", late=True).reply.outcome is Outcome.UNANSWERED_UNKNOWN
    chat.happens(EventKind.OPENED)
    chat.waits(hours=25)
    assert chat.says("4").reply.outcome is Outcome.UNANSWERED_UNKNOWN


# --- asking back


def test_asking_back_offers_at_most_three_choices_in_citizens_words(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"sinh": torn("thaisan_dieu_kien", "thaisan_muc_huong", "thaisan_ho_so", "thaisan_nam")})
    result = chat.says("sinh")
    assert result.reply.outcome is Outcome.CLARIFY_CHOICES
    assert f"1. {knowledge.title('thaisan_dieu_kien')}" in chat.text
    assert "4." not in chat.text
    assert chat.labels[-1] == "Không phải ý tôi"


def test_it_never_asks_back_twice_in_a_row(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"sinh": torn("thaisan_dieu_kien", "thaisan_muc_huong"), "hi": sure("smalltalk.thanks")})
    asked = [chat.says(text).reply.outcome for text in ("sinh", "sinh", "sinh", "hi", "sinh")]
    clarify, unknown = Outcome.CLARIFY_CHOICES, Outcome.UNANSWERED_UNKNOWN
    assert asked == [clarify, unknown, clarify, Outcome.ANSWERED_SMALLTALK, clarify]


def test_not_what_i_meant_leads_to_the_menu_and_a_person(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"sinh": torn("thaisan_dieu_kien", "thaisan_muc_huong")})
    chat.says("sinh")
    chat.taps_label("Không phải ý tôi")
    assert chat.labels == ["Danh mục", "Gặp nhân viên"]


def test_faint_candidates_are_no_choices(knowledge: Knowledge) -> None:
    faint = (Candidate("thaisan_dieu_kien", 0.6), Candidate("huu_tuoi", 0.01))
    chat = Chat(knowledge, {"sinh": Match(candidates=faint, decision=Decision.ASK)})
    chat.says("sinh")
    assert chat.labels == [knowledge.label("thaisan_dieu_kien"), "Không phải ý tôi"]


def test_probable_anger_is_answered_not_asked_back_about(knowledge: Knowledge) -> None:
    angry = (Candidate("complaint.anger", 0.7), Candidate("huu_tuoi", 0.2))
    chat = Chat(knowledge, {"chán quá": Match(candidates=angry, decision=Decision.ASK)})
    assert chat.says("chán quá").reply.intent == "complaint.anger"


def test_nothing_to_choose_from_is_said_honestly(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"ờ": torn("smalltalk.greeting", "unheard_of")})
    assert chat.says("ờ").reply.outcome is Outcome.UNANSWERED_UNKNOWN


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("hưu", "huu_tuoi"),
        ("Lương hưu?", "huu_tuoi"),
        ("thai sản", "thaisan_dieu_kien"),
        ("that nghiep", "bhtn_dieu_kien"),
        ("BHYT", "bhyt_muc_huong"),
        ("bhtn", "bhtn_dieu_kien"),
    ],
)
def test_the_bare_name_of_a_benefit_shows_its_topics(knowledge: Knowledge, text: str, topic: str) -> None:
    chat = Chat(knowledge, {text: torn("motlan_dieu_kien")})
    assert chat.says(text).reply.outcome is Outcome.ANSWERED_MENU
    assert knowledge.label(topic) in chat.labels
    assert chat.says(str(chat.labels.index(knowledge.label(topic)) + 1)).reply.intent == topic


@pytest.mark.parametrize("text", ["bhxh", "bảo hiểm", "tiền", "mức", "hưu trí nam năm nay mấy tuổi"])
def test_other_words_name_no_group(knowledge: Knowledge, text: str) -> None:
    assert Chat(knowledge).says(text).reply.outcome is Outcome.UNANSWERED_UNKNOWN


# --- two questions in one message


def test_two_short_questions_are_both_answered(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"hotline nào, zalo nào": sure("channel.hotline_number", second="channel.social")})
    chat.says("hotline nào, zalo nào")
    assert "1900.9068" in chat.text
    assert "facebook.com/baohiemxahoi.gov.vn" in chat.text


def test_a_long_second_answer_is_offered_instead(knowledge: Knowledge) -> None:
    both = sure("thaisan_ho_so", second="huu_tuoi")
    chat = Chat(knowledge, {"hai câu": both})
    chat.says("hai câu")
    if knowledge.label("huu_tuoi") not in chat.labels:
        assert len(chat.text) <= 1200
    assert chat.last.reply.intent == "thaisan_ho_so"
    assert "Tuổi nghỉ hưu" in chat.text or "tuổi nghỉ hưu" in chat.text
