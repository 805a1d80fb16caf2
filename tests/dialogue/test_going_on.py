"""What is no answer: "làm tiếp" at every state, trouble in a few words, the first word after a silence."""

import pytest

from chatbot.dialogue.flow_spec import FlowSpec, Kind
from chatbot.model import Action, CallButton, LinkButton, Outcome, Part, Reply, SayButton, Session, Source
from tests.dialogue.conftest import Talk, sure, torn

ANSWER = Reply(
    outcome=Outcome.ANSWERED_FAQ,
    parts=(Part("Nghỉ 6 tháng.", (SayButton("Mức hưởng", Action("faq")), LinkButton("Xem", "https://x.vn"))),),
    sources=(Source("Luật BHXH"),),
    intent="thaisan_thoi_gian_nghi",
)


GOES_ON = {
    "ask_email": "ask_email",
    "ask_device": "ask_device",
    "open_forgot": "type_email",
    "type_email": "read_code",
    "read_code": "type_code",
    "type_code": "log_in",
    "log_in": "log_in",
    "vneid": "vneid",
    "vneid_login": "vneid_login",
    "no_vneid": "no_vneid",
    "vneid_password": "other_ways",
    "hotline": "hotline",
    "hotline_call": "hotline_call",
    "hotline_person": "hotline_person",
    "office": "other_ways",
    "employer": "other_ways",
    "other_ways": "other_ways",
    "offer_person": "offer_person",
    "ask_error": "ask_error",
    "email_mismatch": "type_email",
    "forgot_email": "forgot_email",
    "no_email": "no_email",
    "lost_mailbox": "lost_mailbox",
    "no_code": "no_code",
    "no_code_again": "open_forgot",
    "code_bad": "open_forgot",
    "no_new_password": "no_new_password",
    "new_password_bad": "new_password_bad",
    "locked": "unlocking",
    "unlocking": "open_forgot",
    "no_account": "open_forgot",
    "not_approved": "not_approved",
    "no_number": "no_number",
    "app_trouble": "app_trouble",
    "portal_down": "open_forgot",
    "child": "ask_email",
    "relative": "ask_email",
    "no_smartphone": "hotline",
}
"""Where "làm tiếp" leads from each state that was entered with no step behind it."""


@pytest.mark.parametrize("text", ["làm tiếp", "lam tiep", "tiếp tục đi", "rồi sao nữa", "ok tiếp"])
def test_going_on_is_no_answer_to_a_question(talk: Talk, spec: FlowSpec, text: str) -> None:
    passing = {name for name, state in spec.states.items() if state.then or state.final or state.kind is Kind.ASIDE}
    assert set(GOES_ON) == set(spec.states) - passing
    for name, leads in GOES_ON.items():
        talk.session = Session(flow=spec.id, flow_version=spec.version, state=name, stamps={"spoke": talk.now})
        talk.say(text)
        assert talk.session.state == leads, name
        assert not {"has_email", "has_vneid2", "phone_same"} & set(talk.session.slots) - set(spec.states[leads].sets)


def test_going_on_at_a_question_says_what_is_missing_and_then_asks_more_simply(talk: Talk) -> None:
    talk.enter().say("lam tiep")
    assert "để làm tiếp" in talk.text
    assert "còn mở được hộp thư" in talk.text
    assert talk.labels[0] == "Còn mở được"
    assert "1. Còn mở được" in talk.say("làm tiếp").text
    assert talk.say("còn").session.state == "ask_device"


def test_going_on_off_the_way_returns_to_the_step(talk: Talk) -> None:
    talk.enter().tap("Còn mở được", "Trên điện thoại", "Xong", "Xong", "Chưa thấy mã").say("tiếp đi")
    assert talk.session.state == "read_code"
    talk.say("quay lại").say("quay lại").tap("Không thấy nút").say("làm tiếp")
    assert talk.session.state == "open_forgot"


def test_going_on_after_another_question_is_no_next_step(talk: Talk) -> None:
    talk.enter().tap("Còn mở được", "Trên điện thoại")
    talk.say("nghỉ sinh mấy tháng", sure("thaisan_thoi_gian_nghi")).answered(ANSWER).say("làm tiếp")
    assert talk.session.state == "open_forgot"
    assert "chỗ đang dở" in talk.text
    assert talk.say("làm tiếp").session.state == "type_email"


@pytest.mark.parametrize(("days", "minutes"), [(0, 40), (2, 0)])
@pytest.mark.parametrize("text", ["làm tiếp", "tiếp tục đi", "rồi sao nữa"])
def test_going_on_after_a_silence_resumes(talk: Talk, days: int, minutes: int, text: str) -> None:
    talk.enter().tap("Còn mở được", "Trên điện thoại").wait(days=days, minutes=minutes).say(text)
    assert talk.session.state == "open_forgot"
    assert "Bước 1/5" in talk.text


def test_after_days_the_answer_to_the_question_needs_no_question(at_code: Talk) -> None:
    assert at_code.wait(days=2).say("chưa vào được").session.state == "open_forgot"
    assert "mã cũ hết hạn" in at_code.text
    at_code.wait(days=2).say("vào được rồi")
    assert at_code.reply is not None
    assert at_code.reply.outcome is Outcome.FLOW_DONE


def test_a_report_that_leads_elsewhere_is_no_yes(talk: Talk) -> None:
    talk.enter().tap("Có VNeID mức 2").say("máy tui nó đổi rồi", sure("reset.phone_changed"))
    assert talk.session.state == "ask_email"
    assert "đổi số" in talk.text


def test_trouble_in_a_few_words_is_no_other_question(talk: Talk) -> None:
    talk.enter().tap("Không vào được mail").say("ko lay lai dc", torn("tunguyen_hoan_tra", 0.42))
    assert talk.session.state == "other_ways"
    talk.enter().tap("Còn mở được", "Trên điện thoại").say("coi rồi hổng có gì hết", torn("flow.not_done", 0.3))
    assert "cứ làm từ từ" in talk.text


def test_a_call_that_is_a_way_of_the_flow_is_offered_once(talk: Talk) -> None:
    called = Reply(
        outcome=Outcome.ANSWERED_CHANNEL,
        parts=(Part("Hay bận giờ cao điểm.", (CallButton("Gọi 1900.9068", "19009068"),)),),
    )
    talk.enter().tap("Không có email").say("tổng đài bận", sure("channel.hotline_busy")).answered(called)
    assert talk.labels.count("Gọi 1900.9068") == 1
