"""Choosing: typed numbers and labels, asking back, bare names of benefits, two questions in one message."""

from dataclasses import replace
from datetime import date

import pytest

from chatbot.knowledge import Knowledge
from chatbot.model import Candidate, Decision, Entities, EventKind, Match, Outcome, Period
from chatbot.pipeline.rudeness import is_rude
from tests.pipeline.chat import Chat, People, sure, torn

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


def test_a_twin_of_the_best_candidate_is_no_choice(knowledge: Knowledge) -> None:
    likely = tuple(Candidate(intent, 0.3) for intent in ("thaisan_dieu_kien", "thaisan_muc_huong", "huu_tuoi"))
    twins = frozenset({"thaisan_muc_huong"})
    chat = Chat(knowledge, {"sinh": Match(candidates=likely, decision=Decision.ASK, twins=twins)})
    chat.says("sinh")
    assert chat.labels[:2] == [knowledge.label("thaisan_dieu_kien"), knowledge.label("huu_tuoi")]


def test_probable_anger_is_answered_not_asked_back_about(knowledge: Knowledge) -> None:
    angry = (Candidate("complaint.anger", 0.7), Candidate("huu_tuoi", 0.2))
    chat = Chat(knowledge, {"chán quá": Match(candidates=angry, decision=Decision.ASK)})
    assert chat.says("chán quá").reply.intent == "complaint.anger"


def test_nothing_to_choose_from_is_said_honestly(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"ờ thì": torn("smalltalk.greeting", "unheard_of")})
    assert chat.says("ờ thì").reply.outcome is Outcome.UNANSWERED_UNKNOWN


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


def test_another_unclear_question_is_asked_back_about_as_well(knowledge: Knowledge) -> None:
    chat = Chat(
        knowledge,
        {"sinh": torn("thaisan_dieu_kien", "thaisan_muc_huong"), "rút": torn("motlan_dieu_kien", "motlan_muc_huong")},
    )
    chat.says("sinh")
    assert chat.says("rút").reply.outcome is Outcome.CLARIFY_CHOICES
    assert knowledge.label("motlan_dieu_kien") in chat.labels


def test_what_was_not_meant_is_not_offered_again(knowledge: Knowledge) -> None:
    first = torn("thaisan_dieu_kien", "thaisan_muc_huong")
    again = torn("thaisan_dieu_kien", "thaisan_muc_huong", "thaisan_ho_so")
    chat = Chat(knowledge, {"sinh": first, "sinh đẻ": again, "đẻ": sure("thaisan_dieu_kien"), "hi": sure("huu_tuoi")})
    chat.says("sinh")
    chat.taps_label("Không phải ý tôi")
    chat.says("sinh đẻ")
    assert chat.labels == [knowledge.label("thaisan_ho_so"), "Không phải ý tôi"]
    chat.taps_label("Không phải ý tôi")
    assert "1900.9068" in chat.text
    assert chat.says("đẻ").reply.outcome is Outcome.UNANSWERED_UNKNOWN
    chat.says("hi")
    assert chat.says("đẻ").reply.intent == "thaisan_dieu_kien"


@pytest.mark.parametrize(
    ("typed", "intent"), [("đúng rồi", "huu_tuoi"), ("ừ", "huu_tuoi"), ("dạ phải", "huu_tuoi"), ("không phải", "")]
)
def test_yes_and_no_answer_a_single_choice(knowledge: Knowledge, typed: str, intent: str) -> None:
    chat = Chat(knowledge, {"hưu hả": torn("huu_tuoi"), typed: sure("flow.done")})
    chat.says("hưu hả")
    assert chat.says(typed).reply.intent == intent


def test_a_choice_keeps_the_day_of_the_question(knowledge: Knowledge) -> None:
    asked = replace(
        torn("thaisan_tro_cap_mot_lan", "thaisan_muc_huong"),
        entities=Entities(period=Period(date(2025, 5, 1), date(2025, 5, 31), "thang 5/2025")),
    )
    chat = Chat(knowledge, {"sinh tháng 5/2025": asked})
    chat.says("sinh tháng 5/2025")
    chat.says("1")
    assert "tháng 5/2025" in chat.text
    assert "4.680.000 đồng" in chat.text


def test_a_follow_up_leans_on_the_likeliest_choice(knowledge: Knowledge) -> None:
    likely = (Candidate("bhtn_thoi_han_nop", 0.8), Candidate("bhyt_nghi_viec", 0.15))
    chat = Chat(knowledge, {"nghỉ việc": Match(candidates=likely, decision=Decision.ASK)})
    chat.says("nghỉ việc")
    chat.says("được mấy tháng")
    assert chat.reader.asked[-1] == ("được mấy tháng", "bhtn_thoi_han_nop")


def test_other_agencies_are_no_choice_beside_our_topics(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"tiền": torn("huu_tuoi", "other.traffic", "motlan_dieu_kien")})
    chat.says("tiền")
    assert knowledge.label("other.traffic") not in chat.labels


# --- no answer


