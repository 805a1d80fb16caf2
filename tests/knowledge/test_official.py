"""The register: what it holds, what may leave, and files that cannot be used."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chatbot.knowledge.official import CHANNELS_FILE, FAKES_FILE, Official, Place, load_official

if TYPE_CHECKING:
    from chatbot.knowledge.problem import Problem

INTENTS = Path(__file__).parents[2] / "intents"


@pytest.fixture(scope="module")
def official() -> Official:
    problems: list[Problem] = []
    found = load_official(INTENTS, problems)
    assert found is not None, problems
    return found


def test_the_hotline_with_its_price(official: Official) -> None:
    line = official.phone_by_id("hotline")
    assert (line.display, line.cost) == ("1900.9068", "1.000 đồng/phút, nhà mạng thu")
    assert official.phone("19009068") == line


@pytest.mark.parametrize(
    "host", ["baohiemxahoi.gov.vn", "tphcm.baohiemxahoi.gov.vn", "vss.gov.vn", "dichvucong.gov.vn"]
)
def test_registered_hosts(official: Official, host: str) -> None:
    assert official.site(host)
    assert official.allows_link(host, "/")


@pytest.mark.parametrize(
    "host", ["xbaohiemxahoi.gov.vn", "baohiemxahoi.gov.vn.com", "gov.vn", "bhxh.co", "facebook.com"]
)
def test_other_hosts(official: Official, host: str) -> None:
    assert official.site(host) is None
    assert not official.allows_link(host, "/")


def test_only_the_registered_fanpage_may_leave(official: Official) -> None:
    assert official.allows_link("facebook.com", "/baohiemxahoi.gov.vn/")
    assert not official.allows_link("facebook.com", "/bhxhvn999")
    assert official.page(Place.FACEBOOK, "BaoHiemXaHoi.gov.vn")


def test_the_most_exact_site_answers(official: Official) -> None:
    site = official.site("dichvucong.baohiemxahoi.gov.vn")
    assert site is not None
    assert site.id == "services"


def test_no_fake_is_written_as_a_link() -> None:
    text = (INTENTS / FAKES_FILE).read_text(encoding="utf-8")
    assert "bhxh.co" not in text
    assert ".com" not in text


def test_ranges_of_fake_lines(official: Official) -> None:
    assert official.fake_phone("1900252510")
    assert official.fake_phone("1900996635")
    assert official.fake_phone("19009068") is None


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (CHANNELS_FILE, '"1900.9068", digits', "1900.9068, digits", "dấu ngoặc kép"),
        (FAKES_FILE, "bhxh[.]co", "baohiemxahoi[.]gov[.]vn", "chính thức"),
        (FAKES_FILE, '"1900252510"', '"1900906x"', "chính thức"),
        (FAKES_FILE, "bhxh[.]co", "bhxh.co", "domains"),
        (CHANNELS_FILE, "id: english", "id: portal", "hai lần"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    for name in (CHANNELS_FILE, FAKES_FILE):
        text = (INTENTS / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(old, new, 1) if name == file else text, encoding="utf-8")
    problems: list[Problem] = []
    found = load_official(tmp_path, problems)
    assert found is None
    assert any(says in problem.message for problem in problems)


def test_missing_files_are_named(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert load_official(tmp_path, problems) is None
    assert {Path(problem.file).name for problem in problems} == {CHANNELS_FILE, FAKES_FILE}
