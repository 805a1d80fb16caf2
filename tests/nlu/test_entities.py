"""Dates, sums, lengths, ages, phones, links and places in people's words. Today is 22/11/2026, a Sunday."""

import random
from datetime import date
from typing import Any

import pytest
from rapidfuzz.distance import DamerauLevenshtein

from chatbot.knowledge import Knowledge
from chatbot.model import Entities
from chatbot.nlu.date_forms import READERS, readable
from chatbot.nlu.dates import find_dates
from chatbot.nlu.entities import find_entities
from chatbot.nlu.letters import fold
from chatbot.nlu.normalize import Normalizer
from chatbot.nlu.places import Places
from chatbot.nlu.syllables import is_syllable

TODAY = date(2026, 11, 22)


def _entities(text: str, normalizer: Normalizer, places: Places) -> Entities:
    return find_entities(text, normalizer.words(text), places, TODAY)


PERIODS = [
    ("sinh con tháng 5 năm ngoái", "2025-05-01", "2025-05-31", "tháng 5 năm ngoái"),
    ("cuối năm ngoái", "2025-10-01", "2025-12-31", "cuối năm ngoái"),
    ("dau nam 2025", "2025-01-01", "2025-03-31", "dau nam 2025"),
    ("nghỉ việc 2 tháng trước", "2026-09-01", "2026-09-30", "2 tháng trước"),
    ("sinh 5/2025", "2025-05-01", "2025-05-31", "5/2025"),
    ("ngày 15/5/2025 sinh", "2025-05-15", "2025-05-15", "15/5/2025"),
    ("sinh ngày 20/9", "2026-09-20", "2026-09-20", "ngày 20/9"),
    ("năm 2024", "2024-01-01", "2024-12-31", "năm 2024"),
    ("thấp nhất bao nhiêu 1 tháng năm 2026", "2026-01-01", "2026-12-31", "năm 2026"),
    ("moi thang nam 2026 dong bao nhieu", "2026-01-01", "2026-12-31", "nam 2026"),
    ("sinh con tháng năm 2026", "2026-05-01", "2026-05-31", "tháng năm 2026"),
    ("em mới tháng trước nghỉ việc", "2026-10-01", "2026-10-31", "tháng trước"),
    ("vợ sinh tháng sáu", "2026-06-01", "2026-06-30", "tháng sáu"),
    ("tháng sáu năm ngoái", "2025-06-01", "2025-06-30", "tháng sáu năm ngoái"),
    ("đóng từ năm 2016", "2016-01-01", "2016-12-31", "năm 2016"),
    ("hôm qua", "2026-11-21", "2026-11-21", "hôm qua"),
    ("sang năm", "2027-01-01", "2027-12-31", "sang năm"),
    ("tháng này", "2026-11-01", "2026-11-30", "tháng này"),
    ("thang sau", "2026-12-01", "2026-12-31", "thang sau"),
    ("nghi viec thang 8", "2026-08-01", "2026-08-31", "thang 8"),
    ("dự sinh tháng 1", "2027-01-01", "2027-01-31", "tháng 1"),
    ("3 nam truoc", "2023-01-01", "2023-12-31", "3 nam truoc"),
    ("tuần trước", "2026-11-09", "2026-11-15", "tuần trước"),
    ("hồi tết vợ em sinh", "2026-01-21", "2026-02-20", "hồi tết"),
    ("tết năm ngoái", "2025-01-21", "2025-02-20", "tết năm ngoái"),
    ("tet 2025", "2025-01-21", "2025-02-20", "tet 2025"),
    ("cách đây 6 tháng tôi sinh con", "2026-05-01", "2026-05-31", "cách đây 6 tháng"),
    ("nghỉ việc hồi tháng 2", "2026-02-01", "2026-02-28", "tháng 2"),
    ("tháng 5 vừa rồi vợ sinh", "2026-05-01", "2026-05-31", "tháng 5"),
    ("hôm 28/2 vừa qua", "2026-02-28", "2026-02-28", "hôm 28/2"),
    ("mới sinh tháng 3", "2026-03-01", "2026-03-31", "tháng 3"),
    ("dự sinh tháng 8", "2027-08-01", "2027-08-31", "tháng 8"),
    ("tháng 9 tới em sinh", "2027-09-01", "2027-09-30", "tháng 9"),
    ("sinh 30/6 được bao nhiêu", "2026-06-30", "2026-06-30", "sinh 30/6"),
    ("từ 1/7 lương cơ sở bao nhiêu", "2026-07-01", "2026-07-01", "từ 1/7"),
    ("vợ sinh 30/6 trợ cấp", "2026-06-30", "2026-06-30", "sinh 30/6"),
    ("sinh con tháng 5/25", "2025-05-01", "2025-05-31", "tháng 5/25"),
    ("hồi năm 24 đóng bao nhiêu", "2024-01-01", "2024-12-31", "hồi năm 24"),
    ("quý 1 năm 2025", "2025-01-01", "2025-03-31", "quý 1 năm 2025"),
    ("quý II/2026", "2026-04-01", "2026-06-30", "quý II/2026"),
    ("năm học 2025-2026", "2025-09-01", "2026-05-31", "năm học 2025-2026"),
    ("nghỉ ốm từ 15/6 đến 20/7/2026", "2026-06-15", "2026-07-20", "15/6 đến 20/7/2026"),
    ("nghỉ từ tháng 12 đến tháng 2/2026", "2025-12-01", "2026-02-28", "tháng 12 đến tháng 2/2026"),
    ("từ tháng 5/2026 đến tháng 11/2026", "2026-05-01", "2026-11-30", "tháng 5/2026 đến tháng 11/2026"),
    ("đóng từ 2018 đến 2023, nghỉ việc tháng 3/2026", "2026-03-01", "2026-03-31", "tháng 3/2026"),
    ("tham gia tháng 3/2024, sinh con tháng 10/2025", "2025-10-01", "2025-10-31", "tháng 10/2025"),
    ("vào làm tháng 2/2025, nghỉ việc tháng 12/2025", "2025-12-01", "2025-12-31", "tháng 12/2025"),
    ("lương tháng 5/2025 là 8 triệu, ốm tháng này", "2026-11-01", "2026-11-30", "tháng này"),
    ("sinh năm 1995 đẻ con tháng 6/2026", "2026-06-01", "2026-06-30", "tháng 6/2026"),
]
SLIPS = [
    ("thnág 5 năm 2026", "2026-05-01", "2026-05-31"),
    ("sinh tahng 5/2026", "2026-05-01", "2026-05-31"),
    ("thnág 5 nmă 2025", "2025-05-01", "2025-05-31"),
    ("thag 5 nma 2025", "2025-05-01", "2025-05-31"),
    ("tháng 8 nma ngoái", "2025-08-01", "2025-08-31"),
    ("sinh thánng 5 nămm 2025", "2025-05-01", "2025-05-31"),
    ("nagy 12 thnag 3 nm 2025", "2025-03-12", "2025-03-12"),
    ("thnág sáu nmă ngoái", "2025-06-01", "2025-06-30"),
    ("vợ sinh thangs 5 nawm 2025", "2025-05-01", "2025-05-31"),
    ("nghỉ 2 thnág trước", "2026-09-01", "2026-09-30"),
    ("hmo qua", "2026-11-21", "2026-11-21"),
]
NO_PERIODS = [
    "nghỉ lễ tết tính sao",
    "ngày 5 tháng 6 âm lịch",
    "tháng chạp",
    "bao nhiêu năm rồi",
    "đi khám 1/3 lương",
    "rút hết 1/2",
    "sau 12 năm sau",
    "ngày 31/2/2025",
    "tháng 13/2025",
    "5 năm liên tục",
    "mỗi tháng 3 lần",
    "2025 đồng",
    "tháng 20 triệu",
    "công ty nợ bảo hiểm 8 tháng tôi có chốt sổ được không",
    "dong duoc 8 thang toi nghi viec",
    "tháng tôi đóng mấy trăm nghìn",
    "mấy tháng nay không có việc",
]


