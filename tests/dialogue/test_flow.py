"""The engine: commands, re-asks, digressions, silence, old buttons, escalation. (Whole stories: tests/dialogues.)"""

from dataclasses import replace

import pytest

from chatbot.dialogue import Said, Why
from chatbot.model import (
    Action,
    LinkButton,
    Match,
    Outcome,
    Part,
    Reply,
    SayButton,
    Session,
    Source,
)
from tests.dialogue.conftest import Talk, sure, torn

ANSWER = Reply(
    outcome=Outcome.ANSWERED_FAQ,
    parts=(Part("Nghỉ 6 tháng.", (SayButton("Mức hưởng", Action("faq")), LinkButton("Xem", "https://x.vn"))),),
    sources=(Source("Luật BHXH"),),
    intent="thaisan_thoi_gian_nghi",
)


def test_unclear_twice_gently_then_explained_then_a_way_out(talk: Talk) -> None:
    talk.enter().tap("Còn mở được", "Trên điện thoại")
    assert "1. Xong" in talk.say("abc xyz").text
    assert "một số" in talk.say("abc xyz").text
    assert "Gặp nhân viên" in talk.say("abc xyz").labels
    assert talk.say("abc xyz").labels == ["Gặp nhân viên", "Cách khác"]
    assert talk.session.state == "open_forgot"
    assert talk.tap("Cách khác").session.state == "other_ways"


def test_repeat_says_it_simpler_and_the_third_time_offers_a_person(at_code: Talk) -> None:
    assert "dãy số trong thư" in at_code.say("nói lại").text
    assert "Gặp nhân viên" not in at_code.say("không hiểu").labels
    assert "Gặp nhân viên" in at_code.say("gì cơ").labels


def test_cancel_asks_once_after_step_two(at_code: Talk) -> None:
    assert at_code.say("hủy").session.state == "cancel_check"
    assert at_code.tap("Làm tiếp").session.state == "type_code"
    at_code.say("thôi")
    assert at_code.say("thôi").session.flow == ""
    assert at_code.reply is not None
    assert at_code.reply.outcome is Outcome.FLOW_CANCELLED


def test_dung_without_marks_stops_but_dung_meaning_right_does_not(at_code: Talk) -> None:
    assert at_code.say("hủy").say("dừng").session.flow == ""


def test_back_keeps_the_stamp_and_forgets_nothing_else(at_code: Talk) -> None:
    asked = at_code.session.stamps["otp_requested_at"]
    at_code.wait(minutes=1).say("quay lại")
    assert at_code.session.state == "read_code"
    assert at_code.session.stamps["otp_requested_at"] == asked
    assert at_code.say("quay lại").say("quay lại").session.state == "open_forgot"


def test_back_from_a_failure_returns_to_the_step_it_came_from(talk: Talk) -> None:
    talk.enter().tap("Còn mở được", "Trên điện thoại", "Xong", "Báo sai email")
    assert talk.session.state == "email_mismatch"
    assert talk.say("quay lại").session.state == "type_email"


def test_nothing_before_the_first_question(talk: Talk) -> None:
    assert "câu đầu tiên" in talk.enter().say("quay lại").text


def test_restart_forgets_the_path(at_code: Talk) -> None:
    at_code.say("làm lại từ đầu")
    assert at_code.session.state == "ask_email"
    assert "path" not in at_code.session.slots
    assert at_code.tap("Còn mở được").session.state == "ask_device"


def test_where(at_code: Talk) -> None:
    assert "bước 4/5" in at_code.say("đang ở bước mấy").text