@pytest.mark.parametrize(
    "text", ["Lũ chúng mày ăn tiền của dân", "vô dụng", "do ngu", "mày bị điên à", "đm làm ăn như cc"]
)
def test_an_insult_gets_the_calm_reply(knowledge: Knowledge, text: str) -> None:
    chat = Chat(knowledge, {text: torn("thaisan_nam", "reset.app_error")})
    assert chat.says(text).reply.intent == "complaint.anger"


@pytest.mark.parametrize("text", ["ngủ như thế nào", "tôi vô dung đề này", "đi ngu duoc khong", "lương cao quá"])
def test_harmless_words_are_no_insult(text: str) -> None:
    assert not is_rude(text)


def test_torn_between_praise_and_anger_neither_is_answered(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"hay quá ha": torn("smalltalk.praise", "complaint.anger")})
    assert chat.says("hay quá ha").reply.outcome is Outcome.UNANSWERED_UNKNOWN


def test_torn_between_two_kinds_of_small_talk_the_likelier_one_is_answered(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"ok": torn("flow.done", "smalltalk.thanks")})
    assert chat.says("ok").reply.outcome is Outcome.ANSWERED_SMALLTALK


def test_not_understood_three_times_is_said_in_three_ways(knowledge: Knowledge) -> None:
    chat = Chat(knowledge)
    said = [chat.says(text).reply.text.rpartition("\n")[2] for text in ("hoa", "lá", "cành")]
    assert len(set(said)) == 3
    assert "1900.9068" in said[2]


def test_a_near_miss_opens_the_group_of_its_topic(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"già": Match(candidates=(Candidate("huu_tuoi", 0.3),))})
    chat.says("già")
    assert chat.labels[0] == "Lương hưu"


def test_a_thankful_emoji_is_no_unread_question(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"hi": sure("smalltalk.thanks")})
    assert chat.says("👍").reply.outcome is Outcome.UNANSWERED_EMPTY
    chat.says("hi")
    assert chat.says("🙏❤️").reply.outcome is Outcome.ANSWERED_SMALLTALK
    assert not chat.labels


def test_who_waits_for_a_person_is_told_so(knowledge: Knowledge) -> None:
    known = {"gặp": sure("human.request"), "alo": sure("smalltalk.greeting")}
    chat = Chat(knowledge, known, desk=People(staffed=True, open_now=True))
    chat.says("gặp")
    for text in ("alo", "sao lâu vậy", "?"):
        assert chat.says(text).reply.outcome is Outcome.HANDED_OVER
        assert "đã ghi nhận" in chat.text


def test_a_person_is_not_asked_back_about(knowledge: Knowledge) -> None:
    likely = (Candidate("human.request", 0.8), Candidate("huu_tuoi", 0.1))
    chat = Chat(knowledge, {"có cán bộ nào không": Match(candidates=likely, decision=Decision.ASK)})
    assert chat.says("có cán bộ nào không").reply.intent == "human.request"


@pytest.mark.parametrize(("typed", "words"), [("em chưa gửi", "may là chưa"), ("có rồi ạ", "coi như tài khoản đã lộ")])
def test_the_question_after_first_aid_takes_longer_answers(knowledge: Knowledge, typed: str, words: str) -> None:
    chat = Chat(knowledge, {"mất tiền": sure("scam.victim_money")})
    chat.says("mất tiền")
    chat.says(typed)
    assert words in chat.text


def test_a_choice_restated_in_other_words_is_taken(knowledge: Knowledge) -> None:
    likely = (Candidate("huu_tuoi", 0.9), Candidate("huu_ty_le", 0.05))
    chat = Chat(
        knowledge,
        {"nữ": torn("huu_tuoi", "huu_ty_le"), "nữ 1970": Match(candidates=likely, decision=Decision.ASK)},
    )
    chat.says("nữ")
    assert chat.says("nữ 1970").reply.intent == "huu_tuoi"
    assert chat.last.reply.outcome is Outcome.ANSWERED_FAQ


@pytest.mark.parametrize("typed", ["không đúng", "ko phải", "sai rồi", "em hiểu sai rồi"])
def test_wrong_under_an_answer_is_its_button(knowledge: Knowledge, typed: str) -> None:
    chat = Chat(knowledge, {"hưu": sure("huu_tuoi"), typed: torn("reset.otp_invalid")})
    chat.says("hưu")
    chat.says(typed)
    assert "hiểu chưa đúng ý" in chat.text


def test_an_answer_that_was_too_long_is_taken_apart(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"hưu": sure("huu_tuoi"), "dài quá": sure("flow.repeat")})
    chat.says("dài quá")
    assert "đang vướng ở đâu" in chat.text
    chat.says("hưu")
    chat.says("dài quá")
    assert "chưa dễ hiểu" in chat.text
    assert chat.labels[0] == knowledge.label("huu_tuoi")
    assert len(chat.labels) == 5


def test_a_secret_beside_unclear_words_is_only_warned_of(knowledge: Knowledge) -> None:
    faint = (Candidate("huu_nhan_qua_atm", 0.24), Candidate("account.register", 0.23))
    chat = Chat(knowledge, {"số tài khoản nè": Match(candidates=faint, decision=Decision.ASK)})
    assert chat.says("số tài khoản 0123456789012 nè").reply.outcome is Outcome.REFUSED_SECRET
