"""The answer of a day: tried on both sides of every date at which any real answer changes."""

from datetime import date, timedelta

import pytest

from chatbot.knowledge import AnswerStatus, Confidence, Faq, Knowledge, Version, answer, load
from chatbot.knowledge.check_answers import FAR, states, version_days
from chatbot.knowledge.faq import LONGEST_ANSWER
from tests.knowledge.conftest import REAL, Content

DAY = timedelta(days=1)
TODAY = date(2026, 11, 22)
"""The day these tests take place."""

REAL_FAQS = sorted(path.stem for path in (REAL / "faq").glob("*/*.yaml"))


def _sides(faq: Faq) -> list[tuple[date, Version | None]]:
    """Every day at which a version begins or ends, the day before and the day after, with the version expected."""
    expected: dict[date, Version | None] = {faq.versions[0].valid_from - DAY: None}
    for version in faq.versions:
        expected[version.valid_from] = version
        expected[version.valid_to or FAR] = version
    last = faq.versions[-1].valid_to
    if last is not None:
        expected[last + DAY] = None
    return list(expected.items())


@pytest.mark.parametrize("topic", REAL_FAQS)
def test_both_sides_of_every_version_date(real: Knowledge, topic: str) -> None:
    """The rule of the day of the event is given, on the last day of the old and the first day of the new alike."""
    faq = real.faqs[topic]
    for day, version in _sides(faq):
        said = answer(faq, day=day, today=TODAY, series=real.series)
        assert said.version is version, f"{topic} on {day}"
        assert (said.status is AnswerStatus.NO_RULE) == (version is None)


@pytest.mark.parametrize("topic", REAL_FAQS)
def test_every_answer_is_whole_on_every_day(real: Knowledge, topic: str) -> None:
    """Figures filled in, no braces left, not too long, and different sides of a change of figures differ."""
    for version in real.faqs[topic].versions:
        for day in version_days(version, real.series):
            text = answer(real.faqs[topic], day=day, today=TODAY, series=real.series).text
            assert text, f"{topic} on {day}"
            assert "{" not in text
            assert len(text) <= LONGEST_ANSWER, f"{topic} on {day}: {len(text)}"


KEPT_FOR_REFERENCE = {
    ("dong_luong_toi_thieu_vung", "region1_hour_vnd"),
    ("dong_luong_toi_thieu_vung", "region2_hour_vnd"),
    ("dong_luong_toi_thieu_vung", "region3_hour_vnd"),
    ("dong_luong_toi_thieu_vung", "region4_hour_vnd"),
    ("dong_muc_toi_da", "base_salary_vnd"),
    ("dong_muc_toi_da", "bhtn_cap_region2_vnd"),
    ("dong_muc_toi_da", "bhtn_cap_region3_vnd"),
    ("dong_muc_toi_da", "bhtn_cap_region4_vnd"),
    ("htxh_muc_huong", "previous_vnd"),
}
"""Sums that stand in `figures` for editors only."""