def test_a_question_is_passed_on_and_the_step_asked_again(at_code: Talk) -> None:
    at_code.say("nghỉ sinh mấy tháng", sure("thaisan_thoi_gian_nghi"))
    assert at_code.passed is not None
    assert at_code.passed.why is Why.QUESTION
    at_code.answered(ANSWER)
    assert at_code.reply is not None
    assert at_code.reply.outcome is Outcome.FLOW_DIGRESSED
    assert at_code.reply.sources == ANSWER.sources
    assert "quay lại bước 4" in at_code.text
    assert "khoảng 5 phút" in at_code.text
    assert at_code.labels == ["Xem", "Xong", "Báo sai/hết hạn", "Quay lại", "Hủy"]
    assert at_code.session.state == "type_code"


def test_the_third_question_in_a_row_asks_what_to_do(at_code: Talk) -> None:
    for _ in range(3):
        at_code.say("nghỉ sinh mấy tháng", sure("thaisan_thoi_gian_nghi")).answered(ANSWER)
    assert at_code.session.state == "carry_on"
    assert at_code.tap("Làm tiếp").session.state == "type_code"


def test_an_answer_in_between_starts_the_count_anew(at_code: Talk) -> None:
    for text in ("xong", "quay lại", "xong"):
        at_code.say("nghỉ sinh mấy tháng", sure("thaisan_thoi_gian_nghi")).answered(ANSWER).say(text)
    assert at_code.session.state == "log_in"


def test_choices_of_a_clarification_stay_untouched(at_code: Talk) -> None:
    asked = Reply(outcome=Outcome.CLARIFY_CHOICES, parts=(Part("Ý nào?", (SayButton("A", Action("faq")),)),))
    at_code.say("cái kia thì thế nào nhỉ", torn("huu_tuoi")).answered(asked)
    assert at_code.reply == asked


@pytest.mark.parametrize(
    ("minutes", "state", "words"),
    [(3, "type_code", "Bước 4/5"), (12, "type_code", "Báo sai/hết hạn"), (40, "open_forgot", "mã cũ hết hạn")],
)
def test_the_age_of_the_code(talk: Talk, minutes: int, state: str, words: str) -> None:
    talk.enter().tap("Còn mở được", "Trên điện thoại", "Xong", "Xong").wait(minutes=minutes).say("thấy mã rồi")
    assert talk.session.state == state
    assert words in talk.text


def test_done_is_believed_whatever_the_age(at_code: Talk) -> None:
    assert at_code.wait(hours=3).say("xong").session.state == "log_in"


def test_after_half_an_hour_an_unclear_word_meets_the_question(at_code: Talk) -> None:
    assert at_code.wait(minutes=45).say("alo em").session.state == "still_there"
    assert at_code.tap("Làm lại từ đầu").session.state == "ask_email"


def test_after_days_even_a_clear_word_meets_the_question_but_a_tap_is_obeyed(at_code: Talk) -> None:
    assert at_code.wait(days=2).say("nhập mã rồi").session.state == "back_another_day"
    tapped = at_code.push(flow="password_reset", state="type_code", choice="done")
    assert tapped.session.state == "log_in"


def test_another_question_after_days_is_answered_first(at_code: Talk) -> None:
    at_code.wait(days=3).say("nghỉ sinh mấy tháng", sure("thaisan_thoi_gian_nghi")).answered(ANSWER)
    assert "6 tháng" in at_code.text
    assert "hôm trước" in at_code.text


def test_after_a_week_the_flow_is_over(at_code: Talk) -> None:
    at_code.wait(days=8).say("alo")
    assert at_code.passed is not None
    assert at_code.passed.why is Why.EXPIRED
    assert at_code.session.flow == ""


def test_danger_pauses_until_the_citizen_goes_on(at_code: Talk) -> None:
    at_code.session = at_code.flow.pause(at_code.session, "scam")
    at_code.say("có rồi")
    assert at_code.passed is not None
    assert at_code.passed.why is Why.PAUSED
    assert at_code.say("lấy lại mật khẩu").session.state == "type_code"
    assert at_code.session.paused_by == ""


