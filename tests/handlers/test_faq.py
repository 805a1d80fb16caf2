"""Policy answers: the rule of the right day, its law and its date, what is withheld, and the ways on."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from chatbot.knowledge import Confidence, Faq, Knowledge, Version, load
from chatbot.knowledge.check_answers import version_days
from chatbot.knowledge.series import SeriesError
from chatbot.model import Entities, Outcome, Period, SayButton
from chatbot.nlu.dates import find_dates
from chatbot.nlu.letters import fold
from chatbot.privacy import outbound_problems
from handlers.when import day_words
from tests.pipeline.chat import Chat, sure

CONTENT = load(Path(__file__).parents[2] / "intents")
TODAY = date(2026, 11, 23)


def noon(day: date) -> datetime:
    """Noon of a day in Viet Nam."""
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


def changes() -> Iterator[tuple[str, date]]:
    """Every topic with every day on which its rule, or a recurring figure in it, changed."""
    for faq in CONTENT.faqs.values():
        for version in faq.versions:
            for day in version_days(version, CONTENT.series):
                before = faq.version_on(day - timedelta(days=1))
                if before and says(before, day - timedelta(days=1)) != says(version, day):
                    yield faq.id, day


def says(version: Version, day: date) -> str:
    """The version's answer with the figures of a day, or "" when nothing of it is shown.

    Without its "Dạ," and the first letter after it: under another sentence the answer goes on without them.
    """
    if version.confidence is Confidence.LOW:
        return ""
    try:
        return CONTENT.series.fill(version.answer.strip(), day).removeprefix("Dạ, ")[1:]
    except SeriesError:
        return ""


def in_period(first: date, last: date, words: str = "") -> Entities:
    """What the understanding found in the text."""
    return Entities(period=Period(first, last, words))


@pytest.mark.parametrize(("topic", "change"), list(changes()))
def test_on_both_sides_of_a_change_the_rule_of_that_day_is_given(topic: str, change: date) -> None:
    faq = CONTENT.faqs[topic]
    for day in (change - timedelta(days=1), change):
        chat = Chat(CONTENT, {"hỏi": sure(topic)}, now=noon(day))
        version = faq.version_on(day)
        assert version is not None
        chat.says("hỏi")
        assert says(version, day) in chat.text


@pytest.mark.parametrize(("topic", "change"), list(changes()))
def test_the_day_of_the_event_chooses_the_rule_not_the_day_of_the_question(topic: str, change: date) -> None:
    faq = CONTENT.faqs[topic]
    event = change - timedelta(days=1)
    if event < TODAY - timedelta(days=11 * 365):
        pytest.skip("older than any event that people ask about")
    chat = Chat(CONTENT, {"hỏi": sure(topic, entities=in_period(event, event))}, now=noon(TODAY))
    version = faq.version_on(event)
    assert version is not None
    chat.says("hỏi")
    assert says(version, event) in chat.text
    assert chat.session.topic_on == ("" if faq.group == "procedure" else event.isoformat())


WORDINGS = ("ngày {0:%d/%m/%Y}", "hôm {0.day}-{0.month}-{0.year}", "hồi tháng {0.month} năm {0.year}")


@pytest.mark.parametrize("wording", WORDINGS)
def test_a_date_as_people_write_it_chooses_the_rule_on_both_sides_of_every_change(wording: str) -> None:
    """Every date of the content at which an answer changes, read from words and not from a ready period."""
    for topic, change in changes():
        for event in (change - timedelta(days=1), change):
            if event < TODAY - timedelta(days=11 * 365) or event > TODAY + timedelta(days=365 * 30):
                continue
            text = f"chuyện này {wording.format(event)} thì sao"
            found = Entities(period=find_dates(fold(text), TODAY)[0])
            chat = Chat(CONTENT, {text: sure(topic, entities=found)}, now=noon(TODAY))
            version = CONTENT.faqs[topic].version_on(event)
            assert version is not None
            chat.says(text)
            assert says(version, event) in chat.text, (topic, event, text)


@pytest.mark.parametrize("topic", sorted(CONTENT.faqs))
def test_every_answer_carries_its_law_and_may_leave(topic: str) -> None:
    chat = Chat(CONTENT, {"hỏi": sure(topic)}, now=noon(TODAY))
    result = chat.says("hỏi")
    basis = _current(CONTENT.faqs[topic]).basis[0]
    assert basis.document in chat.text
    assert result.reply.sources[0].document == basis.document
    assert len(chat.labels) <= 5
    assert all(len(label) <= 20 for label in chat.labels)
    assert outbound_problems(result.reply, CONTENT.official) == []
    if result.reply.outcome is Outcome.ANSWERED_FAQ:
        assert "Căn cứ: " in chat.text
        assert f"cập nhật {result.reply.checked_on:%d/%m/%Y}" in chat.text


def _current(faq: Faq) -> Version:
    return faq.version_on(TODAY) or faq.versions[-1]


def with_version(count: int) -> Faq:
    """A topic of high confidence with so many versions, the last one in force today."""
    return next(
        faq
        for faq in CONTENT.faqs.values()
        if len(faq.versions) >= count
        and faq.versions[-1].valid_from <= TODAY
        and all(version.confidence is Confidence.HIGH for version in faq.versions)
        and TODAY - timedelta(days=300) < faq.versions[-1].valid_from
    )


def test_a_rule_that_changed_within_a_year_offers_the_older_one() -> None:
    faq = with_version(2)
    changed = faq.versions[-1].valid_from
    chat = Chat(CONTENT, {"hỏi": sure(faq.id)}, now=noon(TODAY))
    chat.says("hỏi")
    chat.taps_label("Quy định trước đây")
    assert says(faq.versions[-2], changed - timedelta(days=1)) in chat.text
    assert f"Quy định hiện nay áp dụng từ {day_words(changed)}" in chat.text
    chat.taps_label("Quy định hiện nay")
    assert says(faq.versions[-1], TODAY) in chat.text


def test_a_time_that_spans_two_rules_gets_both_sides() -> None:
    faq = with_version(2)
    change = faq.versions[-1].valid_from
    around = in_period(change - timedelta(days=20), change + timedelta(days=20))
    chat = Chat(CONTENT, {"hỏi": sure(faq.id, entities=around)}, now=noon(TODAY))
    chat.says("hỏi")
    before = chat.text.index(f"Dạ, trước {day_words(change)}:")
    since = chat.text.index(f"Từ {day_words(change)}:")
    assert before < chat.text.index(says(faq.versions[-2], change - timedelta(days=20))) < since


def test_this_year_means_today() -> None:
    text = "năm nay tiền thai sản bao nhiêu"
    year = in_period(date(2026, 1, 1), date(2026, 12, 31), "năm nay")
    chat = Chat(CONTENT, {text: sure("thaisan_muc_huong", entities=year)}, now=noon(TODAY))
    chat.says(text)
    assert "5.060.000" in chat.text
    assert "4.680.000" not in chat.text


def test_a_year_in_which_only_the_figure_changed_gets_both_figures() -> None:
    """One version since 2025, but the reference level rose on 01/7/2026."""
    year = in_period(date(2026, 1, 1), date(2026, 12, 31))
    chat = Chat(CONTENT, {"hỏi": sure("thaisan_muc_huong", entities=year)}, now=noon(TODAY))
    chat.says("hỏi")
    before, since = chat.text.index("Dạ, trước 01/7/2026:"), chat.text.index("Từ 01/7/2026:")
    assert before < chat.text.index("4.680.000") < since < chat.text.index("5.060.000")


def test_an_older_figure_is_told_as_such_and_todays_is_a_tap_away() -> None:
    """A birth in May 2026: the same rule as today, another amount."""
    born = in_period(date(2026, 5, 10), date(2026, 5, 10))
    chat = Chat(CONTENT, {"hỏi": sure("thaisan_muc_huong", entities=born)}, now=noon(TODAY))
    chat.says("hỏi")
    assert "4.680.000" in chat.text
    assert "Số tiền hiện nay áp dụng từ 01/7/2026" in chat.text
    chat.taps_label("Quy định hiện nay")
    assert "5.060.000" in chat.text


def test_a_time_that_began_before_our_first_rule_gets_the_rule_we_hold() -> None:
    """The rules about a kept book begin on 01/7/2025: "năm 2025" is never told today's rule as the one before."""
    year = in_period(date(2025, 1, 1), date(2025, 12, 31))
    chat = Chat(CONTENT, {"hỏi": sure("kn_cty_khong_tra_so", entities=year)}, now=noon(TODAY))
    chat.says("hỏi")
    assert "10/9/2026" not in chat.text.split("Quy định hiện nay")[0]
    assert "Giai đoạn trước 01/01/2026" in chat.text


