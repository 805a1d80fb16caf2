"""A small content folder that is right in every respect; each test breaks one thing in it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from chatbot.knowledge import Examined, Knowledge, examine, load

REAL = Path(__file__).parents[2] / "intents"

FAQ = """\
id: {id}
title: "Tiền {id} là bao nhiêu?"
label: "Tiền {id}"
group: money
benefit: khac
aspect: amount
owner: "Tổ nội dung"
authority: co_quan_bhxh
risk: high
versions:
  - valid_from: 2020-01-01
    valid_to: 2025-06-30
    answer: |
      Dạ, trước ngày 01/7/2025 mức này là 10% ạ.
    figures: {{pct: 10}}
    unsure_figures: []
    basis:
      - {{document: "Luật 1", place: "Điều 1", url: null}}
    sources:
      - "https://example.gov.vn/1"
    checked_on: 2026-11-01
    review_by: 2025-06-30
    confidence: high
    note: ""
  - valid_from: 2025-07-01
    valid_to: null
    answer: |
      Dạ, từ ngày 01/7/2025 mức này là {{salary x 2}} ạ.
    figures: {{pct: 20}}
    unsure_figures: []
    basis:
      - {{document: "Luật 2", place: "Điều 2", url: null}}
    sources:
      - "https://example.gov.vn/2"
    checked_on: 2026-11-01
    review_by: 2027-05-01
    confidence: high
    note: ""
ask:
  - "{id} được mấy đồng"
not_this: []
next: []
tests:
  - {{say: "cho hỏi tiền {id}", expect: {id}}}
"""
ASKS = "\n".join(f'  - "câu hỏi thứ {number} {{0}}"' for number in range(12))
"""A dozen sentences for a topic's `ask`."""
SMALL_FILES = {
    "groups.yaml": """\
groups:
  money: {title: "Tiền", label: "Tiền"}
authorities:
  co_quan_bhxh: {name: "cơ quan BHXH", where: "nơi gần nhất"}
""",
    "series.yaml": """\
salary:
  title: "Lương"
  unit: vnd
  values:
    - {valid_from: 2025-01-01, valid_to: 2026-06-30, value: 1000000, basis: "NĐ 1", confidence: high}
    - {valid_from: 2026-07-01, valid_to: null, value: 1250000, basis: "NĐ 2", confidence: high}
age:
  title: "Tuổi"
  unit: age
  values:
    - valid_from: 2025-01-01
      valid_to: 2026-12-31
      value: {male: "61 tuổi", female: "56 tuổi"}
      basis: "NĐ 3"
      confidence: high
""",
    "phrases.vi.yaml": 'greeting.hello: ["Chào {name}", "Dạ chào {name}"]\n',
    "menu.yaml": 'main:\n  - {label: "Tiền", to: "group:money"}\n',
    "background.yaml": '- "trời mưa"\n',
    "acts/smalltalk.yaml": 'smalltalk.thanks: {title: "Cảm ơn", label: "Cảm ơn", ask: ["cám ơn nhé"]}\n',
}


@dataclass(frozen=True, slots=True)
class Content:
    """A content folder under test."""

    root: Path

    def path(self, name: str) -> Path:
        """A file of the folder."""
        return self.root / name

    def write(self, name: str, text: str) -> None:
        """Put a file there."""
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text, encoding="utf-8")

    def ask_enough(self) -> None:
        """Give each topic a dozen sentences more."""
        for topic in ("thuong", "phat"):
            self.replace(f"faq/money/{topic}.yaml", "ask:\n", f"ask:\n{ASKS.format(topic)}\n")

    def make_learnable(self) -> None:
        """Add what an understanding is learnt from."""
        self.ask_enough()
        for name in ("lexicon.yaml", "places.yaml"):
            shutil.copy(REAL / name, self.root / name)

    def replace(self, name: str, old: str, new: str) -> None:
        """Break (or change) one thing; the thing must be there."""
        text = self.path(name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new, 1))

    def examined(self) -> Examined:
        """As the content check reads it."""
        return examine(self.root)

    def problems(self) -> list[str]:
        """What reading it complains of."""
        return [str(problem) for problem in self.examined().problems]


@pytest.fixture
def content(tmp_path: Path) -> Content:
    """A fresh folder with two topics, `thuong` and `phat`."""
    folder = Content(tmp_path / "intents")
    for name, text in SMALL_FILES.items():
        folder.write(name, text)
    for topic in ("thuong", "phat"):
        folder.write(f"faq/money/{topic}.yaml", FAQ.format(id=topic))
    for name in ("official_channels.yaml", "fakes.yaml"):
        shutil.copy(REAL / name, folder.path(name))
    return folder


@pytest.fixture(scope="session")
def real() -> Knowledge:
    """The content that citizens get."""
    return load(REAL)
