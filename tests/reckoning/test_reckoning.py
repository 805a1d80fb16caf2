"""Sums for a citizen's own case: expected values are worked out here by hand, from the law."""

from datetime import date
from pathlib import Path

import pytest

from chatbot.knowledge import Confidence, Knowledge, load
from chatbot.model import Entities
from chatbot.nlu.amounts import paid_months
from chatbot.nlu.entities import find_entities
from chatbot.nlu.letters import fold
from chatbot.nlu.lexicon import load_lexicon
from chatbot.nlu.normalize import Normalizer
from chatbot.nlu.places import load_places
from chatbot.reckoning import CALCULATORS, NEEDS, Case, reckon

ROOT = Path(__file__).parents[2] / "intents"
TODAY = date(2026, 11, 30)
CONTENT: Knowledge = load(ROOT)
NORMALIZER = Normalizer(load_lexicon(ROOT))
PLACES = load_places(ROOT)


def told(text: str) -> Entities:
    """What the understanding reads in a text."""
    return find_entities(text, NORMALIZER.words(text), PLACES, TODAY)


def worked(topic: str, text: str, *, day: date = TODAY) -> str:
    """The sums that the topic's answer of a day gives for a text."""
    version = CONTENT.faqs[topic].version_on(day)
    assert version is not None
    assert version.compute is not None
    case = Case(
        told=told(text),
        day=day,
        today=TODAY,
        figures=version.figures,
        faqs=CONTENT.faqs,
        series=CONTENT.series,
    )
    return " ".join(CONTENT.phrases.say(line.phrase, 0, **line.slots) for line in reckon(version.compute, case))


@pytest.mark.parametrize(
    ("text", "age", "reached", "pension"),
    [
        # Nghị định 135/2020/NĐ-CP, Phụ lục I; the last months before "62 tuổi", "60 tuổi" hold for good
        ("nam sinh 1/1961", "60 tuổi 3 tháng", "4/2021", "5/2021"),
        ("nam sinh 9/1964", "61 tuổi 3 tháng", "12/2025", "1/2026"),
        ("nam sinh 10/1964", "61 tuổi 6 tháng", "4/2026", "5/2026"),
        ("nam sinh 6/1965", "61 tuổi 6 tháng", "12/2026", "1/2027"),
        ("nam sinh 8/1965", "61 tuổi 9 tháng", "5/2027", "6/2027"),
        ("nam sinh 3/1966", "61 tuổi 9 tháng", "12/2027", "1/2028"),
        ("nam sinh 4/1966", "62 tuổi", "4/2028", "5/2028"),
        ("nam sinh 20/11/1975", "62 tuổi", "11/2037", "12/2037"),
        ("nữ sinh 1/1966", "55 tuổi 4 tháng", "5/2021", "6/2021"),
        ("nữ sinh 5/1969", "57 tuổi", "5/2026", "6/2026"),
        ("nữ sinh 12/1969", "57 tuổi", "12/2026", "1/2027"),
        ("nữ sinh 4/1975", "59 tuổi 8 tháng", "12/2034", "1/2035"),
        ("nữ sinh 5/1975", "60 tuổi", "5/2035", "6/2035"),
        ("mẹ em sinh 15/3/1971", "57 tuổi 8 tháng", "11/2028", "12/2028"),
        # Điều 7 khoản 2: the old ages held until the end of 2020
        ("nam sinh 12/1960", "60 tuổi", "12/2020", "1/2021"),
        ("nữ sinh 12/1965", "55 tuổi", "12/2020", "1/2021"),
    ],
)
def test_the_month_of_retirement(text: str, age: str, reached: str, pension: str) -> None:
    said = worked("huu_tuoi", text)
    assert f"({age})" in said
    assert f"tháng {reached}, lương hưu tính từ tháng {pension}" in said


def test_a_year_of_birth_is_told_by_the_months_that_share_an_age() -> None:
    said = worked("huu_tuoi", "nam sinh năm 1965")
    assert "sinh từ tháng 1 đến tháng 6 thì đủ 61 tuổi 6 tháng trong khoảng tháng 7/2026 đến tháng 12/2026" in said
    assert "sinh từ tháng 7 đến tháng 12 thì đủ 61 tuổi 9 tháng trong khoảng tháng 4/2027 đến tháng 9/2027" in said


def test_without_a_sex_both_are_told() -> None:
    said = worked("huu_tuoi", "sinh 10/1970 khi nào nghỉ hưu")
    assert "Nam sinh tháng 10/1970" in said
    assert "Nữ sinh tháng 10/1970" in said


def test_arduous_work_five_years_earlier() -> None:
    """Nghị định 135/2020/NĐ-CP, Phụ lục II: men born in 4/1971 or later at 57."""
    assert "57 tuổi, là tháng 4/2028" in worked("huu_nang_nhoc", "nam sinh 4/1971")
    assert "56 tuổi 9 tháng, là tháng 12/2027" in worked("huu_nang_nhoc", "nam sinh 3/1971")