@pytest.mark.parametrize(("text", "first", "last"), SLIPS)
def test_a_misspelt_date_is_read(normalizer: Normalizer, places: Places, text: str, first: str, last: str) -> None:
    period = _entities(text, normalizer, places).period
    assert period is not None
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


def test_any_two_letters_of_a_date_word_may_change_places(normalizer: Normalizer, places: Places) -> None:
    """Unless that is another syllable, or a chat spelling of another word."""
    listed = normalizer.lexicon
    for text in ("tháng 5/2025", "thang 5/2025", "năm 2025", "ngày 5/3", "ngay 5/3", "hôm qua", "tuần trước"):
        meant = _entities(text, normalizer, places).period
        word, _, rest = text.partition(" ")
        for at in range(len(word) - 1):
            slip = f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}"
            if is_syllable(fold(slip)) or slip in listed.spellings or slip in listed.ambiguous:
                continue
            period = _entities(f"{slip} {rest}", normalizer, places).period
            assert meant is not None
            assert period is not None, slip
            assert (period.first, period.last) == (meant.first, meant.last), slip


def test_a_misspelt_length_is_read(normalizer: Normalizer, places: Places) -> None:
    assert _entities("đóng 8 thnág", normalizer, places).paid == 8


@pytest.mark.parametrize(("text", "first", "last", "words"), PERIODS)
def test_period(normalizer: Normalizer, places: Places, text: str, first: str, last: str, words: str) -> None:
    period = _entities(text, normalizer, places).period
    assert period is not None
    assert (period.first.isoformat(), period.last.isoformat(), period.words) == (first, last, words)