def test_a_withheld_topic_stays_withheld_on_every_day() -> None:
    chat = Chat(
        CONTENT, {"hỏi": sure("motlan_he_so_truot_gia", entities=in_period(date(2019, 1, 1), date(2019, 12, 31)))}
    )
    assert chat.says("hỏi").reply.outcome is Outcome.UNANSWERED_WITHHELD


def test_a_day_without_a_rule_is_said_and_todays_rule_given() -> None:
    long_ago = in_period(date(2018, 1, 1), date(2018, 12, 31))
    chat = Chat(CONTENT, {"hỏi": sure("huu_tuoi", entities=long_ago)}, now=noon(TODAY))
    chat.says("hỏi")
    assert "Dạ, với mốc năm 2018, em chưa có quy định" in chat.text
    assert says(_current(CONTENT.faqs["huu_tuoi"]), TODAY) in chat.text


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("sinh năm 1969 bao giờ nghỉ hưu", date(1969, 1, 1), date(1969, 12, 31)),
        ("tôi đóng bảo hiểm từ năm 2016 thì mấy tuổi nghỉ", date(2016, 1, 1), date(2016, 12, 31)),
        ("lam viec tu 2017 den nay", date(2017, 1, 1), date(2017, 12, 31)),
        ("tôi đóng 5 năm rồi thì sao", date(2021, 11, 23), date(2021, 11, 23)),
        ("di lam duoc 3 nam nay", date(2023, 11, 23), date(2023, 11, 23)),
    ],
)
def test_birth_years_and_first_jobs_are_no_event(text: str, first: date, last: date) -> None:
    words = next(words for words in ("5 năm rồi", "3 nam nay", str(first.year)) if words in text)
    chat = Chat(CONTENT, {text: sure("huu_tuoi", entities=in_period(first, last, words))}, now=noon(TODAY))
    chat.says(text)
    assert says(_current(CONTENT.faqs["huu_tuoi"]), TODAY) in chat.text
    assert "quy định lúc đó" not in chat.text.splitlines()[0]
    assert "quy định đang có" not in chat.text.splitlines()[0]
    assert chat.session.topic_on == ""


