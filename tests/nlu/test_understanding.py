"""The understanding of the whole content: decisions, follow-ups, two questions, hostile texts."""

import time
from datetime import date

import pytest

from chatbot.model import Decision
from chatbot.nlu import Understanding

TODAY = date(2026, 11, 22)

CLEAR = [
    ("quên mật khẩu vssid lấy lại sao", "reset.start"),
    ("tuổi nghỉ hưu năm nay là bao nhiêu", "huu_tuoi"),
    ("ho so thai san gom nhung giay to gi", "thaisan_ho_so"),
    ("rut bhxh 1 lan duoc bao nhieu tien", "motlan_muc_huong"),
    ("cho gặp nhân viên tư vấn", "human.request"),
    ("mấy tuổi thì được nghỉ hưu", "huu_tuoi"),
    ("đăng nhập không được", "reset.start"),
    ("mã OTP là gì", "policy.otp"),
    ("gọi lại cho tôi", "human.request"),
    ("tui hổng biết xài app", "smalltalk.help"),
    ("họ đòi gửi ảnh cccd", "scam.call"),
]


@pytest.mark.parametrize(("text", "intent"), CLEAR)
def test_clear_questions_are_answered(full_understanding: Understanding, text: str, intent: str) -> None:
    match = full_understanding.understand(text, today=TODAY)
    assert match.intent == intent
    assert match.decision is Decision.ANSWER


@pytest.mark.parametrize("text", ["cách nấu phở bò", "giá vàng hôm nay", "asdkj qwoeiu zxmcn", "mua vé xem phim ở đâu"])
def test_foreign_matters_are_not_answered(full_understanding: Understanding, text: str) -> None:
    assert full_understanding.understand(text, today=TODAY).decision is not Decision.ANSWER


FOLLOW_UPS = [
    ("huu_tuoi", "còn nữ thì sao", "huu_tuoi"),
    ("thaisan_dieu_kien", "thế bao nhiêu tiền", "thaisan_muc_huong"),
    ("thaisan_muc_huong", "hồ sơ gồm gì", "thaisan_ho_so"),
    ("bhtn_dieu_kien", "vậy nộp ở đâu", "bhtn_noi_nop"),
    ("bhtn_muc_huong", "vậy được mấy tháng", "bhtn_thoi_gian_huong"),
    ("motlan_dieu_kien", "thế cần giấy tờ gì", "motlan_ho_so"),
    ("thaisan_muc_huong", "năm ngoái thì sao", "thaisan_muc_huong"),
    ("dong_luong_co_so", "năm ngoái bao nhiêu", "dong_luong_co_so"),
    ("bhyt_ho_gia_dinh_muc_dong", "hoi nam ngoai thi nhieu", "bhyt_ho_gia_dinh_muc_dong"),
    ("htxh_dieu_kien", "vậy mỗi tháng được bao nhiêu", "htxh_muc_huong"),
    ("motlan_dieu_kien", "bị ung thư thì sao", "motlan_benh_hiem_ngheo"),
    ("thaisan_thoi_gian_nghi", "vậy nộp ở đâu", "thaisan_thoi_han"),
    ("thaisan_thoi_gian_nghi", "hồ sơ gồm gì", "thaisan_ho_so"),
    ("thaisan_thoi_gian_nghi", "bao nhiêu phần trăm lương", "thaisan_muc_huong"),
    ("thaisan_thoi_gian_nghi", "chồng em nghỉ được không", "thaisan_nam"),
    ("thaisan_thoi_gian_nghi", "thế chồng tôi thì sao", "thaisan_nam"),
    ("thaisan_nam", "được mấy ngày", "thaisan_nam"),
    ("thaisan_tro_cap_mot_lan", "bây giờ thì sao", "thaisan_tro_cap_mot_lan"),
    ("thaisan_tro_cap_mot_lan", "sinh ngày 30/6/2026", "thaisan_tro_cap_mot_lan"),
    ("dong_muc_toi_da", "lương 60 triệu thì sao", "dong_muc_toi_da"),
    ("motlan_muc_huong", "thế đóng 12 năm thì được bao nhiêu", "motlan_muc_huong"),
]


@pytest.mark.parametrize(("topic", "text", "expected"), FOLLOW_UPS)
def test_follow_ups(full_understanding: Understanding, topic: str, text: str, expected: str) -> None:
    match = full_understanding.understand(text, today=TODAY, topic=topic)
    assert match.follow_up
    assert match.intent == expected