@pytest.mark.parametrize("text", NO_PERIODS)
def test_no_period(normalizer: Normalizer, places: Places, text: str) -> None:
    assert _entities(text, normalizer, places).period is None


OTHERS: list[tuple[str, dict[str, Any]]] = [
    ("lương 5tr", {"money": (5_000_000,)}),
    ("5 củ", {"money": (5_000_000,)}),
    ("2tr8", {"money": (2_800_000,)}),
    ("2tr53", {"money": (2_530_000,)}),
    ("1 triệu rưỡi", {"money": (1_500_000,)}),
    ("4.680.000 đồng", {"money": (4_680_000,)}),
    ("đóng 500k rồi 1,5 triệu", {"money": (500_000, 1_500_000)}),
    ("đóng 12 năm 5 tháng", {"years": 12.0, "months": 5.0}),
    ("làm 1 năm rưỡi", {"years": 1.5}),
    ("luong 7tr that nghiep duoc bao nhieu 1 thang", {"money": (7_000_000,), "months": None}),
    ("lương 7 triệu một tháng", {"months": None}),
    ("nghỉ ốm 1 tháng", {"months": 1.0}),
    ("mới đóng 1 tháng", {"months": 1.0}),
    ("8 triệu đồng 1 tháng", {"months": None}),
    ("mười năm", {"years": 10.0}),
    ("bà 75 tuổi", {"age": 75}),
    ("60t", {"age": 60}),
    ("còn nữ thì sao", {"sex": "nữ"}),
    ("còn nam thì sao", {"sex": "nam"}),
    ("năm nay", {"sex": ""}),
    ("Việt Nam", {"sex": ""}),
    ("con thứ hai", {"ordinal_child": 2}),
    ("con so", {"ordinal_child": 1}),
    ("gọi 0912 345 678 nhé", {"phones": ("0912345678",)}),
    ("số 1900.9068", {"phones": ("19009068",)}),
    ("vào https://bhxh.co/abc.", {"links": ("https://bhxh.co/abc",)}),
    ("ở Long An", {"places": ("Tây Ninh",)}),
    ("tui o sai gon", {"places": ("Thành phố Hồ Chí Minh",)}),
    ("chuyển ra Huế", {"places": ("Huế",)}),
    ("hoa hue dep", {"places": ()}),
    ("ở ha nooi", {"places": ("Hà Nội",)}),
]


