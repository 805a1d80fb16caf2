"""Small skills as short conversations: what is said, what is offered, and words that must never appear."""

import re

import pytest

from chatbot.knowledge import Knowledge
from chatbot.model import CallButton, EventKind, LinkButton, Outcome, Session
from chatbot.privacy import outbound_problems
from handlers import ROUTERS
from tests.pipeline.chat import NOW, Chat, People, sure

NEVER = re.compile(
    r"(?<!kết )\b[Bb]ạn\b|\b(?:mày|tao)\b|gửi cho em số|chắc chắn lấy lại|gọi lại cho anh/chị|\*\*|http://|[{}]"
)
"""Words that no citizen is ever sent: a wrong form of address, a request for a number, a promise nobody keeps."""


def answered(knowledge: Knowledge, intent: str, session: Session | None = None, desk: People | None = None) -> Chat:
    """A chat in which one sentence was understood as this intent."""
    chat = Chat(knowledge, {"hỏi": sure(intent)}, session=session or Session(greeted=True), desk=desk or People())
    chat.says("hỏi")
    return chat


def owned(knowledge: Knowledge) -> list[str]:
    """Every act that is answered outside a guided flow."""
    return [name for name in knowledge.acts if not name.startswith("reset.")]


def test_every_act_is_answered_politely_and_may_leave(knowledge: Knowledge) -> None:
    for intent in owned(knowledge):
        chat = answered(knowledge, intent)
        assert chat.last.reply.outcome is not Outcome.UNANSWERED_UNKNOWN, intent
        assert chat.text, intent
        assert not NEVER.search(chat.text), intent
        assert outbound_problems(chat.last.reply, knowledge.official) == [], intent
        assert len(chat.last.reply.parts[0].text) <= 600, intent


@pytest.mark.parametrize(
    ("intent", "outcome", "words"),
    [
        ("channel.hotline_number", Outcome.ANSWERED_CHANNEL, "1900.9068"),
        ("channel.hotline_number", Outcome.ANSWERED_CHANNEL, "1.000 đồng/phút"),
        ("channel.hotline_hours", Outcome.ANSWERED_CHANNEL, "giờ hành chính"),
        ("channel.hotline_menu", Outcome.ANSWERED_CHANNEL, "phím 8"),
        ("channel.hotline_busy", Outcome.ANSWERED_CHANNEL, "đừng tìm số khác"),
        ("channel.website", Outcome.ANSWERED_CHANNEL, "dichvucong.baohiemxahoi.gov.vn"),
        ("channel.social", Outcome.ANSWERED_CHANNEL, "facebook.com/baohiemxahoi.gov.vn"),
        ("channel.app_download", Outcome.ANSWERED_CHANNEL, "VssID - Bảo hiểm xã hội số"),
        ("channel.office_location", Outcome.ANSWERED_CHANNEL, "baohiemxahoi.gov.vn"),
        ("channel.reorg_name", Outcome.ANSWERED_CHANNEL, "BHXH cơ sở"),
        ("account.contribution_years", Outcome.ANSWERED_ACCOUNT, "không xem được dữ liệu"),
        ("account.dossier_status", Outcome.ANSWERED_ACCOUNT, "không xem được hồ sơ"),
        ("account.change_password", Outcome.ANSWERED_ACCOUNT, "Đổi mật khẩu"),
        ("account.register", Outcome.ANSWERED_ACCOUNT, "Đăng ký tài khoản"),
        ("account.update_contact", Outcome.ANSWERED_ACCOUNT, "Thông tin tài khoản"),
        ("policy.id_number", Outcome.ANSWERED_ACCOUNT, "01/8/2025"),
        ("policy.otp", Outcome.ANSWERED_ACCOUNT, "một lần"),
        ("privacy.policy", Outcome.ANSWERED_PRIVACY, "xóa dữ liệu của tôi"),
        ("pii.leak", Outcome.REFUSED_SECRET, "đừng gửi số CCCD"),
        ("smalltalk.thanks", Outcome.ANSWERED_SMALLTALK, "không có gì"),
        ("smalltalk.who_are_you", Outcome.ANSWERED_SMALLTALK, "không phải người"),
        ("smalltalk.help", Outcome.ANSWERED_MENU, "gõ câu hỏi"),
        ("other.tax", Outcome.UNANSWERED_OTHER_AGENCY, "cơ quan thuế"),
        ("other.id_card", Outcome.UNANSWERED_OTHER_AGENCY, "công an"),
        ("other.bank", Outcome.UNANSWERED_OTHER_AGENCY, "ngân hàng"),
        ("other.social_account", Outcome.UNANSWERED_OTHER_AGENCY, "trợ giúp"),
        ("flow.done", Outcome.ANSWERED_SMALLTALK, "tốt quá"),
        ("flow.not_done", Outcome.ANSWERED_MENU, "vướng ở đâu"),
        ("flow.back", Outcome.ANSWERED_MENU, "không mở bước hướng dẫn nào"),
    ],
)
def test_what_is_said(knowledge: Knowledge, intent: str, outcome: Outcome, words: str) -> None:
    chat = answered(knowledge, intent)
    assert chat.last.reply.outcome is outcome
    assert words in chat.text
    assert chat.last.reply.intent == intent or intent in {"smalltalk.help"}