def test_a_follow_up_carries_its_date(full_understanding: Understanding) -> None:
    match = full_understanding.understand("năm ngoái thì sao", today=TODAY, topic="thaisan_muc_huong")
    assert match.entities.period is not None
    assert match.entities.period.first.year == 2025


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("huu_tuoi", "cảm ơn nhiều nhé"),
        ("huu_tuoi", "quên mật khẩu vssid"),
        ("huu_tuoi", "còn thai sản thì sao"),
        ("huu_tuoi", "hồ sơ thai sản gồm gì"),
        ("motlan_muc_huong", "lương cơ sở năm 2019"),
        ("motlan_muc_huong", "hôm nay trời đẹp quá"),
        ("motlan_muc_huong", "còn lương cơ sở năm 2019 thì sao"),
        ("motlan_muc_huong", "vậy nghỉ sinh mấy tháng"),
        ("thaisan_muc_huong", "mấy tuổi được nghỉ hưu"),
        ("", "còn nữ thì sao"),
        ("no_such_topic", "còn nữ thì sao"),
    ],
)
def test_a_text_that_stands_alone_is_no_follow_up(full_understanding: Understanding, topic: str, text: str) -> None:
    assert not full_understanding.understand(text, today=TODAY, topic=topic).follow_up


def test_two_questions(full_understanding: Understanding) -> None:
    text = "Tuổi nghỉ hưu năm nay là bao nhiêu? Hồ sơ thai sản gồm những giấy tờ gì?"
    match = full_understanding.understand(text, today=TODAY)
    assert {match.intent, match.second} == {"huu_tuoi", "thaisan_ho_so"}


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("nghỉ sinh mấy tháng và hồ sơ cần gì", {"thaisan_thoi_gian_nghi", "thaisan_ho_so"}),
        ("đóng mấy năm thì có lương hưu, rút một lần được bao nhiêu", {"huu_so_nam_dong", "motlan_muc_huong"}),
        ("thất nghiệp được mấy tháng và nộp ở đâu", {"bhtn_thoi_gian_huong", "bhtn_noi_nop"}),
        ("rút một lần cần giấy tờ gì, bao lâu có tiền", {"motlan_ho_so", "motlan_noi_nop_thoi_han"}),
    ],
)
def test_the_second_question_leans_on_the_first(full_understanding: Understanding, text: str, asked: set[str]) -> None:
    match = full_understanding.understand(text, today=TODAY)
    assert match.decision is Decision.ANSWER
    assert {match.intent, match.second} == asked


def test_the_twins_of_the_first_are_named(full_understanding: Understanding) -> None:
    match = full_understanding.understand("tổng đài số mấy", today=TODAY)
    assert {match.intent, *match.twins} == {"tt_tong_dai", "channel.hotline_number"}
    assert match.intent not in match.twins


def test_one_question_with_a_story_has_no_second(full_understanding: Understanding) -> None:
    text = "Em đóng bảo hiểm 2 năm, mới nghỉ việc tháng trước, giờ quên mật khẩu vssid thì lấy lại sao ạ?"
    assert full_understanding.understand(text, today=TODAY).second == ""


@pytest.mark.parametrize("text", ["", " ", "👍❤️", "?!.", "\u200b"])
def test_nothing_said(full_understanding: Understanding, text: str) -> None:
    match = full_understanding.understand(text, today=TODAY)
    assert match.candidates == ()
    assert match.decision is Decision.REFUSE


@pytest.mark.parametrize(
    "text", ["a" * 1_000_000, "sinh con? " * 100_000, "1 " * 500_000, "đ" * 1_000_000, "á? " * 300_000]
)
def test_a_huge_text_takes_bounded_time(full_understanding: Understanding, text: str) -> None:
    started = time.process_time()
    full_understanding.understand(text, today=TODAY)
    assert time.process_time() - started < 1.0


def test_the_same_text_gives_the_same_match(full_understanding: Understanding) -> None:
    text = "Vợ mình mới sinh tháng 5 năm ngoái thì chồng được nghỉ mấy ngày?"
    one = full_understanding.understand(text, today=TODAY)
    assert one == full_understanding.understand(text, today=TODAY)


def test_candidates_are_few_sure_first_and_public(full_understanding: Understanding) -> None:
    match = full_understanding.understand("nộp hồ sơ ở đâu", today=TODAY)
    confidences = [candidate.confidence for candidate in match.candidates]
    assert 3 <= len(confidences) <= 10
    assert confidences == sorted(confidences, reverse=True)
    assert "~" not in {candidate.intent for candidate in match.candidates}


def test_explanation_reads_in_vietnamese(full_understanding: Understanding) -> None:
    told = str(full_understanding.explain("mấy tuổi nghỉ hưu"))
    assert "huu_tuoi" in told
    assert "Quyết định" in told