def test_a_state_that_is_gone_begins_again_kindly(at_code: Talk) -> None:
    at_code.session = Session(flow="password_reset", flow_version=0, state="step_nine")
    assert "cập nhật" in at_code.say("xong").text
    assert at_code.session.state == "ask_email"


def test_a_button_of_a_finished_flow_still_works(at_code: Talk) -> None:
    at_code.tap("Xong", "Vào được rồi")
    assert at_code.session.flow == ""
    assert at_code.tap("Đăng nhập VNeID").session.state == "vneid"


@pytest.mark.parametrize("args", [{"state": "nowhere", "choice": "x"}, {"state": "ask_email", "choice": "forged"}])
def test_a_forged_button_does_no_harm(talk: Talk, args: dict[str, str]) -> None:
    assert talk.push(flow="password_reset", **args).session.state == "ask_email"


def test_a_button_of_the_knowledge_keeps_its_place(at_code: Talk) -> None:
    at_code.say("tài khoản không tồn tại", sure("reset.account_not_found")).tap("Chưa đăng ký")
    assert at_code.passed is not None
    assert (at_code.passed.why, at_code.passed.intent) == (Why.BUTTON, "account.register")
    assert at_code.session.state == "no_account"


def test_a_person_is_wanted(at_code: Talk) -> None:
    at_code.say("cho gặp người thật", sure("human.request"))
    assert at_code.passed is not None
    assert (at_code.passed.why, at_code.passed.intent) == (Why.PERSON, "human.request")
    handed = Reply(outcome=Outcome.HANDED_OVER, parts=(Part("Em chuyển ạ."),), intent="human.request")
    at_code.answered(handed)
    assert at_code.labels == ["Dùng VNeID", "Gọi 1900.9068", "Dùng email", "Ra cơ quan BHXH"]
    assert at_code.say("quay lại").session.state == "type_code"


def test_four_failures_lead_to_other_ways_and_then_to_a_person(talk: Talk) -> None:
    talk.enter().tap("Còn mở được", "Trên điện thoại", "Không biết mã số", "Có số rồi", "Xong", "Báo sai email")
    talk.tap("Thử lại", "Xong", "Chưa thấy mã", "Thấy mã rồi", "Báo sai/hết hạn")
    assert talk.session.state == "other_ways"
    talk.say("quay lại").tap("Báo sai/hết hạn")
    assert talk.session.state == "other_ways"
    assert talk.say("quay lại").tap("Báo sai/hết hạn").session.state == "offer_person"


def test_not_knowing_is_explained_once_then_taken_for_no(talk: Talk) -> None:
    assert "ten@gmail.com" in talk.enter().say("không biết").text
    assert talk.say("email là gì").session.state == "no_email"


@pytest.mark.parametrize(
    ("intent", "text", "state"),
    [
        ("reset.start", "quên mật khẩu", "ask_email"),
        ("reset.email_howto", "", "ask_email"),
        ("reset.no_email", "", "no_email"),
        ("reset.otp_not_received", "", "no_code"),
        ("reset.foreigner", "", "ask_email"),
        ("reset.phone_changed", "", "ask_email"),
        ("unknown.intent", "", "ask_email"),
    ],
)
def test_the_first_message_chooses_the_door(talk: Talk, intent: str, text: str, state: str) -> None:
    assert talk.enter(intent, text).session.state == state


def test_the_first_message_fills_slots(talk: Talk) -> None:
    talk.enter("reset.start", "quên mật khẩu, làm trên web được không").tap("Còn mở được")
    assert talk.session.state == "open_forgot"
    assert "dichvucong.baohiemxahoi.gov.vn" in talk.text


def test_a_small_question_is_answered_in_place(at_code: Talk) -> None:
    at_code.say("làm cái này có lâu không")
    assert "vài phút" in at_code.text
    assert at_code.session.state == "type_code"


