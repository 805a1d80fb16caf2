"""Buttons on Zalo."""

import pytest

from chatbot.channels.zalo.render import phone_code, render
from chatbot.model import Action, CallButton, LinkButton, Outcome, Part, Reply, SayButton


def test_each_kind_of_button_has_its_type() -> None:
    part = Part(
        "Chọn:",
        (
            SayButton("Lương hưu", Action("faq", {"id": "huu_tuoi"})),
            LinkButton("Mở trang", "https://baohiemxahoi.gov.vn"),
            CallButton("Gọi tổng đài", "1900.9068"),
        ),
    )
    (payload,) = render(Reply(outcome=Outcome.ANSWERED_FAQ, parts=(part,)))
    assert payload == {
        "message": {
            "text": "Chọn:",
            "attachment": {
                "type": "template",
                "payload": {
                    "buttons": [
                        {"title": "Lương hưu", "type": "oa.query.hide", "payload": "#bhxh1/faq?id=huu_tuoi"},
                        {"title": "Mở trang", "type": "oa.open.url", "payload": {"url": "https://baohiemxahoi.gov.vn"}},
                        {"title": "Gọi tổng đài", "type": "oa.open.phone", "payload": {"phone_code": "19009068"}},
                    ]
                },
            },
        }
    }


@pytest.mark.parametrize(
    ("phone", "code"), [("1900.9068", "19009068"), ("024 3936 1234", "02439361234"), ("+84 24 3936", "0243936")]
)
def test_numbers_are_dialled_as_at_home(phone: str, code: str) -> None:
    assert phone_code(phone) == code
