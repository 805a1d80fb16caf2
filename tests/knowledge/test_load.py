"""Loading: schemas, versions without gaps, and all problems of all files together, in an editor's words."""

import pytest

from chatbot.knowledge import ContentError, load
from chatbot.knowledge.faq import BEGINNING
from chatbot.knowledge.load import fingerprint
from tests.knowledge.conftest import Content

TOPIC = "faq/money/thuong.yaml"


def test_small_content_loads(content: Content) -> None:
    """The folder the other tests break is right."""
    knowledge = load(content.root)
    assert set(knowledge.faqs) == {"thuong", "phat"}
    assert knowledge.title("smalltalk.thanks") == "Cảm ơn"
    assert knowledge.label("thuong") == "Tiền thuong"
    assert "thuong" in knowledge
    assert "nothing" not in knowledge
    assert dict(knowledge.examples())["smalltalk.thanks"] == "cám ơn nhé"


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('title: "Tiền thuong là bao nhiêu?"', "title: yes", 2, "'yes' trong dấu ngoặc kép"),
        ('title: "Tiền thuong là bao nhiêu?"', "title: 1900.9068", 2, "'1900.9068' trong dấu ngoặc kép"),
        ('label: "Tiền thuong"', "label: 01", 3, "'01' trong dấu ngoặc kép"),
        ('label: "Tiền thuong"', 'label: "Một nhãn dài hơn hai mươi ký tự"', 3, "dài quá 20 ký tự"),
        ('label: "Tiền thuong"', 'label: ""', 3, "đang để trống"),
        ("risk: high", "risk: cao", 9, "'risk' phải là một trong: 'high' or 'normal'"),
        ("aspect: amount", "aspects: amount", 6, "Không có mục nào tên 'aspects'"),
        ("authority: co_quan_bhxh\n", "", 1, "Thiếu mục 'authority'"),
        ("group: money", "group: Money", 4, "chỉ gồm chữ thường không dấu"),
        ("valid_to: 2025-06-30", "valid_to: 2025-05-31", 11, "bị chồng hoặc hở ngày"),
        ("valid_to: 2025-06-30", "valid_to: 2025-07-01", 11, "bị chồng hoặc hở ngày"),
        ("valid_to: 2025-06-30", "valid_to: null", 11, "không có ngày cuối"),
        ("valid_to: 2025-06-30", "valid_to: 2019-06-30", 11, "valid_to phải sau valid_from"),
        ("valid_to: 2025-06-30", 'valid_to: "hôm qua"', 12, "phải là ngày dạng 2026-07-01"),
        ("unsure_figures: []", "unsure_figures: [other]", 11, "unsure_figures nêu other"),
        ("id: thuong", 'id: "Thuong 1"', 1, "ví dụ huu_tuoi"),
        ("tests:\n", 'tests: "một câu"\nold:\n', 43, "phải là danh sách"),
        ('place: "Điều 1"', "place: 05", 18, "basis 1 › place"),
    ],
)
def test_each_mistake_has_its_line(content: Content, old: str, new: str, line: int, says: str) -> None:
    """The schema speaks Vietnamese and points at the line."""
    content.replace(TOPIC, old, new)
    told = [problem for problem in content.examined().problems if says in problem.message]
    assert told, content.problems()
    assert (told[0].file, told[0].line) == (f"intents/{TOPIC}", line)


def test_a_broken_item_does_not_make_the_list_look_empty(content: Content) -> None:
    """One mistake, one complaint."""
    content.write("acts/smalltalk.yaml", 'smalltalk.thanks: {title: "Cảm ơn", label: yes, ask: ["cám ơn nhé"]}\n')
    content.replace(TOPIC, "valid_to: 2025-06-30", "valid_to: hôm")
    content.replace(TOPIC, "valid_from: 2025-07-01", "valid_from: nay")
    assert len(content.problems()) == 3


def test_all_problems_of_all_files_at_once(content: Content) -> None:
    """An editor sees the whole list, not the first entry."""
    content.replace(TOPIC, "risk: high", "risk: no")
    content.write("faq/money/phat.yaml", "id: phat\nid: phat\n")
    content.write("menu.yaml", "main: []\n")
    content.path("background.yaml").unlink()
    with pytest.raises(ContentError) as caught:
        load(content.root)
    files = {problem.file for problem in caught.value.problems}
    assert files == {f"intents/{name}" for name in (TOPIC, "faq/money/phat.yaml", "menu.yaml", "background.yaml")}
    assert "intents/background.yaml:1: Thiếu tệp này." in str(caught.value)


def test_file_must_stand_where_its_id_says(content: Content) -> None:
    """A copied file whose id was not changed is found."""
    content.write("faq/money/copy.yaml", content.path(TOPIC).read_text(encoding="utf-8"))
    assert any("copy.yaml:1: Tệp này phải nằm ở faq/money/thuong.yaml" in problem for problem in content.problems())


def test_same_id_in_two_groups(content: Content) -> None:
    """Ids are unique in the whole content."""
    text = content.path(TOPIC).read_text(encoding="utf-8").replace("group: money", "group: other")
    content.write("faq/other/thuong.yaml", text)
    assert any("id 'thuong' đã có ở intents/faq/money/thuong.yaml" in problem for problem in content.problems())


def test_same_act_in_two_files(content: Content) -> None:
    """So are acts."""
    content.write("acts/z.yaml", 'smalltalk.thanks: {title: "Cảm ơn", label: "Cảm ơn"}\n')
    assert any("z.yaml:1: 'smalltalk.thanks' đã có ở" in problem for problem in content.problems())


def test_versions_are_ordered_by_time_whatever_the_file_says(content: Content) -> None:
    """The newest may stand first in the file."""
    head, first, second = content.path(TOPIC).read_text(encoding="utf-8").split("  - valid_from", 2)
    newest, rest = second.split("ask:", 1)
    content.write(TOPIC, f"{head}  - valid_from{newest}  - valid_from{first}ask:{rest}")
    versions = load(content.root).faqs["thuong"].versions
    assert [version.valid_from.year for version in versions] == [2020, 2025]


def test_unknown_beginning_reaches_back(content: Content) -> None:
    """`valid_from: null` holds for every event since the agency exists."""
    content.replace(TOPIC, "valid_from: 2020-01-01", "valid_from: null")
    faq = load(content.root).faqs["thuong"]
    assert faq.versions[0].valid_from == BEGINNING
    assert faq.version_on(BEGINNING) is faq.versions[0]


def test_fingerprint_follows_names_and_bytes(content: Content) -> None:
    """The model's cache key changes with any content file and with nothing else."""
    before = fingerprint(content.root)
    content.write("notes.txt", "not content")
    assert fingerprint(content.root) == before
    content.replace("background.yaml", "mưa", "nắng")
    assert fingerprint(content.root) != before
