"""Where buttons go on Messenger."""

from typing import Any

import pytest

from chatbot.channels.messenger.render import TEMPLATE_TEXT, phone_number, render
from chatbot.model import Action, Button, CallButton, LinkButton, Outcome, Part, Reply, SayButton


def say(label: str) -> SayButton:
    """A choice."""
    return SayButton(label, Action("act", {"id": label}))


LINK = LinkButton("Mở trang", "https://dichvucong.baohiemxahoi.gov.vn")
CALL = CallButton("Gọi 1900.9068", "1900.9068")


def messages(text: str, *buttons: Button) -> list[dict[str, Any]]:
    """The messages of a part."""
    payloads = render(Reply(outcome=Outcome.ANSWERED_FAQ, parts=(Part(text, buttons),)))
    assert all(payload["messaging_type"] == "RESPONSE" for payload in payloads)
    return [payload["message"] for payload in payloads]


def test_choices_are_quick_replies() -> None:
    (message,) = messages("Chọn:", say("Có"), say("Không"))
    assert message == {
        "text": "Chọn:",
        "quick_replies": [
            {"content_type": "text", "title": "Có", "payload": "#bhxh1/act?id=C%C3%B3"},
            {"content_type": "text", "title": "Không", "payload": "#bhxh1/act?id=Kh%C3%B4ng"},
        ],
    }


def test_links_and_calls_are_a_button_template() -> None:
    (message,) = messages("Xem:", LINK, CALL)
    payload = message["attachment"]["payload"]
    assert (payload["template_type"], payload["text"]) == ("button", "Xem:")
    assert payload["buttons"] == [
        {"type": "web_url", "title": "Mở trang", "url": LINK.url},
        {"type": "phone_number", "title": "Gọi 1900.9068", "payload": "+8419009068"},
    ]
    assert "quick_replies" not in message


def test_a_few_mixed_buttons_share_the_template() -> None:
    (message,) = messages("Xem:", say("Bước tiếp"), LINK)
    assert [one["type"] for one in message["attachment"]["payload"]["buttons"]] == ["postback", "web_url"]
    assert "quick_replies" not in message


def test_many_mixed_buttons_are_a_template_with_quick_replies() -> None:
    (message,) = messages("Xem:", say("Một"), say("Hai"), LINK, CALL)
    assert [one["type"] for one in message["attachment"]["payload"]["buttons"]] == ["web_url", "phone_number"]
    assert [one["title"] for one in message["quick_replies"]] == ["Một", "Hai"]


def test_a_long_text_goes_before_a_short_template() -> None:
    sentence = "Hồ sơ gồm đơn đề nghị theo mẫu và bản sao giấy tờ. "
    first, *_, last = messages(sentence * 30, LINK)
    template = last["attachment"]["payload"]
    assert len(template["text"]) <= TEMPLATE_TEXT
    assert first["text"].endswith(".")
    assert template["text"].endswith(".")


def test_quick_replies_wait_for_the_last_message_because_an_earlier_one_would_hide_them() -> None:
    first, second = Part("Trả lời", (say("Một"),)), Part("Còn nữa", (say("Hai"),))
    one, two = render(Reply(outcome=Outcome.ANSWERED_FAQ, parts=(first, second)))
    assert one["message"] == {"text": "Trả lời"}
    assert [quick["title"] for quick in two["message"]["quick_replies"]] == ["Một", "Hai"]


def test_numbered_titles_begin_with_their_number() -> None:
    (message,) = messages("Chọn:", say("Thủ tục hưởng chế độ thai sản"), say("Khác"))
    assert message["text"] == "Chọn:\n\n1. Thủ tục hưởng chế độ thai sản\n2. Khác"
    assert [one["title"] for one in message["quick_replies"]] == ["1. Thủ tục hưởng…", "2. Khác"]


def test_a_link_with_a_long_label_keeps_it_in_the_text() -> None:
    link = LinkButton("Cổng dịch vụ công Bảo hiểm xã hội Việt Nam", "https://dichvucong.baohiemxahoi.gov.vn")
    (message,) = messages("Xem:", link)
    assert f"{link.label}: {link.url}" in message["attachment"]["payload"]["text"]


@pytest.mark.parametrize(
    ("phone", "number"),
    [("1900.9068", "+8419009068"), ("024 3936 1234", "+842439361234"), ("+84 24 3936", "+84243936")],
)
def test_numbers_are_dialled_with_the_country(phone: str, number: str) -> None:
    assert phone_number(phone) == number