def test_a_follow_up_keeps_the_day_of_the_event() -> None:
    faq = with_version(2)
    event = faq.versions[-1].valid_from - timedelta(days=1)
    known = {"hỏi": sure(faq.id, entities=in_period(event, event)), "còn nữ": sure(faq.id, follow_up=True)}
    chat = Chat(CONTENT, known, now=noon(TODAY))
    chat.says("hỏi")
    chat.says("còn nữ")
    assert chat.reader.asked[-1] == ("còn nữ", faq.id)
    assert says(faq.versions[-2], event) in chat.text


def test_papers_of_a_past_event_are_filed_by_the_rule_of_today() -> None:
    event = date(2025, 11, 10)
    known = {
        "nghỉ việc 10/11/2025 được mấy tháng": sure("bhtn_thoi_gian_huong", entities=in_period(event, event)),
        "nộp ở đâu": sure("bhtn_noi_nop", follow_up=True),
        "được bao nhiêu": sure("bhtn_muc_huong", follow_up=True),
    }
    chat = Chat(CONTENT, known, now=noon(TODAY))
    chat.says("nghỉ việc 10/11/2025 được mấy tháng")
    chat.says("nộp ở đâu")
    assert says(_current(CONTENT.faqs["bhtn_noi_nop"]), TODAY) in chat.text
    chat.says("được bao nhiêu")
    assert "với mốc ngày 10/11/2025, quy định lúc đó là" in chat.text


