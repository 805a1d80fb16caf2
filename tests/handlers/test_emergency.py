"""Danger: what is recognised in any state, what is said, and what is never said."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chatbot.dialogue import UNHANDLED, Context, Handled, Handler
from chatbot.knowledge import Knowledge
from chatbot.model import (
    Action,
    Candidate,
    ChannelName,
    Decision,
    Event,
    EventKind,
    Match,
    Offer,
    Outcome,
    Reply,
    SayButton,
    Session,
)
from chatbot.privacy import outbound_problems, protect
from chatbot.privacy.shadow import shadow
from handlers import emergency as skill
from handlers.danger import looks_like_emergency

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
BLAME_OR_PROMISE = ("sao anh/chị lại", "chắc lấy lại được", "số tiền bao nhiêu", "số tài khoản")


class NoDesk:
    """Nobody sits there."""

    staffed = False

    def is_open(self, now: datetime) -> bool:
        return False


def context(knowledge: Knowledge, text: str, intent: str = "", action: Action | None = None) -> Context:
    kind = EventKind.ACTION if action else EventKind.TEXT
    said = Event(
        key="k", channel=ChannelName.ZALO, conversation="zalo:1:2", kind=kind, at=NOW, text=text, action=action
    )
    event = protect(said)
    match = Match(candidates=(Candidate(intent, 0.9),) if intent else (), decision=Decision.ANSWER)
    return Context(
        event=event, text=event.text, session=Session(), match=match, now=NOW, knowledge=knowledge, desk=NoDesk()
    )


def reply_of(handler: Handler, asked: Context) -> Reply:
    result = handler(asked)
    assert isinstance(result, Reply)
    return result


@pytest.mark.parametrize(
    "text",
    [
        "tôi bị lừa rồi",
        "tôi vừa chuyển khoản cho người hỗ trợ",
        "mất tiền rồi huhu",
        "mất 5 triệu rồi em ơi",
        "tôi lỡ tải app lạ",
        "tôi cho mã OTP rồi",
        "lỡ đọc otp cho người lạ",
        "nó bắt đóng phí 500k",
        "em lỡ bấm vào link",
        "nó đang điều khiển điện thoại của tôi",
        "nó dọa cắt lương hưu",
        "tài khoản ngân hàng bị trừ hết",
        "me em chup hinh can cuoc gui zalo cho nguoi xung bao hiem",
    ],
)
def test_danger_is_seen_before_anything_else(knowledge: Knowledge, text: str) -> None:
    assert looks_like_emergency(shadow(text))
    handled = skill.emergency(context(knowledge, text))
    assert isinstance(handled, Handled)
    assert handled.reply.outcome is Outcome.ANSWERED_EMERGENCY
    assert [button.label for button in handled.reply.buttons] == ["Có rồi", "Chưa", "Không nhớ"]
    assert outbound_problems(handled.reply, knowledge.official) == []


@pytest.mark.parametrize(
    "text",
    [
        "lấy lại mật khẩu có mất tiền không",
        "sợ bị lừa quá",
        "bhxh đã chuyển tiền cho tôi chưa",
        "tôi đã nhập mã otp rồi",
        "tôi chưa chuyển tiền cho ai",
        "tôi mất sổ bhxh rồi",
        "trả viện phí rồi đòi lại được không",
        "e bị dọa sảy phải nằm dưỡng thai",
        "tôi gọi 1900252510 mất 100k rồi",
        "lỡ gửi số của mẹ em, làm ơn xóa",
    ],
)
def test_other_worries_are_not_an_emergency(knowledge: Knowledge, text: str) -> None:
    assert not looks_like_emergency(shadow(text))
    assert skill.emergency(context(knowledge, text)) is UNHANDLED


def test_the_topics_raise_almost_no_false_alarm(knowledge: Knowledge) -> None:
    told = [
        (intent, shadow(text)) for intent, text in knowledge.examples() if not intent.startswith(("scam.", "kn_lua"))
    ]
    alarms = [text for _, text in told if looks_like_emergency(text)]
    assert len(alarms) <= len(told) * 0.002


def test_a_dear_line_gets_the_genuine_number(knowledge: Knowledge) -> None:
    reply = reply_of(skill.money_lost, context(knowledge, "tôi gọi 1900252510 mất 100k rồi", "scam.victim_money"))
    assert reply.outcome is Outcome.ANSWERED_VERDICT
    assert "1900.9068" in reply.text
    assert "156" in reply.text
    assert "2525" not in reply.text


@pytest.mark.parametrize(
    ("given", "says"), [("yes", "đổi ngay mật khẩu"), ("unsure", "đổi ngay mật khẩu"), ("no", "may là chưa")]
)
def test_after_the_question(knowledge: Knowledge, given: str, says: str) -> None:
    reply = reply_of(skill.after_first_aid, context(knowledge, "", action=Action(skill.SAFETY, {"given": given})))
    assert says in reply.text
    assert "156" in reply.text
    assert "lừa đảo" in reply.text
    resume = next(
        button for button in reply.buttons if isinstance(button, SayButton) and button.label == "Lấy lại mật khẩu"
    )
    assert resume.action == Action("flow", {"flow": "password_reset"})
    assert outbound_problems(reply, knowledge.official) == []


@pytest.mark.parametrize(
    "intent", ["scam.call", "scam.sms", "scam.fake_site", "scam.fake_app", "scam.paid_service", "scam.report"]
)
def test_every_suspicion_is_answered(knowledge: Knowledge, intent: str) -> None:
    asked = context(knowledge, "số 0912345678 gửi link bhxh.co bảo cập nhật", intent)
    reply = reply_of(skill.router.intents[intent], asked)
    assert outbound_problems(reply, knowledge.official) == []
    assert "bhxh.co" not in reply.text
    assert not any(words in reply.text for words in BLAME_OR_PROMISE)


def test_what_was_only_asked_for_is_no_loss(knowledge: Knowledge) -> None:
    asked = context(knowledge, "họ đòi gửi ảnh cccd", "scam.victim_data")
    reply = reply_of(skill.data_given, asked)
    assert "không gọi điện" in reply.text
    assert "số in trên thẻ" not in reply.text


def test_what_was_asked_for_and_given_is_a_loss(knowledge: Knowledge) -> None:
    asked = context(knowledge, "họ đòi gửi ảnh cccd, em lỡ gửi mất tiêu", "scam.victim_data")
    assert "số in trên thẻ" in reply_of(skill.data_given, asked).text


@pytest.mark.parametrize(
    "text", ["lấy lại tiền cho tôi", "đòi lại tiền giúp tôi", "tiền của tôi có lấy lại được không"]
)
def test_nobody_promises_the_money_back(knowledge: Knowledge, text: str) -> None:
    first = reply_of(skill.data_given, context(knowledge, "tôi bị lừa rồi", "scam.victim_data"))
    offers = tuple(
        Offer(button.label, button.action.pack()) for button in first.buttons if isinstance(button, SayButton)
    )
    asked = replace(context(knowledge, text), session=Session(offers=offers))
    handled = skill.emergency(asked)
    assert isinstance(handled, Handled)
    assert "không ai hứa chắc" in handled.reply.text
    assert "ngân hàng" in handled.reply.text
    assert "công an" in handled.reply.text
    assert outbound_problems(handled.reply, knowledge.official) == []
    assert skill.emergency(context(knowledge, text)) is UNHANDLED


def test_an_unknown_answer_counts_as_given(knowledge: Knowledge) -> None:
    forged = replace(context(knowledge, ""), event=replace(context(knowledge, "").event, action=Action(skill.SAFETY)))
    assert "đổi ngay mật khẩu" in reply_of(skill.after_first_aid, forged).text


def test_no_sentence_is_longer_than_a_person_reads(knowledge: Knowledge) -> None:
    keys = [key for key in knowledge.phrases.keys() if key.startswith(("safety.", "verify."))]  # noqa: SIM118
    assert not [key for key in keys for text in knowledge.phrases.variants(key) if len(text) > 300]
