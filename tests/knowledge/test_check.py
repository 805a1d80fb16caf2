"""The content check: each thing an editor can get wrong is told with its place."""

from datetime import date
from pathlib import Path

import pytest

from chatbot.knowledge import Severity
from chatbot.knowledge.check import Judges, check, has_errors
from chatbot.knowledge.check_answers import states
from tests.knowledge.conftest import ASKS, Content

TODAY = date(2026, 11, 22)
TOPIC = "faq/money/thuong.yaml"
CALCULATORS = {"tax": frozenset({"pct"}), "rent": frozenset({"square"})}


def _refuse(text: str) -> list[str]:
    return ["link lạ"] if "evil.example" in text else []


def _told(content: Content, code: tuple[Path, ...] = ()) -> list[str]:
    judges = Judges(fold=str.lower, outbound=_refuse, calculators=CALCULATORS)
    problems = check(content.examined(), judges=judges, today=TODAY, code=code)
    return [f"{problem.severity} {problem}" for problem in problems]


@pytest.fixture
def full(content: Content) -> Content:
    """The small folder with enough sentences and no unused phrase: nothing to complain of."""
    content.ask_enough()
    content.write("phrases.vi.yaml", 'smalltalk.thanks: "Dạ"\n')
    return content


def test_right_content_is_silent(full: Content) -> None:
    """No complaint about content that is right."""
    assert _told(full) == []


def test_a_day_in_quotes_is_a_day(full: Content) -> None:
    """Harmless, so nothing to complain of; and no reason to fall over."""
    full.replace(TOPIC, "valid_from: 2025-07-01", 'valid_from: "2025-07-01"')
    assert _told(full) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("next: []", "next:\n  - {say: Tiếp, to: nothing}", "error intents/{f}:55: Không có chủ đề nào tên 'nothing'"),
        ("next: []", "next:\n  - {say: Tiếp, to: thuong}", "error intents/{f}:55: Nút này dẫn về chính chủ đề này"),
        ("not_this: []", "not_this:\n  - {say: x, means: nothing}", "error intents/{f}:54: Không có chủ đề nào"),
        (
            "not_this: []",
            "not_this:\n  - {say: x, means: thuong}",
            "error intents/{f}:54: not_this phải nêu chủ đề KHÁC",
        ),
        ("expect: thuong", "expect: nothing", "error intents/{f}:56: Không có chủ đề nào tên 'nothing'"),
        ("cho hỏi tiền thuong", "Câu hỏi thứ 3, THUONG?", "đã có trong ask"),
        ("câu hỏi thứ 3 thuong", "Câu hỏi thứ 3 phat!", "cũng nằm trong ask của 'phat'"),
        ("câu hỏi thứ 3 thuong", "Cám ơn nhé!", "cũng nằm trong ask của 'thuong'"),
        ('label: "Tiền thuong"', 'label: "tiền PHAT"', "trùng với 'phat'"),
        ("authority: co_quan_bhxh", "authority: cong_an", "không có cơ quan 'cong_an'"),
        ('"https://example.gov.vn/1"', '"Công báo số 1"', "phải là địa chỉ đầy đủ"),
        ('place: "Điều 1", url: null', 'place: "Điều 1", url: "luat.vn"', "phải là địa chỉ đầy đủ"),
        ("review_by: 2027-05-01", "review_by: 2026-11-21", "warning intents/{f}:36: Quá hạn xem lại (21/11/2026)"),
        ("checked_on: 2026-11-01", "checked_on: 2026-11-23", "nằm ở tương lai"),
        ("valid_to: null", "valid_to: 2026-11-01", "warning intents/{f}:25: Bản cuối hết hiệu lực"),
        ("{salary x 2}", "{Salary}", "Có dấu {{ }} không đọc được"),
        ("{salary x 2}", "{wage}", "{{wage}} không có giá trị"),
        ("{salary x 2}", "{age.male}", "{{age}} không có giá trị cho ngày 01/01/2027"),
        ("mức này là 10%", "{salary}", "{{salary}} không có giá trị cho ngày 01/01/2020"),
        ("mức này là 10%", "mức này là " + "rất dài " * 62, "ký tự sau khi điền số, nhiều nhất 500"),
        ("mức này là 10%", "xem evil.example", "Câu trả lời không được gửi đi: link lạ"),
        ("unsure_figures: []", "unsure_figures: [pct]", "nêu 'pct' (10) mà unsure_figures"),
        ("confidence: high", "confidence: low", "câu trả lời có '10'"),
    ],
)
def test_each_finding(full: Content, old: str, new: str, says: str) -> None:
    """One thing is broken, and it is named."""
    full.replace(TOPIC, old, new)
    told = _told(full)
    wanted = says.replace("{f}", TOPIC).replace("{{", "{").replace("}}", "}")
    assert any(wanted in line for line in told), told


def test_too_few_sentences_and_too_many_buttons(full: Content, content: Content) -> None:
    """At most three buttons; a dozen ways to ask."""
    buttons = "".join(f"  - {{say: Nút {number}, to: phat}}\n" for number in range(4))
    full.replace(TOPIC, "next: []\n", f"next:\n{buttons}")
    full.replace(TOPIC, ASKS.format("thuong"), "")
    told = _told(full)
    assert any("Có 4 nút 'next'" in line for line in told)
    assert any("Mới có 1 câu trong ask" in line and line.startswith("warning") for line in told)


def test_doubtful_series_value_is_a_warning(full: Content) -> None:
    """A figure of low confidence that will be stated one day is told beforehand."""
    full.replace("series.yaml", 'basis: "NĐ 2", confidence: high', 'basis: "NĐ 2", confidence: low')
    assert any("{salary} từ 01/07/2026 có độ tin cậy thấp" in line for line in _told(full))


