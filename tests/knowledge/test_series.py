"""Recurring figures: typed once, filled in at the day of the event."""

from datetime import date

import pytest

from chatbot.knowledge import Knowledge, load
from chatbot.knowledge.series import SeriesError, dong
from tests.knowledge.conftest import Content


@pytest.mark.parametrize(
    ("text", "day", "filled"),
    [
        ("{salary}", date(2026, 6, 30), "1.000.000 đồng"),
        ("{salary}", date(2026, 7, 1), "1.250.000 đồng"),
        ("{salary x 20}", date(2026, 7, 1), "25.000.000 đồng"),
        ("{salary x 0.3}", date(2026, 7, 1), "375.000 đồng"),
        ("nam {age.male}, nữ {age.female}", date(2025, 1, 1), "nam 61 tuổi, nữ 56 tuổi"),
        ("không có số nào", date(1990, 1, 1), "không có số nào"),
        ("{salary @2026-06-30} rồi {salary}", date(2026, 7, 1), "1.000.000 đồng rồi 1.250.000 đồng"),
        ("{salary x 2 @2026-06-30}", date(2026, 7, 1), "2.000.000 đồng"),
    ],
)
def test_fill(content: Content, text: str, day: date, filled: str) -> None:
    """Products, parts and days."""
    assert load(content.root).series.fill(text, day) == filled


@pytest.mark.parametrize(
    ("text", "day", "says"),
    [
        ("{salary}", date(2024, 12, 31), "không có giá trị cho ngày 31/12/2024"),
        ("{age.male}", date(2027, 1, 1), "không có giá trị"),
        ("{wage}", date(2026, 1, 1), "{wage} không có giá trị"),
        ("{age}", date(2026, 1, 1), "viết rõ như {age.male}"),
        ("{age.child}", date(2026, 1, 1), "không có phần 'child'"),
        ("{salary.male}", date(2026, 1, 1), "không có phần 'male'"),
    ],
)
def test_what_cannot_be_filled(content: Content, text: str, day: date, says: str) -> None:
    """Never a wrong figure, never a silent hole."""
    with pytest.raises(SeriesError, match=says.replace("{", r"\{").replace("}", r"\}")):
        load(content.root).series.fill(text, day)


def test_a_value_of_low_confidence_is_never_told(content: Content) -> None:
    content.replace("series.yaml", 'basis: "NĐ 2", confidence: high', 'basis: "NĐ 2", confidence: low')
    with pytest.raises(SeriesError, match="độ tin cậy thấp"):
        load(content.root).series.fill("{salary}", date(2026, 7, 1))


def test_percentages_as_people_write_them(real: Knowledge) -> None:
    """A comma before tenths."""
    text = real.series.fill("{contribution_pct.employee}, {contribution_pct.total}", date(2026, 1, 1))
    assert text == "10,5%, 32%"


def test_real_series_have_neither_gap_nor_overlap(real: Knowledge) -> None:
    """Each figure holds on every day between its first and its last."""
    for name, series in real.series.series.items():
        for before, after in zip(series.values, series.values[1:], strict=False):
            assert before.valid_to is not None, name
            assert (after.valid_from - before.valid_to).days == 1, name


def test_money_as_people_write_it() -> None:
    """Points between thousands."""
    assert [dong(0), dong(500), dong(50_600_000)] == ["0 đồng", "500 đồng", "50.600.000 đồng"]