def test_numbers_and_addresses_come_from_the_register(knowledge: Knowledge) -> None:
    for intent in ("channel.website", "channel.office_location", "account.dossier_status"):
        links = [button for button in answered(knowledge, intent).last.reply.buttons if isinstance(button, LinkButton)]
        assert links
        assert all(knowledge.official.site(button.url.split("/")[2]) for button in links)
    calls = [
        button
        for button in answered(knowledge, "channel.hotline_number").last.reply.buttons
        if isinstance(button, CallButton)
    ]
    assert [button.phone for button in calls] == ["1900.9068"]


# --- people


@pytest.mark.parametrize(
    ("desk", "outcome", "words", "waits"),
    [
        (People(staffed=True, open_now=True), Outcome.HANDED_OVER, "em chuyển anh/chị đến cán bộ", True),
        (People(staffed=True, open_now=False), Outcome.HANDED_OVER, "hiện ngoài giờ làm việc", True),
        (People(staffed=False, open_now=True), Outcome.ANSWERED_CHANNEL, "chưa có cán bộ trực", False),
    ],
)
def test_a_person_is_promised_only_when_there_is_one(
    knowledge: Knowledge, desk: People, outcome: Outcome, words: str, *, waits: bool
) -> None:
    chat = answered(knowledge, "human.request", desk=desk)
    assert chat.last.reply.outcome is outcome
    assert words in chat.text
    assert (chat.session.waiting_since == NOW) is waits
    assert chat.taps("human").session.waiting_since == chat.session.waiting_since


def test_asking_again_keeps_the_place_in_the_line(knowledge: Knowledge) -> None:
    chat = answered(knowledge, "human.request", desk=People(staffed=True))
    chat.waits(minutes=10)
    chat.says("hỏi")
    assert "đã ghi nhận từ trước" in chat.text
    assert chat.session.waiting_since == NOW


def test_anger_gets_one_apology_and_then_a_person(knowledge: Knowledge) -> None:
    chat = answered(knowledge, "complaint.anger", desk=People(staffed=True, open_now=True))
    assert chat.text.count("xin lỗi") == 1
    assert "Gặp nhân viên" in chat.labels
    chat.says("hỏi")
    assert "xin lỗi" not in chat.text
    assert chat.last.reply.outcome is Outcome.HANDED_OVER
    assert chat.session.anger == 2


def test_anger_without_a_desk_is_promised_no_person(knowledge: Knowledge) -> None:
    chat = answered(knowledge, "complaint.anger")
    said = [chat.text]
    for _ in range(2):
        chat.says("hỏi")
        said.append(chat.text)
    assert chat.labels == ["Gọi 1900.9068", "Danh mục"]
    assert not any("người thật" in text or "nhân viên" in text for text in said)
    assert len(set(said)) == 3
    assert all("1900.9068" in text for text in said[:2])


def test_erasing_is_done_without_arguing(knowledge: Knowledge) -> None:
    chat = answered(knowledge, "privacy.erase", Session(greeted=True, topic="huu_tuoi", warnings=2))
    assert chat.last.erase
    assert chat.session == Session()
    assert "em xóa phần trò chuyện ngay" in chat.text
    assert not chat.labels


# --- small talk and the menu


def test_the_first_greeting_introduces_itself_once(knowledge: Knowledge) -> None:
    chat = answered(knowledge, "smalltalk.greeting", Session())
    assert chat.text.count("trợ lý tự động") == 1
    assert len(chat.labels) == 5
    chat.says("hỏi")
    assert "trợ lý tự động" not in chat.text


def test_the_main_menu_fits_zalo_and_the_ice_breakers_fit_messenger(knowledge: Knowledge) -> None:
    assert len(knowledge.menu.main) <= 5
    assert len(knowledge.menu.ice_breakers) <= 4
    chat = Chat(knowledge)
    chat.happens(EventKind.OPENED)
    labels = list(chat.labels)
    assert labels == ["Quên mật khẩu", "Kênh chính thức", "Nghi lừa đảo", "Tra chính sách", "Gặp nhân viên"]
    for label in labels[1:]:
        chat.happens(EventKind.OPENED)
        chat.taps_label(label)
        assert chat.last.reply.outcome.family == "answered", label


def test_a_group_lists_its_topics_and_leads_back(knowledge: Knowledge) -> None:
    chat = Chat(knowledge)
    chat.taps("group", id="health_insurance")
    assert len(chat.labels) == 1 + sum(faq.group == "health_insurance" for faq in knowledge.faqs.values())
    chat.taps_label("Nhóm khác")
    assert "Thai sản" in chat.labels


@pytest.mark.parametrize("page", ["0", "1", "99", "-1", "x", "", "10000000000000"])
def test_any_page_is_survived(knowledge: Knowledge, page: str) -> None:
    chat = Chat(knowledge)
    chat.taps("group", id="pension", page=page)
    assert len(chat.labels) > 1


def test_nobody_answers_the_same_thing_twice() -> None:
    names = [name for router in ROUTERS for name in (*router.intents, *router.actions)]
    assert len([name for name in names if name.startswith("fallback.")]) == 3
    assert len(set(names)) == len(names)