def test_only_what_is_broken_is_missing(full: Content) -> None:
    """A topic whose file is broken still counts as known: its neighbours are not blamed."""
    full.replace(TOPIC, "next: []", "next:\n  - {say: Tiếp, to: phat}")
    full.replace("faq/money/phat.yaml", "risk: high", "risk: no")
    told = _told(full)
    assert len(told) == 1
    assert "phat.yaml:9" in told[0]


def test_lost_files(full: Content) -> None:
    """A file that nobody reads is told."""
    full.write("faq/money/more.yml", "")
    full.write("faq/lost.yaml", "")
    told = _told(full)
    assert sum("Không ai đọc tệp này" in line for line in told) == 2


def test_phrases_that_code_and_flows_ask_for(full: Content, tmp_path: Path) -> None:
    """Missing keys are errors at the line of the code; unused ones are warnings; prefixes and flows count as use."""
    code = tmp_path / "skills"
    code.mkdir()
    (code / "a.py").write_text(
        'def f(context, kind):\n    context.say("a.missing")\n    context.say(f"b.{kind}")\n    X = "c.literal"\n',
        encoding="utf-8",
    )
    full.write("flows/f.yaml", 'say: "d.flow"\n')
    sentences = (
        'b.one: "1"\nc.literal: "2"\nd.flow: "3 evil.example/{page}"\ne.unused: "evil.example"\nd.flow.en: "three"\n'
    )
    full.write("phrases.vi.yaml", sentences)
    told = _told(full, (code,))
    assert told == [
        "error intents/phrases.vi.yaml:4: Câu 'e.unused' không được gửi đi: link lạ",
        "warning intents/phrases.vi.yaml:4: Không chỗ nào dùng câu 'e.unused': bỏ đi hoặc kiểm tra tên.",
        "error skills/a.py:2: phrases.vi.yaml không có câu 'a.missing': thêm câu này.",
    ]


@pytest.mark.parametrize("sentence", ["Chào {name", "Chào name}", "Chào {}", "Chào {0}", "Chào {tên riêng}"])
def test_slots_that_cannot_be_filled(full: Content, sentence: str) -> None:
    """A broken brace would only show when a citizen waits for the sentence."""
    full.write("phrases.vi.yaml", f'smalltalk.thanks: "{sentence}"\n')
    assert any("viết chưa đúng: mỗi chỗ điền" in line for line in _told(full))


@pytest.mark.parametrize("target", ["group:money", "groups", "human", "thuong", "smalltalk.thanks"])
def test_menu_leads_somewhere(full: Content, target: str) -> None:
    """All kinds of targets."""
    full.write("menu.yaml", f'main:\n  - {{label: "Tiền", to: "{target}"}}\n')
    assert _told(full) == []


@pytest.mark.parametrize("target", ["group:nothing", "money", "nothing", "smalltalk.nothing"])
def test_menu_leads_nowhere(full: Content, target: str) -> None:
    """A dead menu line is an error on its line."""
    full.write("menu.yaml", f'main:\n  - {{label: "Tiền", to: "{target}"}}\n')
    assert [line.split(": ")[0] for line in _told(full)] == ["error intents/menu.yaml:2"]


@pytest.mark.parametrize(
    ("text", "figure", "stated"),
    [
        ("trong 40 ngày", 40, True),
        ("trong 140 ngày", 40, False),
        ("Điều 40/2024", 40, False),
        ("351.000 đồng", 351000, True),
        ("1.351.000 đồng", 351000, False),
        ("tăng 4,5% mỗi năm", 4.5, True),
        ("tăng 14,5%", 4.5, False),
        ("từ 1-6 tháng", "1-6", True),
        ("mức I là 10", {"I": 10, "II": 20}, True),
        ("mức 30", [10, 20], False),
        ("không", None, False),
        ("1 lần", True, False),
    ],
)
def test_figures_as_people_write_them(text: str, figure: object, stated: bool) -> None:
    """Whole numbers only, in Vietnamese notation."""
    assert states(text, figure) is stated


def test_severity_decides(full: Content) -> None:
    """Warnings alone let content through."""
    full.replace(TOPIC, "review_by: 2027-05-01", "review_by: 2026-11-21")
    judges = Judges(fold=str.lower, outbound=_refuse, calculators=CALCULATORS)
    problems = check(full.examined(), judges=judges, today=TODAY, code=())
    assert {problem.severity for problem in problems} == {Severity.WARNING}
    assert not has_errors(problems)
    full.replace(TOPIC, "expect: thuong", "expect: nothing")
    assert has_errors(check(full.examined(), judges=judges, today=TODAY, code=()))


@pytest.mark.parametrize(
    ("compute", "says"),
    [
        ("tax", None),
        ("rent", "cần figures: square"),
        ("luck", "Không có phép tính nào tên 'luck'. Đang có: rent, tax."),
    ],
)
def test_a_calculator_exists_and_has_its_figures(full: Content, compute: str, says: str | None) -> None:
    full.replace(TOPIC, "figures: {pct: 20}", f"figures: {{pct: 20}}\n    compute: {compute}")
    told = [line for line in _told(full) if "compute" in line or "Phép tính" in line or "phép tính" in line]
    assert told == [] if says is None else any(says in line for line in told)


def test_nothing_is_worked_out_by_a_rule_that_is_not_certain(full: Content) -> None:
    full.replace(TOPIC, "figures: {pct: 20}", "figures: {pct: 20}\n    compute: tax")
    full.replace(TOPIC, "2027-05-01\n    confidence: high", "2027-05-01\n    confidence: medium")
    assert any("Chỉ tính cho từng người khi confidence: high" in line for line in _told(full))