def test_a_follow_up_says_a_month_as_a_month() -> None:
    may = in_period(date(2025, 5, 1), date(2025, 5, 31), "thang 5/2025")
    known = {
        "sinh con tháng 5/2025": sure("thaisan_tro_cap_mot_lan", entities=may),
        "được bao nhiêu": sure("thaisan_muc_huong", follow_up=True),
        "bây giờ thì sao": sure("thaisan_muc_huong", follow_up=True),
    }
    chat = Chat(CONTENT, known, now=noon(TODAY))
    chat.says("sinh con tháng 5/2025")
    chat.says("được bao nhiêu")
    assert "với mốc tháng 5/2025" in chat.text
    chat.says("bây giờ thì sao")
    assert "quy định lúc đó" not in chat.text


def test_a_follow_up_with_the_same_answer_says_that_it_is_the_same() -> None:
    chat = Chat(CONTENT, {"hưu": sure("huu_tuoi"), "còn nữ": sure("huu_tuoi", follow_up=True)}, now=noon(TODAY))
    chat.says("tuổi hưu")
    chat.says("hưu")
    assert "như em vừa nêu" not in chat.text
    chat.says("còn nữ")
    assert chat.text.startswith("Dạ, về mục này quy định vẫn như em vừa nêu")


def test_a_general_procedure_does_not_change_the_subject() -> None:
    known = {"thất nghiệp": sure("bhtn_noi_nop"), "online được không": sure("tt_giao_dich_dien_tu")}
    chat = Chat(CONTENT, known, now=noon(TODAY))
    chat.says("thất nghiệp")
    chat.says("online được không")
    assert chat.session.topic == "bhtn_noi_nop"


def low() -> Faq:
    """A topic whose rule of today is of low confidence."""
    return next(faq for faq in CONTENT.faqs.values() if _current(faq).confidence is Confidence.LOW)


def test_what_is_not_sure_enough_is_withheld_with_the_source_and_the_office() -> None:
    faq = low()
    chat = Chat(CONTENT, {"hỏi": sure(faq.id)}, now=noon(TODAY))
    assert chat.says("hỏi").reply.outcome is Outcome.UNANSWERED_WITHHELD
    assert "đang kiểm tra lại" in chat.text
    assert _current(faq).basis[0].document in chat.text
    assert "đồng/tháng" not in chat.text


def test_past_its_review_day_the_answer_says_when_it_was_checked() -> None:
    chat = Chat(CONTENT, {"hỏi": sure("tt_noi_nop")}, now=noon(date(2032, 1, 5)))
    chat.says("hỏi")
    assert "được kiểm tra lần cuối ngày" in chat.text


def test_a_wrong_door_names_the_right_one() -> None:
    for faq in CONTENT.faqs.values():
        if faq.authority == "co_quan_bhxh" or _current(faq).confidence is Confidence.LOW:
            continue
        chat = Chat(CONTENT, {"hỏi": sure(faq.id)}, now=noon(TODAY))
        chat.says("hỏi")
        authority = CONTENT.groups.authorities[faq.authority]
        place = authority.where.split(",")[0].split(" của ")[0].split(" nơi ")[0]
        assert authority.name.casefold() in chat.text.casefold() or place.casefold() in chat.text.casefold()


def test_a_typed_question_can_be_told_misread_and_a_tapped_one_leads_to_the_menu() -> None:
    chat = Chat(CONTENT, {"hỏi": sure("huu_tuoi")})
    chat.says("hỏi")
    assert chat.labels[-1] == "Không phải ý tôi"
    chat.taps("faq", id="huu_tuoi")
    assert chat.labels[-1] == "Danh mục"


def test_forged_arguments_of_a_topic_are_survived() -> None:
    chat = Chat(CONTENT)
    for args in ({"id": "huu_tuoi", "on": "tomorrow"}, {"id": "huu_tuoi", "on": "9999-12-31"}, {"id": "' OR 1"}):
        chat.taps("faq", **args)
        assert chat.last.reply.parts


def test_every_topic_is_at_most_three_taps_away(knowledge: Knowledge) -> None:
    chat = Chat(knowledge)
    reached: set[str] = set()
    chat.taps("menu")
    chat.taps_label("Tra chính sách")
    for group in [button for button in chat.last.reply.buttons if isinstance(button, SayButton)]:
        chat.taps(group.action.name, **group.action.args)
        shown = [button.action for button in chat.last.reply.buttons if isinstance(button, SayButton)]
        reached |= {action.args["id"] for action in shown if action.name == "faq"}
    assert reached == set(knowledge.faqs)