def test_nobody_younger_retires_before_somebody_older() -> None:
    """Over fifteen years of births, month by month, both sexes."""
    for sex in ("nam", "nữ"):
        months = []
        for index in range(1961 * 12, 1976 * 12):
            said = worked("huu_tuoi", f"{sex} sinh {index % 12 + 1}/{index // 12}")
            month, year = said.split("lương hưu tính từ tháng ")[1].split()[0].split("/")
            months.append(int(year) * 12 + int(month))
        assert months == sorted(months), sex


SUMS = [
    ("huu_ty_le", "nữ đóng 15 năm", "45%"),
    ("huu_ty_le", "nữ đóng 22 năm", "59%"),
    ("huu_ty_le", "nữ đóng 33 năm", "75%"),
    ("huu_ty_le", "nam đóng 15 năm", "40%"),
    ("huu_ty_le", "nam đóng 18 năm 3 tháng", "18,5 năm) thì tỷ lệ lương hưu là 43,5%"),
    ("huu_ty_le", "nam đóng 19 năm 8 tháng", "tính là 20 năm) thì tỷ lệ lương hưu là 45%"),
    ("huu_ty_le", "nam đóng 20 năm", "45%"),
    ("huu_ty_le", "nam đóng 35 năm", "75%"),
    ("huu_ty_le", "nam đóng 40 năm", "75%"),
    ("huu_ty_le", "nữ đóng 20 năm lương bình quân 6 triệu", "55% x 6.000.000 đồng = 3.300.000 đồng một tháng"),
    ("huu_ty_le", "đóng 12 năm", "chưa đủ 15 năm"),
    ("huu_truoc_tuoi", "nghỉ sớm 3 năm", "giảm 6%"),
    ("huu_truoc_tuoi", "nghỉ sớm 2 năm 8 tháng", "giảm 5%"),
    ("huu_truoc_tuoi", "nghỉ sớm 2 năm 3 tháng", "giảm 4%"),
    ("motlan_muc_huong", "đóng 5 năm 3 tháng", "5,5 x 2 = 11 tháng"),
    ("motlan_muc_huong", "đóng 6 năm lương bình quân 5 triệu", "12 x 5.000.000 đồng = 60.000.000 đồng"),
    ("thaisan_muc_huong", "lương 8 triệu", "6 x 8.000.000 đồng = 48.000.000 đồng"),
    ("thaisan_muc_huong", "lương 8 triệu", "tất cả 53.060.000 đồng"),
    ("thaisan_muc_huong", "lương 10tr sinh con thứ hai", "7 x 10.000.000 đồng = 70.000.000 đồng"),
    ("thaisan_muc_huong", "lương 10tr sinh con thứ ba", "6 x 10.000.000 đồng = 60.000.000 đồng"),
    (
        "thaisan_muc_huong",
        "lương 5.310.000 sinh đôi",
        "= 37.170.000 đồng, cộng trợ cấp một lần 10.120.000",
    ),
    ("omdau_muc_huong", "lương 8 triệu nghỉ ốm 3 ngày", "250.000 đồng. Nghỉ 3 ngày làm việc thì được 750.000 đồng"),
    ("huu_ty_le", "nam 58 tuổi đóng 30 năm", "65%"),
    ("bhtn_muc_huong", "lương 7tr5", "60% x 7.500.000 đồng = 4.500.000 đồng"),
    ("bhtn_muc_huong", "lương 9 triệu đóng 5 năm", "Hưởng 5 tháng là 5 x 5.400.000 đồng = 27.000.000 đồng"),
    ("bhtn_muc_huong", "lương 35 triệu", "21.000.000 đồng, nhưng không quá mức cao nhất của vùng"),
    ("bhtn_muc_huong", "lương 60 triệu", "đúng mức cao nhất của vùng"),
    ("bhtn_thoi_gian_huong", "đóng 10 năm", "được hưởng 10 tháng"),
    ("bhtn_thoi_gian_huong", "đóng 36 tháng", "được hưởng 3 tháng"),
    ("bhtn_thoi_gian_huong", "đóng 47 tháng", "được hưởng 3 tháng"),
    ("bhtn_thoi_gian_huong", "đóng 48 tháng", "được hưởng 4 tháng"),
    ("bhtn_thoi_gian_huong", "đóng 20 năm", "được hưởng 12 tháng"),
    ("bhtn_thoi_gian_huong", "đóng 11 tháng", "chưa đủ 12 tháng"),
    ("tnld_muc_huong", "suy giảm 5%", "12.650.000 đồng + 0 x 1.265.000 đồng = 12.650.000 đồng"),
    ("tnld_muc_huong", "suy giảm 15%", "= 25.300.000 đồng"),
    ("tnld_muc_huong", "suy giảm 31%", "mỗi tháng được 759.000 đồng + 0 x 50.600 đồng = 759.000 đồng"),
    ("tnld_muc_huong", "suy giảm 40 phần trăm", "= 1.214.400 đồng"),
    ("dong_ty_le", "lương 8 triệu", "10,5% = 840.000 đồng (BHXH 640.000 đồng, BHYT 120.000 đồng, BHTN 80.000 đồng)"),
    ("dong_ty_le", "lương 8 triệu", "công ty đóng thêm 1.720.000 đồng"),
    (
        "tunguyen_muc_dong",
        "chọn mức 3 triệu",
        "= 660.000 đồng; Nhà nước hỗ trợ ít nhất 66.000 đồng, còn 594.000",
    ),
    ("bhyt_ho_gia_dinh_muc_dong", "nhà 4 người", "1.366.200 + 956.340 + 819.720 + 683.100 = 3.825.360 đồng"),
    ("bhyt_ho_gia_dinh_muc_dong", "nhà 7 người", "tất cả 5.464.800 đồng"),
]


