"""Numbers and addresses that citizens paste are judged by the register, whatever else the text seemed to ask."""

import pytest

from chatbot.knowledge import Knowledge
from chatbot.model import Outcome
from tests.pipeline.chat import Chat, sure, torn


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("bhxh-vn.com", "bhxh-vn[.]com"),
        ("tôi gọi 1900252510 mất 100k rồi", "1900.9068"),
        ("số 1900.9966.12 có phải tổng đài bhxh không", "1900.99…"),
        ("1900.9068", "1900.9068"),
        ("1900.9068 có phải của bảo hiểm không", "1900.9068"),
        ("dichvucong.baohiemxahoi.gov.vn thật không", "dichvucong.baohiemxahoi.gov.vn"),
        ("tải VssID 4.0 ở đâu", "VssID 4.0"),
    ],
)
def test_a_pasted_channel_gets_its_verdict(knowledge: Knowledge, text: str, words: str) -> None:
    for match in (sure("tt_tong_dai"), torn("tt_tong_dai"), sure("pii.leak")):
        chat = Chat(knowledge, {text: match})
        assert chat.says(text).reply.outcome is Outcome.ANSWERED_VERDICT
        assert words in chat.text


@pytest.mark.parametrize(
    "text",
    [
        "lương 15.300.000 thì lương hưu bao nhiêu",
        "gọi 1900.9068 mãi không được",
        "vào dichvucong.gov.vn không được",
        "vô dichvucong.gov.vn dùng ko được",
        "sinh tháng 5/2025 lương 5.000.000đ",
    ],
)
def test_money_dates_and_genuine_channels_leave_the_question_alone(knowledge: Knowledge, text: str) -> None:
    chat = Chat(knowledge, {text: sure("huu_tuoi")})
    assert chat.says(text).reply.intent == "huu_tuoi"


@pytest.mark.parametrize(
    "text",
    [
        "nguoi khmer o Soc Trang dong bhxh tu nguyen duoc giam khong",
        "zalo của bảo hiểm xã hội là cái nào",
        "tìm trang bhxh ra chục cái, cái nào thật",
    ],
)
def test_a_name_alone_is_judged_only_when_it_is_doubted(knowledge: Knowledge, text: str) -> None:
    chat = Chat(knowledge, {text: torn("huu_tuoi", "tt_tong_dai")})
    assert chat.says(text).reply.outcome is not Outcome.ANSWERED_VERDICT


def test_a_scam_report_keeps_its_own_answer(knowledge: Knowledge) -> None:
    text = "nhận tin nhắn kèm link bhxh-vn.com"
    chat = Chat(knowledge, {text: sure("scam.sms")})
    assert chat.says(text).reply.intent == "scam.sms"


def test_a_mobile_number_alone_is_the_citizens_own(knowledge: Knowledge) -> None:
    assert Chat(knowledge).says("0912345678").reply.outcome is Outcome.REFUSED_SECRET


@pytest.mark.parametrize(
    "text",
    [
        "so 0912345678 goi bao khoa the bhyt dung ko",
        "số 0912345678 gọi điện nói thẻ bảo hiểm của tôi bị khóa",
        "0912345678 goi cho me toi yeu cau cai app, co dung k",
        "có số 0912345678 gọi kêu đóng tiền gấp, đúng hông",
    ],
)
def test_the_number_that_somebody_called_from_gets_its_verdict(knowledge: Knowledge, text: str) -> None:
    chat = Chat(knowledge, {text.replace("0912345678", "[SDT]"): torn("scam.call", "bhyt_nghi_viec")})
    assert chat.says(text).reply.outcome is Outcome.ANSWERED_VERDICT
    assert "số di động" in chat.text
    assert knowledge.phrases.say("secret.phone") not in chat.text


@pytest.mark.parametrize(
    "text",
    [
        "số tôi 0912345678 gọi bảo hiểm không được",
        "tôi gọi báo mất thẻ, số của tôi 0912345678",
        "cán bộ hẹn gọi lại cho tôi, số 0912345678",
        "sdt em 0912345678 gọi báo em khi có kết quả nhé",
        "0912345678 gọi báo tôi khi xong hồ sơ, đúng không",
    ],
)
def test_the_number_to_call_back_is_not_judged(knowledge: Knowledge, text: str) -> None:
    chat = Chat(knowledge, {text.replace("0912345678", "").strip(): torn("huu_tuoi", "tt_tong_dai")})
    assert chat.says(text).reply.outcome is not Outcome.ANSWERED_VERDICT