@pytest.mark.parametrize("topic", REAL_FAQS)
def test_an_answer_states_the_sums_of_its_figures(real: Knowledge, topic: str) -> None:
    """The figures compared with the law and the sums that citizens read (from series.yaml) are the same."""
    for version in real.faqs[topic].versions:
        text = real.series.fill(version.answer, version.valid_from) if version.confidence is not Confidence.LOW else ""
        for name, value in version.figures.items():
            if not name.endswith("_vnd") or value == 0 or name in version.unsure_figures or not text:
                continue
            sums = value if isinstance(value, list) else [value]
            missing = [one for one in sums if not states(text, one) and not states(text, one // 1_000_000)]
            assert not missing or (topic, name) in KEPT_FOR_REFERENCE, f"{topic} {version.valid_from} {name}: {missing}"


@pytest.mark.parametrize("topic", REAL_FAQS)
def test_today_every_topic_says_something_true_to_its_confidence(real: Knowledge, topic: str) -> None:
    """Low confidence withholds; nothing is told as a past rule today; a recent change names its day."""
    faq = real.faqs[topic]
    said = answer(faq, day=TODAY, today=TODAY, series=real.series)
    assert said.replaced_on is None
    if said.version is None:
        return
    withheld = said.version.confidence is Confidence.LOW
    assert said.status is (AnswerStatus.WITHHELD if withheld else AnswerStatus.CURRENT)
    if said.changed_on is not None:
        assert TODAY - timedelta(days=365) < said.changed_on <= TODAY


@pytest.mark.parametrize(
    ("day", "today", "status", "changed_on", "replaced_on"),
    [
        (date(2019, 12, 31), TODAY, AnswerStatus.NO_RULE, None, None),
        (date(2025, 6, 30), TODAY, AnswerStatus.PAST_RULE, None, date(2025, 7, 1)),
        (date(2025, 6, 30), date(2025, 6, 30), AnswerStatus.CURRENT, None, None),
        (date(2025, 7, 1), date(2025, 6, 30), AnswerStatus.CURRENT, None, None),
        (date(2025, 7, 1), date(2025, 7, 1), AnswerStatus.CURRENT, date(2025, 7, 1), None),
        (date(2026, 6, 30), date(2026, 6, 30), AnswerStatus.CURRENT, date(2025, 7, 1), None),
        (date(2026, 7, 1), date(2026, 7, 1), AnswerStatus.CURRENT, date(2026, 7, 1), None),
        (date(2026, 11, 22), TODAY, AnswerStatus.CURRENT, date(2026, 7, 1), None),
        (date(2026, 6, 30), TODAY, AnswerStatus.PAST_RULE, None, date(2026, 7, 1)),
    ],
)
def test_what_is_said_of_a_change(
    content: Content, day: date, today: date, status: AnswerStatus, changed_on: date | None, replaced_on: date | None
) -> None:
    """A change is announced for a year; an old event is told as the old rule with the day of the new one."""
    knowledge = load(content.root)
    said = answer(knowledge.faqs["thuong"], day=day, today=today, series=knowledge.series)
    assert (said.status, said.changed_on, said.replaced_on) == (status, changed_on, replaced_on)


@pytest.mark.parametrize(
    ("day", "today", "stale"),
    [
        (date(2026, 11, 22), date(2027, 5, 1), False),
        (date(2026, 11, 22), date(2027, 5, 2), True),
        (date(2024, 1, 1), date(2027, 5, 2), False),  # the past rule stays what it was
    ],
)
def test_stale_after_the_review_day(content: Content, day: date, today: date, stale: bool) -> None:
    """The review day itself still counts; only a rule that may still change can be out of date."""
    knowledge = load(content.root)
    assert answer(knowledge.faqs["thuong"], day=day, today=today, series=knowledge.series).stale is stale


def test_a_version_that_will_end_can_be_stale_before(content: Content) -> None:
    """A planned end does not excuse a missed review."""
    content.replace("faq/money/thuong.yaml", "valid_to: null", "valid_to: 2028-12-31")
    knowledge = load(content.root)
    on = date(2027, 6, 1)
    assert answer(knowledge.faqs["thuong"], day=on, today=on, series=knowledge.series).stale


def test_low_confidence_is_withheld(content: Content) -> None:
    """Whatever the day, past rules included."""
    content.replace("faq/money/thuong.yaml", "confidence: high", "confidence: low")
    knowledge = load(content.root)
    said = answer(knowledge.faqs["thuong"], day=date(2024, 1, 1), today=TODAY, series=knowledge.series)
    assert said.status is AnswerStatus.WITHHELD


def test_figures_are_those_of_the_event(content: Content) -> None:
    """2 x 1.000.000 before the rise, 2 x 1.250.000 from its first day on."""
    knowledge = load(content.root)
    faq = knowledge.faqs["thuong"]
    texts = [
        answer(faq, day=day, today=TODAY, series=knowledge.series).text for day in (date(2026, 6, 30), date(2026, 7, 1))
    ]
    assert "2.000.000 đồng" in texts[0]
    assert "2.500.000 đồng" in texts[1]
