"""Content check, part two: what an answer says on the days on which it can be given."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from chatbot.knowledge.check_topics import TopicCheck
from chatbot.knowledge.faq import LONGEST_ANSWER, Confidence, Faq, Version
from chatbot.knowledge.problem import Problem, Severity
from chatbot.knowledge.series import PLACEHOLDER, SeriesBook, SeriesError
from chatbot.knowledge.yaml_source import Path_

FAR: Final = date(2100, 1, 1)
"""The last day an answer without an end is tried on."""
Outbound = Callable[[str], list[str]]
"""The gate every reply passes: what it would refuse in a text (unregistered links and phones, requests for secrets)."""

_DATE = re.compile(
    r"\b\d{1,2}/\d{1,2}(?:/\d{4})?\b|\b\d{1,2}/\d{4}\b|\bnăm \d{4}\b|\btháng \d{1,2}\b|\b(?:19|20)\d\d\b"
)
_DOCUMENT = re.compile(r"\b\d+/(?:\d{4}/)?[A-ZĐ][\w-]*")
_PHONE = re.compile(r"\b1[89]00[. ]?\d{4}\b|\b156\b|\b5656\b")


def version_days(version: Version, series: SeriesBook) -> tuple[date, ...]:
    """The days on which a version's text can change: its first and last, and every day a figure it names changes."""
    last = version.valid_to or FAR
    days = {version.valid_from, last}
    for found in PLACEHOLDER.finditer(version.answer):
        for row in series.series[found["name"]].values if found["name"] in series.series else ():
            days.add(row.valid_from)
            if row.valid_to is not None:
                days |= {row.valid_to, row.valid_to + timedelta(days=1)}
    return tuple(sorted(day for day in days if version.valid_from <= day <= last))


@dataclass(frozen=True, slots=True)
class AnswerCheck:
    """The checks of every version's text."""

    topics: TopicCheck
    outbound: Outbound
    calculators: Mapping[str, frozenset[str]]

    def problems(self) -> Iterator[Problem]:
        """Everything, version by version."""
        for faq in self.topics.knowledge.faqs.values():
            for version in faq.versions:
                yield from self._version(faq, version)

    def _version(self, faq: Faq, version: Version) -> Iterator[Problem]:
        place = (*self.topics.version_place(faq, version), "answer")
        stated = set[tuple[str, Severity]]()
        for day in version_days(version, self.topics.knowledge.series):
            for message, severity in self._on(version, day):
                if (message, severity) not in stated:
                    stated.add((message, severity))
                    yield self.topics.at(faq.id, place, message, severity)
        yield from self._unsure(faq, version, place)
        if version.compute is not None:
            yield from self._computed(faq, version, version.compute)

    def _computed(self, faq: Faq, version: Version, name: str) -> Iterator[Problem]:
        place = (*self.topics.version_place(faq, version), "compute")
        if name not in self.calculators:
            known = ", ".join(sorted(self.calculators))
            yield self.topics.at(faq.id, place, f"Không có phép tính nào tên '{name}'. Đang có: {known}.")
            return
        if version.confidence is not Confidence.HIGH:
            yield self.topics.at(faq.id, place, "Chỉ tính cho từng người khi confidence: high: bỏ dòng compute.")
        lacking = [key for key in self.calculators[name] if key not in version.figures or key in version.unsure_figures]
        if lacking:
            message = f"Phép tính '{name}' cần figures: {', '.join(sorted(lacking))} (không thuộc unsure_figures)."
            yield self.topics.at(faq.id, place, message)

    def _on(self, version: Version, day: date) -> Iterator[tuple[str, Severity]]:
        try:
            text = self.topics.knowledge.series.fill(version.answer.strip(), day)
        except SeriesError as error:
            yield f"{error}: sửa series.yaml hoặc tách bản trả lời theo ngày.", Severity.ERROR
            return
        if "{" in text or "}" in text:
            yield "Có dấu { } không đọc được: xem tên con số trong series.yaml và cách viết.", Severity.ERROR
        if len(text) > LONGEST_ANSWER:
            yield (
                f"Câu trả lời dài {len(text)} ký tự sau khi điền số, nhiều nhất {LONGEST_ANSWER}: viết gọn.",
                Severity.ERROR,
            )
        yield from ((f"Câu trả lời không được gửi đi: {reason}", Severity.ERROR) for reason in self.outbound(text))
        yield from self._doubtful_series(version, day)

    def _doubtful_series(self, version: Version, day: date) -> Iterator[tuple[str, Severity]]:
        for found in PLACEHOLDER.finditer(version.answer):
            row = self.topics.knowledge.series.series[found["name"]].on(day)
            if row is not None and row.confidence == Confidence.LOW:
                message = f"{{{found['name']}}} từ {row.valid_from:%d/%m/%Y} có độ tin cậy thấp: đừng nêu con số này."
                yield message, Severity.WARNING

    def _unsure(self, faq: Faq, version: Version, place: Path_) -> Iterator[Problem]:
        for key in version.unsure_figures:
            if states(version.answer, version.figures[key]):
                message = f"Câu trả lời nêu '{key}' ({version.figures[key]}) mà unsure_figures ghi là chưa chắc: bỏ đi."
                yield self.topics.at(faq.id, place, message)
        if version.confidence is Confidence.LOW and (figure := _stated_figure(version.answer)):
            message = f"confidence: low thì không nêu con số nào, nhưng câu trả lời có '{figure}'."
            yield self.topics.at(faq.id, place, message)


def states(text: str, figure: Any) -> bool:
    """Does the text state this figure, as people write it (40; 351.000; 4,5; 1/2)?"""
    if isinstance(figure, dict):
        return any(states(text, part) for part in figure.values())
    if isinstance(figure, list):
        return any(states(text, part) for part in figure)
    if figure is None or isinstance(figure, bool):
        return False
    if isinstance(figure, str):
        return len(figure) > 1 and figure.casefold() in text.casefold()
    return any(re.search(rf"(?<![\d.,/]){re.escape(way)}(?![\d/]|[.,]\d)", text) for way in _ways(figure))


def _ways(figure: float) -> set[str]:
    grouped = f"{figure:,}".replace(",", " ").replace(".", ",").replace(" ", ".")
    return {str(figure), str(figure).replace(".", ","), grouped}


def _stated_figure(answer: str) -> str:
    """The first figure of a text that is neither a date, a document's number nor a phone; "" when there is none."""
    rest = answer
    if found := PLACEHOLDER.search(rest):
        return found[0]
    for pattern in (_PHONE, _DOCUMENT, _DATE):
        rest = pattern.sub(" ", rest)
    return found[0] if (found := re.search(r"\d[\d.,]*", rest)) else ""