@pytest.mark.parametrize(("topic", "text", "says"), SUMS)
def test_sums(topic: str, text: str, says: str) -> None:
    assert says in worked(topic, text)


UNCLEAR = [
    ("huu_tuoi", "bao giờ về hưu"),
    ("huu_tuoi", "con tôi sinh 2020"),
    ("huu_tuoi", "nam sinh 1968 nữ sinh 1970 vợ chồng khi nào nghỉ hưu"),
    ("huu_ty_le", "nữ đóng thiếu 3 năm"),
    ("huu_ty_le", "đóng từ 2005 đến 2010 rồi 2015 đến 2020"),
    ("motlan_muc_huong", "đóng 20 năm"),
    ("motlan_muc_huong", "đóng từ 2010 đến 2020 được 10 năm"),
    ("motlan_muc_huong", "nghỉ việc 1 năm rồi"),
    ("thaisan_muc_huong", "lương 8 triệu, phụ cấp 2 triệu"),
    ("thaisan_muc_huong", "lương 60 triệu"),
    ("thaisan_muc_huong", "lương 8 triệu sinh đôi con thứ hai"),
    ("bhtn_muc_huong", "được bao nhiêu"),
    ("tnld_muc_huong", "suy giảm 4%"),
    ("tnld_muc_huong", "suy giảm 10% hay 20%"),
    ("tunguyen_muc_dong", "đóng 330 ngàn"),
    ("tunguyen_muc_dong", "chọn mức 60 triệu"),
    ("bhyt_ho_gia_dinh_muc_dong", "người thứ hai đóng bao nhiêu"),
    ("bhyt_ho_gia_dinh_muc_dong", "nhà có 4 người nhưng 1 người đi làm công ty"),
]


@pytest.mark.parametrize(("topic", "text"), UNCLEAR)
def test_nothing_is_reckoned_from_unclear_input(topic: str, text: str) -> None:
    assert worked(topic, text) == ""


def test_days_beyond_the_yearly_limit_are_not_added_up() -> None:
    said = worked("omdau_muc_huong", "lương 6 triệu nghỉ ốm 45 ngày")
    assert "187.500 đồng" in said
    assert "45 ngày" not in said


def test_the_day_of_the_event_gives_the_figures() -> None:
    """A birth in May 2026: six months for a second child too, and the old grant."""
    said = worked("thaisan_muc_huong", "lương 10tr sinh con thứ hai", day=date(2026, 5, 10))
    assert "6 x 10.000.000 đồng = 60.000.000 đồng, cộng trợ cấp một lần 4.680.000 đồng" in said


def test_only_certain_rules_are_reckoned_with() -> None:
    """Every version that opts in is of high confidence, names a calculator, and has its figures."""
    used = set()
    for faq in CONTENT.faqs.values():
        for version in faq.versions:
            if version.compute is None:
                continue
            used.add(version.compute)
            assert version.confidence is Confidence.HIGH, faq.id
            assert NEEDS[version.compute] <= set(version.figures) - set(version.unsure_figures), faq.id
    assert used == set(CALCULATORS)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("đóng 12 năm 5 tháng", 149),
        ("tham gia bhxh 1 năm rưỡi", 18),
        ("thế 12 năm thì sao", 144),
        ("đóng bảo hiểm thất nghiệp được 60 tháng", 60),
        ("tôi đóng được 5 năm, nghỉ 2 năm nay", 60),
        ("đóng 5 năm ở công ty cũ, 3 năm ở công ty mới thì được bao nhiêu", None),
        ("nghỉ việc được 3 tháng thì sao, tôi muốn hỏi thủ tục", None),
        ("còn thiếu 2 năm nữa mới đủ để về hưu thì làm thế nào", None),
    ],
)
def test_the_time_paid(text: str, months: int | None) -> None:
    assert paid_months(fold(text)) == months