def test_a_likely_way_of_the_flow_is_taken_without_asking_back(at_code: Talk) -> None:
    assert at_code.say("nó bảo mã hết hạn hay sao ấy", torn("reset.otp_invalid", 0.5)).session.state == "code_bad"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("quên mật khẩu", "ask_email"),
        ("chú bị quên mk rồi", "ask_email"),
        ("quen mk vssid r lm s h", "ask_email"),
        ("queen maatj khaaur vssid", "ask_email"),
        ("Em ơi, lấy lại mật khẩu VssID giúp tôi với", "ask_email"),
        ("I forgot my password", "ask_email"),
        ("quên mật khẩu của con tôi", "child"),
        ("lấy lại mật khẩu vssid cho con gái", "child"),
        ("quên mk vssid của mẹ em", "relative"),
        ("quên mật khẩu VNeID", "vneid_password"),
        ("không quên mật khẩu", None),
        ("lấy lại mật khẩu có mất tiền không", None),
        ("bhxh một lần", None),
    ],
)
def test_messages_that_need_no_understanding(talk: Talk, text: str, state: str | None) -> None:
    assert talk.flow.entrance.opened_by(text) == state


def test_the_flows_own_words_inside_it_lead_nowhere_else(at_code: Talk) -> None:
    at_code.say("lấy lại mật khẩu", torn("reset.fee", 0.9))
    assert at_code.session.state == "type_code"
    at_code.say("hủy").say("lấy lại mật khẩu")
    assert at_code.session.state == "type_code"


def test_a_number_that_chose_a_button_of_the_last_reply_is_no_choice_of_the_step(at_code: Talk) -> None:
    said = Said(text="2", action=Action("act", {"id": "reset.fee"}), match=Match())
    passed = at_code.flow.turn(at_code.session, said, at_code.now)
    assert passed.session.state == "type_code"


def test_back_and_cancel_have_numbers_too(at_code: Talk) -> None:
    at_code.say("abc xyz")
    assert "3. Quay lại;\n4. Hủy" in at_code.text
    assert at_code.say("3").session.state == "read_code"
    assert at_code.say("4").session.state == "cancel_check"


def test_the_words_for_back_and_cancel_are_told_once(talk: Talk) -> None:
    talk.enter().tap("Còn mở được", "Trên điện thoại")
    assert '"quay lại"' in talk.text
    talk.tap("Xong")
    assert '"quay lại"' not in talk.text
    assert '"quay lại"' not in talk.say("làm lại từ đầu").tap("Còn mở được", "Trên điện thoại").text


def test_who_needs_nothing_any_more_is_let_go_after_days(at_code: Talk) -> None:
    assert at_code.wait(days=3).say("không cần nữa").session.flow == ""


@pytest.mark.parametrize(
    ("state", "text", "leads"),
    [
        ("ask_email", "còn xài dc", "ask_device"),
        ("ask_email", "cofn", "ask_device"),
        ("ask_email", "mở được email của bác", "ask_device"),
        ("ask_device", "điện thoại thôi cháu, bác không có máy tính", "open_forgot"),
        ("open_forgot", "bấm rồi nó đòi email", "type_email"),
        ("type_email", "nó bảo đã gửi mã otp về email", "read_code"),
        ("type_email", "vẫn báo sai", "email_mismatch"),
        ("read_code", "chuwa thaays", "no_code"),
        ("type_code", "bác nhận được thư có mật khẩu rồi", "log_in"),
        ("log_in", "bác thấy mật khẩu rồi", "log_in"),
        ("log_in", "không nhận được thư", "no_new_password"),
        ("unlocking", "được chưa", "open_forgot"),
        ("read_code", "đợi chút", "read_code"),
        ("other_ways", "còn email", "ask_email"),
    ],
)
def test_what_elderly_and_hurried_people_write(talk: Talk, state: str, text: str, leads: str) -> None:
    talk.enter()
    talk.session = replace(talk.session, state=state)
    assert talk.say(text).session.state == leads
