"""New topics: a file that passes the schema and looks like all the others."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from chatbot.knowledge import load
from chatbot.knowledge.scaffold import Draft, canonical, in_months, record, suggested_id, write
from tests.knowledge.conftest import REAL, Content

TODAY = date(2026, 11, 22)
DRAFT = Draft(
    id="qua_tet",
    title='Quà "Tết" là gì: có không?',
    label="Quà Tết",
    group="money",
    benefit="khac",
    aspect="other",
    authority="co_quan_bhxh",
    risk="normal",
    valid_from=date(2026, 7, 1),
    answer="Dạ, dòng một.\n- dòng hai ạ.",
    document="Luật 1",
    place="Điều 1",
    source="https://example.gov.vn/3",
    asks=("quà tết có không", "no", "1900.9068"),
)


def test_new_topic_loads(content: Content) -> None:
    """What is written is read back with every word."""
    path = write(content.root, record(DRAFT, today=TODAY, owner="Tổ nội dung"))
    faq = load(content.root).faqs["qua_tet"]
    assert path == content.path("faq/money/qua_tet.yaml")
    assert faq.title == DRAFT.title
    assert faq.ask == DRAFT.asks
    assert faq.versions[0].answer == f"{DRAFT.answer}"
    assert (faq.versions[0].checked_on, faq.versions[0].review_by) == (TODAY, date(2027, 5, 22))


def test_an_existing_topic_is_never_overwritten(content: Content) -> None:
    """Not even by a second try."""
    new = record(DRAFT, today=TODAY, owner="Tổ nội dung")
    write(content.root, new)
    with pytest.raises(FileExistsError):
        write(content.root, new)


@pytest.mark.parametrize("path", sorted((REAL / "faq").glob("*/*.yaml")), ids=lambda path: path.stem)
def test_every_real_file_survives_the_writer(path: Path) -> None:
    """The canonical form holds everything that any topic says."""
    faq = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert yaml.safe_load(canonical(faq)) == faq


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Hồ sơ thai sản gồm gì?", "ho_so_thai_san_gom_gi"),
        ("Đóng BHXH 15 năm", "dong_bhxh_15_nam"),
        ("15 năm đóng", "nam_dong"),
        ("a" * 60, "a" * 40),
    ],
)
def test_suggested_id(title: str, name: str) -> None:
    """Folded, short, a legal name."""
    assert suggested_id(title) == name


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 22), 6, date(2027, 5, 22)),
        (date(2026, 12, 31), 6, date(2027, 6, 28)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
    ],
)
def test_months_later(day: date, months: int, later: date) -> None:
    """Over the turn of the year and at the end of a month."""
    assert in_months(day, months) == later
