""" "Dạ" is said once, the greeting does not warn twice, and English messages get no Vietnamese excuse."""

import pytest

from chatbot.knowledge import Knowledge
from chatbot.model import Outcome
from chatbot.nlu.english import is_english
from tests.pipeline.chat import Chat, sure, torn

CCCD = "079185001234"


@pytest.mark.parametrize("text", [f"tuổi nghỉ hưu cccd {CCCD}", CCCD])
def test_a_reply_says_da_once(knowledge: Knowledge, text: str) -> None:
    chat = Chat(knowledge, {"tuổi nghỉ hưu cccd": sure("huu_tuoi")})
    chat.says(text)
    assert chat.text.count("Dạ") == 1


def test_without_da_the_sentence_still_begins_with_a_capital(knowledge: Knowledge) -> None:
    chat = Chat(knowledge, {"sinh cccd": torn("thaisan_dieu_kien", "thaisan_muc_huong")})
    chat.says(f"sinh cccd {CCCD}")
    assert "\n\nEm chưa chắc ý anh/chị." in chat.text


def test_a_first_message_with_a_secret_is_warned_once(knowledge: Knowledge) -> None:
    chat = Chat(knowledge)
    chat.says(CCCD)
    assert "trợ lý tự động" in chat.text
    assert "không cần gửi số CCCD" not in chat.text
    assert "đã che lại và không lưu" in chat.text


@pytest.mark.parametrize(
    "text",
    [
        "Hello, I am a foreigner working in Vietnam, can I get a lump sum when I leave?",
        "How much do I pay for social insurance?",
        "what should I do if I forgot my password",
        "how do I claim maternity benefit",
        "i quit my job, can i withdraw before leaving vietnam",
    ],
)
def test_english_is_recognised_and_told_in_english(knowledge: Knowledge, text: str) -> None:
    chat = Chat(knowledge)
    assert chat.says(text).reply.outcome is Outcome.UNANSWERED_UNKNOWN
    assert "chưa hiểu" not in chat.text
    assert "English: I answer in Vietnamese." in chat.text


@pytest.mark.parametrize(
    "text", ["the bhyt can do gi", "lam the nao do can gi", "ok thanks", "e ns con dc may thang", "so the"]
)
def test_vietnamese_without_marks_is_not_english(text: str) -> None:
    assert not is_english(text)


@pytest.mark.parametrize(
    ("text", "topic", "said"),
    [
        ("ba em mất tháng trước được gì", "tuat_mot_lan", True),
        ("chong em vua qua doi", "tuat_ho_so", True),
        ("lỡ chồng em mất thì sao", "tuat_mot_lan", False),
        ("mai táng phí bao nhiêu", "tuat_mai_tang", False),
        ("con em mất sổ", "so_cap_lai", False),
    ],
)
def test_a_death_is_met_with_sympathy_once(knowledge: Knowledge, text: str, topic: str, *, said: bool) -> None:
    chat = Chat(knowledge, {text: sure(topic)})
    chat.says(text)
    assert ("chia buồn" in chat.text) is said
    chat.says(text)
    assert "chia buồn" not in chat.text
