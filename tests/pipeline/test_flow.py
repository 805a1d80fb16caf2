"""A guided flow inside the pipeline: it has the first word, asides are answered, danger comes first."""

import pytest

from chatbot.dialogue import Flows, load_flows
from chatbot.knowledge import Knowledge
from chatbot.model import Attachment, Outcome, SecretKind
from handlers import EMERGENCY
from tests.pipeline.chat import NOW, Chat, People, sure, torn

RESET = "password_reset"
CHEATED = "tôi lỡ đọc mã otp cho nó rồi"


@pytest.fixture
def chat(knowledge: Knowledge) -> Chat:
    """A citizen in the first step of the reset."""
    flows = Flows(load_flows(knowledge), knowledge.phrases)
    known = {
        "lương hưu": sure("huu_tuoi"),
        "quên mật khẩu": sure("reset.start"),
        "mất phí không": sure("reset.fee"),
        "cấp mật khẩu cho tôi": sure("reset.do_it_for_me"),
        "sinh con": torn("thaisan_dieu_kien", "thaisan_muc_huong"),
        "gặp người": sure("human.request"),
        "xóa dữ liệu": sure("privacy.erase"),
        "tiền tôi mất": sure("scam.victim_money"),
    }
    begun = Chat(knowledge, known, flows=flows, emergency=EMERGENCY)
    begun.session = flows[RESET].enter(begun.session, NOW).session
    return begun


def test_a_typed_number_is_the_steps_choice(chat: Chat) -> None:
    before = chat.session.state
    assert chat.says("1").reply.outcome is Outcome.FLOW_STEP
    assert chat.session.state != before
    assert chat.last.record.state == f"{RESET}/{chat.session.state}"


def test_a_question_in_the_middle_is_answered_and_the_step_asked_again(chat: Chat) -> None:
    state = chat.session.state
    result = chat.says("lương hưu")
    assert result.reply.outcome is Outcome.FLOW_DIGRESSED
    assert "Căn cứ:" in result.reply.parts[0].text
    assert chat.session.state == state
    assert chat.session.topic == "huu_tuoi"
    assert chat.says("1").reply.outcome is Outcome.FLOW_STEP


def test_what_is_no_clear_question_gets_the_step_again(chat: Chat) -> None:
    chat.says("sinh con")
    assert chat.last.reply.outcome is Outcome.FLOW_REASKED
    assert chat.session.flow == RESET


def test_a_menu_button_in_the_middle_keeps_the_flow(chat: Chat) -> None:
    state = chat.session.state
    chat.taps("faq", id="huu_tuoi")
    assert "Căn cứ:" in chat.text
    assert chat.session.state == state


def test_a_code_typed_into_the_chat_is_warned_of_and_the_step_stays(chat: Chat) -> None:
    state = chat.session.state
    result = chat.says("384923")
    assert result.reply.outcome is Outcome.REFUSED_SECRET
    assert len(result.reply.parts) == 2
    assert chat.session.state == state
    assert "384923" not in str(result)
    assert SecretKind.OTP.value in result.record.text


def test_a_picture_in_the_middle_is_refused_and_the_step_stays(chat: Chat) -> None:
    state = chat.session.state
    result = chat.sends(Attachment.IMAGE)
    assert "đừng gửi ảnh giấy tờ" in chat.text
    assert len(result.reply.parts) == 2
    assert chat.session.state == state


def test_a_thumbs_up_says_ok(chat: Chat) -> None:
    typed = Chat(chat.knowledge, flows=chat.flows, session=chat.session)
    typed.says("ok")
    chat.sends(Attachment.THUMBS_UP)
    assert chat.session.state == typed.session.state
    assert chat.last.reply.outcome is typed.last.reply.outcome


def test_another_sticker_answers_nothing(chat: Chat) -> None:
    state = chat.session.state
    chat.sends(Attachment.STICKER)
    assert chat.session.state == state
    assert chat.last.reply.outcome is Outcome.UNANSWERED_ATTACHMENT


def test_danger_pauses_the_flow_and_it_can_be_resumed(chat: Chat) -> None:
    state = chat.session.state
    assert chat.says(CHEATED).reply.outcome is Outcome.ANSWERED_EMERGENCY
    assert chat.session.paused_by == "scam"
    assert chat.text.index("Dạ") < chat.text.index(chat.knowledge.phrases.say("hello.automatic"))
    chat.says("lương hưu")
    assert chat.last.reply.outcome is Outcome.ANSWERED_FAQ
    chat.says("làm tiếp")
    assert chat.session.paused_by == ""
    assert chat.session.state == state


def test_danger_that_only_the_understanding_sees_pauses_too(chat: Chat) -> None:
    chat.says("tiền tôi mất")
    assert chat.last.reply.outcome is Outcome.ANSWERED_EMERGENCY
    assert chat.session.paused_by == "scam"


def test_danger_is_answered_even_when_it_waited_too_long(chat: Chat) -> None:
    assert chat.says(CHEATED, stale=True).reply.outcome is Outcome.ANSWERED_EMERGENCY


def test_a_person_may_be_asked_for_in_the_middle(chat: Chat) -> None:
    chat.desk.staffed = True
    assert chat.says("gặp người").reply.outcome is Outcome.HANDED_OVER
    assert chat.session.waiting_since == NOW
    assert chat.session.flow == RESET


def test_erasing_in_the_middle_leaves_nothing(chat: Chat) -> None:
    result = chat.says("xóa dữ liệu")
    assert result.erase
    assert result.session.flow == ""
    assert len(result.reply.parts) == 1


def test_taps_of_a_flow_are_never_too_many(chat: Chat) -> None:
    for _ in range(30):
        chat.taps("flow", flow=RESET, state=chat.session.state, command="repeat")
        assert chat.last.reply.outcome.family == "flow"


def test_a_message_that_was_overtaken_chooses_nothing(chat: Chat) -> None:
    chat.says("lương hưu", late=True)
    assert chat.last.reply.intent == "huu_tuoi"


def test_a_flow_that_no_longer_exists_strands_nobody(chat: Chat) -> None:
    later = Chat(chat.knowledge, {"lương hưu": sure("huu_tuoi")}, session=chat.session, desk=People())
    assert later.says("lương hưu").reply.outcome is Outcome.ANSWERED_FAQ
    assert later.session.flow == ""


def test_the_flow_is_entered_by_words_and_by_the_menu(chat: Chat) -> None:
    fresh = Chat(chat.knowledge, chat.known, flows=chat.flows)
    fresh.says("quên mật khẩu")
    assert fresh.session.flow == RESET
    assert fresh.last.reply.outcome is Outcome.FLOW_STEP
    tapped = Chat(chat.knowledge, chat.known, flows=chat.flows)
    tapped.taps("menu")
    tapped.taps_label("Quên mật khẩu")
    assert tapped.session.state == fresh.session.state


def test_a_question_about_the_fee_leaves_the_step_open(chat: Chat) -> None:
    state = chat.session.state
    chat.says("mất phí không")
    assert "miễn phí" in chat.text
    assert chat.session.state == state
    assert chat.says("1").reply.outcome is Outcome.FLOW_STEP


def test_nobody_gets_a_password_from_the_bot(chat: Chat) -> None:
    fresh = Chat(chat.knowledge, chat.known, flows=chat.flows)
    assert fresh.says("cấp mật khẩu cho tôi").reply.outcome is Outcome.REFUSED_REQUEST
    assert fresh.session.flow == RESET
