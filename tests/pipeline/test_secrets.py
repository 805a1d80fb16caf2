"""Secrets that citizens type: warned of by class, never repeated, the question beside them still answered."""

import pytest

from chatbot.knowledge import Knowledge
from chatbot.model import Match, Outcome
from chatbot.privacy import outbound_problems
from tests.pipeline.chat import Chat, sure, torn

OTP, CCCD = "384923", "001099012345"


@pytest.mark.parametrize(
    ("text", "words", "never"),
    [
        (OTP, "Mã OTP và mật khẩu", "không cần số này"),
        (CCCD, "không cần số này", "Mã OTP"),
        ("mật khẩu là Abc@12345", "Mã OTP và mật khẩu", "Abc"),
    ],
)
def test_a_secret_alone_is_warned_of_by_its_class(knowledge: Knowledge, text: str, words: str, never: str) -> None:
    chat = Chat(knowledge)
    result = chat.says(text)
    assert result.reply.outcome is Outcome.REFUSED_SECRET
    assert words in chat.text
    assert never not in chat.text
    assert result.session.warnings == 1
    assert not set(text.split()) & {OTP, CCCD, "0912345678", "Abc@12345"} & set(result.record.text.split())


def test_a_phone_number_is_mildly_declined_and_wears_out_no_warning(knowledge: Knowledge) -> None:
    chat = Chat(knowledge)
    for _ in range(3):
        assert chat.says("0912345678").reply.outcome is Outcome.REFUSED_SECRET
        assert "không cần số điện thoại" in chat.text
        assert "thu hồi" not in chat.text
    chat.says("mật khẩu là Abc@12345")
    assert "Mã OTP và mật khẩu" in chat.text


def test_the_question_beside_a_secret_is_answered(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"tuổi nghỉ hưu, cccd": sure("huu_tuoi")})
    result = chat.says(f"tuổi nghỉ hưu, cccd {CCCD}")
    assert result.reply.intent == "huu_tuoi"
    assert "đã che lại và không lưu" in chat.text
    assert "Căn cứ:" in chat.text
    assert chat.reader.asked[0][0] == "tuổi nghỉ hưu, cccd"
    assert CCCD not in str(result)


def test_after_two_warnings_one_line_is_enough(knowledge: Knowledge) -> None:
    chat = Chat(knowledge)
    first, second, third = (chat.says(CCCD).reply.text for _ in range(3))
    assert "không cần số này" in first
    assert "không cần số này" in second
    assert third == knowledge.phrases.say("secret.short")


@pytest.mark.parametrize("halves", [("001099", "012345"), ("0010990", "12345")])
def test_a_number_sent_in_halves_is_one_number(knowledge: Knowledge, halves: tuple[str, str]) -> None:
    apart = Chat(knowledge)
    apart.says(f"số của tôi {halves[0]}")
    result = apart.says(f"{halves[1]} nhé")
    assert result.reply.outcome is Outcome.REFUSED_SECRET
    assert halves[1] not in str(result)
    quick = Chat(knowledge)
    assert quick.says(f"số của tôi {halves[0]}", f"{halves[1]} nhé").reply.outcome is Outcome.REFUSED_SECRET


@pytest.mark.parametrize(
    ("text", "match", "warned"),
    [
        ("tuổi nghỉ hưu, số tôi", sure("huu_tuoi"), True),
        ("có phải của bảo hiểm không", sure("channel.verify_number"), False),
        ("có phải của bảo hiểm không", torn("channel.hotline_number"), False),
        ("bảo cập nhật vssid", sure("kn_lua_dao"), False),
        ("gọi tới xưng bảo hiểm", torn("account.update_contact"), False),
    ],
)
def test_the_number_of_a_caller_is_nothing_to_warn_of(
    knowledge: Knowledge, text: str, match: Match, *, warned: bool
) -> None:
    chat = Chat(knowledge, {text: match})
    chat.says(f"{text} 0912345678")
    assert (knowledge.phrases.say("secret.phone") in chat.text) is warned


def test_the_warnings_themselves_may_leave(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, guard=lambda reply: outbound_problems(reply, knowledge.official))
    for text in (OTP, CCCD, "0912345678", "nguyenvana@gmail.com"):
        assert chat.says(text).reply.outcome is Outcome.REFUSED_SECRET