@pytest.mark.parametrize(("text", "expected"), OTHERS)
def test_others(normalizer: Normalizer, places: Places, text: str, expected: dict[str, Any]) -> None:
    found = _entities(text, normalizer, places)
    assert {name: getattr(found, name) for name in expected} == expected


def test_a_text_without_entities(normalizer: Normalizer, places: Places) -> None:
    assert _entities("quên mật khẩu rồi", normalizer, places) == Entities()


def test_no_form_of_a_date_is_passed_by(full_knowledge: Knowledge) -> None:
    texts = [text for _, text in full_knowledge.examples()][::20]
    for text in map(fold, [*texts, *(text for text, *_ in PERIODS)]):
        matching = {pattern for pattern, *_ in READERS if pattern.search(text)}
        assert matching <= {pattern for pattern, _ in readable(text)}


@pytest.mark.parametrize("cut", [0, 1])
def test_every_name_that_is_alike_enough_is_compared(places: Places, cut: int) -> None:
    draw = random.Random(cut)
    for name in places.provinces:
        place = draw.randrange(len(name) - 1)
        slip = name[:place] + draw.choice(("", "x", name[place + 1] + name[place])) + name[place + 1 + cut :]
        alike = {other for other in places.provinces if DamerauLevenshtein.normalized_similarity(slip, other) >= 0.86}
        assert alike - {slip} <= set(places.possible(slip))


def test_every_present_province_is_listed(places: Places) -> None:
    assert len(set(places.provinces.values())) == 34


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("tôi sinh 1967 nam thì nghỉ hưu 2028 đúng không", 2028),
        ("sinh năm 1967 nghỉ hưu năm 2028", 2028),
        ("nghỉ hưu 2028, sinh năm 1967", 2028),
        ("tôi sinh năm 1967", 1967),
        ("sinh ngày 30/6/2026", 2026),
    ],
)
def test_a_birth_year_gives_way_to_the_event(text: str, year: int) -> None:
    period = find_dates(fold(text), date(2026, 11, 22))[0]
    assert period is not None
    assert period.first.year == year


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("nam sinh 8/1965 bao giờ về hưu", "1965-08-01", "1965-08-31"),
        ("mẹ em sinh 15/3/1971", "1971-03-15", "1971-03-15"),
        ("sinh ngày 15 tháng 3 năm 1971", "1971-03-15", "1971-03-15"),
        ("nu sn 1970", "1970-01-01", "1970-12-31"),
        ("mẹ tôi 1968 nữ khi nào nghỉ hưu", "1968-01-01", "1968-12-31"),
        ("sinh năm 71", "1971-01-01", "1971-12-31"),
        ("sn 8/65 nam", "1965-08-01", "1965-08-31"),
        ("bà nhà tôi tuổi Tân Hợi", "1971-01-01", "1971-12-31"),
        ("tuoi binh ngo", "1966-01-01", "1966-12-31"),
        ("tuổi Giáp Thìn", "1964-01-01", "1964-12-31"),
        ("tuổi Quý Tỵ", "1953-01-01", "1953-12-31"),
        ("tuổi Nhâm Tý", "1972-01-01", "1972-12-31"),
    ],
)
def test_a_birth(text: str, first: str, last: str) -> None:
    born = find_dates(fold(text), TODAY)[1]
    assert born is not None
    assert (born.first.isoformat(), born.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    "text",
    ["sinh con 5/2025", "đóng bảo hiểm từ năm 1985", "chi phí sinh 50 triệu", "sinh đôi", "tuổi giáp hợi", "60 tuổi"],
)
def test_no_birth(text: str) -> None:
    assert find_dates(fold(text), TODAY)[1] is None
