"""Content check, part one: how topics refer to each other, their sentences, labels and sources."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from chatbot.knowledge.faq import Faq, Version
from chatbot.knowledge.load import Knowledge
from chatbot.knowledge.problem import Problem, Severity
from chatbot.knowledge.yaml_source import Path_

MOST_NEXT = 3
"""Buttons under an answer, besides "Không phải ý tôi": five are all that Zalo shows."""
FEWEST_ASKS = 12

Fold = Callable[[str], str]
"""The understanding's folding: two sentences that fold alike are one sentence to it."""


@dataclass(frozen=True, slots=True)
class TopicCheck:
    """The cross checks of topics. `unread` are ids whose files are broken: they exist, so nobody is blamed for naming
    them."""

    knowledge: Knowledge
    unread: frozenset[str]
    fold: Fold
    today: date

    def problems(self) -> Iterator[Problem]:
        """Everything, topic by topic."""
        yield from self._claimed_twice()
        yield from self._labels()
        for faq in self.knowledge.faqs.values():
            yield from self._references(faq)
            yield from self._sentences(faq)
            yield from self._names(faq)
            for version in faq.versions:
                yield from self._sources(faq, version)
                yield from self._reviewed(faq, version)

    def at(self, intent: str, place: Path_, message: str, severity: Severity = Severity.ERROR) -> Problem:
        """A problem at a place of a topic's or act's file."""
        document = self.knowledge.lines[intent]
        return Problem(document.file, document.line(place), message, severity)

    def version_place(self, faq: Faq, version: Version) -> Path_:
        """Where a version stands in the file, whose order may differ from the order in time."""
        rows = self.knowledge.lines[faq.id].data["versions"]
        known = {f"{version.valid_from}", "None"} if version is faq.versions[0] else {f"{version.valid_from}"}
        return ("versions", next(number for number, row in enumerate(rows) if f"{row.get('valid_from')}" in known))

    def _key(self, text: str) -> str:
        """What the understanding sees of a sentence: neither capitals, diacritics nor punctuation."""
        return " ".join(re.findall(r"\w+", self.fold(text)))

    def _known(self, intent: str) -> bool:
        return intent in self.knowledge or intent in self.unread

    def _references(self, faq: Faq) -> Iterator[Problem]:
        named = [
            *((("next", number, "to"), item.to) for number, item in enumerate(faq.next)),
            *((("not_this", number, "means"), item.means) for number, item in enumerate(faq.not_this)),
            *((("tests", number, "expect"), item.expect) for number, item in enumerate(faq.tests)),
        ]
        for place, intent in named:
            if not self._known(intent):
                yield self.at(faq.id, place, f"Không có chủ đề nào tên '{intent}': kiểm tra chính tả của id.")
        for number, item in enumerate(faq.next):
            if item.to == faq.id:
                yield self.at(faq.id, ("next", number), "Nút này dẫn về chính chủ đề này: chọn chủ đề khác.")
        for number, confused in enumerate(faq.not_this):
            if confused.means == faq.id:
                yield self.at(faq.id, ("not_this", number), "not_this phải nêu chủ đề KHÁC mà câu này muốn nói.")
        if len(faq.next) > MOST_NEXT:
            yield self.at(faq.id, ("next",), f"Có {len(faq.next)} nút 'next': giữ nhiều nhất {MOST_NEXT}.")

    def _sentences(self, faq: Faq) -> Iterator[Problem]:
        asks = {self._key(text) for text in faq.ask}
        for number, example in enumerate(faq.tests):
            if self._key(example.say) in asks:
                message = f"Câu thử '{example.say}' đã có trong ask: viết câu khác, nếu không thì không thử được gì."
                yield self.at(faq.id, ("tests", number), message)
        for number, confused in enumerate(faq.not_this):
            if self._key(confused.say) in asks:
                message = f"'{confused.say}' vừa ở ask vừa ở not_this: bỏ một chỗ."
                yield self.at(faq.id, ("not_this", number), message)
        if len(faq.ask) < FEWEST_ASKS:
            message = f"Mới có {len(faq.ask)} câu trong ask: nên có từ {FEWEST_ASKS} câu, một phần ba viết không dấu."
            yield self.at(faq.id, ("ask",), message, Severity.WARNING)

    def _claimed_twice(self) -> Iterator[Problem]:
        owners: dict[str, str] = {}
        entries: list[tuple[str, Path_, tuple[str, ...]]] = [
            (faq.id, ("ask",), faq.ask) for faq in self.knowledge.faqs.values()
        ]
        entries += [(name, (name, "ask"), act.ask) for name, act in self.knowledge.acts.items()]
        for intent, place, texts in entries:
            for number, text in enumerate(texts):
                owner = owners.setdefault(self._key(text), intent)
                if owner != intent:
                    message = f"Câu '{text}' cũng nằm trong ask của '{owner}': một câu chỉ thuộc một chủ đề."
                    yield self.at(intent, (*place, number), message)

    def _labels(self) -> Iterator[Problem]:
        groups: dict[str, dict[str, str]] = defaultdict(dict)
        for faq in self.knowledge.faqs.values():
            owner = groups[faq.group].setdefault(self._key(faq.label), faq.id)
            if owner != faq.id:
                message = f"Nhãn '{faq.label}' trùng với '{owner}' cùng nhóm: người dân không phân biệt được."
                yield self.at(faq.id, ("label",), message)
        for name in self.knowledge.acts.keys() & self.knowledge.faqs.keys():
            yield self.at(name, ("id",), f"'{name}' vừa là chủ đề vừa là ý định trong acts/: đổi một tên.")

    def _names(self, faq: Faq) -> Iterator[Problem]:
        if faq.group not in self.knowledge.groups.groups:
            yield self.at(faq.id, ("group",), f"groups.yaml không có nhóm '{faq.group}'.")
        if faq.authority not in self.knowledge.groups.authorities:
            yield self.at(faq.id, ("authority",), f"groups.yaml không có cơ quan '{faq.authority}' (authorities).")

    def _sources(self, faq: Faq, version: Version) -> Iterator[Problem]:
        place = self.version_place(faq, version)
        for number, url in enumerate(version.sources):
            if not is_web_address(url):
                yield self.at(faq.id, (*place, "sources", number), f"Nguồn '{url}' phải là địa chỉ đầy đủ https://…")
        for number, basis in enumerate(version.basis):
            if basis.url is not None and not is_web_address(basis.url):
                message = f"url '{basis.url}' phải là địa chỉ đầy đủ https://… hoặc null."
                yield self.at(faq.id, (*place, "basis", number), message)

    def _reviewed(self, faq: Faq, version: Version) -> Iterator[Problem]:
        place = self.version_place(faq, version)
        if version.checked_on > self.today:
            yield self.at(faq.id, (*place, "checked_on"), f"checked_on {version.checked_on} nằm ở tương lai.")
        over = version.valid_to is not None and version.valid_to < self.today
        if not over and version.review_by < self.today:
            message = f"Quá hạn xem lại ({version.review_by:%d/%m/%Y}): so với nguồn rồi sửa checked_on và review_by."
            yield self.at(faq.id, (*place, "review_by"), message, Severity.WARNING)
        if over and version is faq.versions[-1]:
            message = (
                f"Bản cuối hết hiệu lực ngày {version.valid_to:%d/%m/%Y}: thêm bản mới, nếu không bot không trả lời."
            )
            yield self.at(faq.id, place, message, Severity.WARNING)


def is_web_address(url: str) -> bool:
    """Is this a whole address, as a source must be?"""
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and "." in parts.netloc and " " not in url
