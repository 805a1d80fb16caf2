"""What may not leave (reset-flow specification, section 7.4)."""

import pytest

from chatbot.knowledge.official import Official
from chatbot.model import Button, CallButton, LinkButton, Outcome, Part, Reply
from chatbot.privacy import outbound_problems


def problems(official: Official, text: str, *buttons: Button) -> list[str]:
    return outbound_problems(Reply(outcome=Outcome.ANSWERED_FAQ, parts=(Part(text, buttons),)), official)


@pytest.mark.parametrize(
    "text",
    [
        "Anh/chị cho em xin số CCCD ạ",
        "Anh/chị gửi mã số BHXH vào đây giúp em",
        "Anh/chị vui lòng cung cấp số CCCD",
        "Anh/chị đọc mã OTP cho em nhé",
        "Xem ở bhxh.co ạ",
        "Xem ở https://facebook.com/bhxhvn999",
        "Mở https://baohiemxahoi.gov.vn@evil.com ạ",
        "Gọi 1900.252510 ạ",
        "Gọi 0912345678 ạ",
        "Mật khẩu mới là Abc@1234",
        "Số của anh/chị là 001199012345",
    ],
)
def test_it_may_not_leave(official: Official, text: str) -> None:
    found = problems(official, text)
    assert found
    assert not any(word in " ".join(found) for word in ("0912", "Abc", "0011"))


@pytest.mark.parametrize(
    "text",
    [
        "Anh/chị đừng gửi mật khẩu, mã OTP, số CCCD hay mã số BHXH vào đây nhé, em không cần các thông tin đó.",
        'Anh/chị mở ứng dụng VssID, gõ mã số BHXH vào ô "Mã số" trên ứng dụng (không gõ ở đây), rồi bấm tiếp.',
        "Anh/chị gọi 1900.9068 (1.000 đồng/phút), xem baohiemxahoi.gov.vn hoặc facebook.com/baohiemxahoi.gov.vn",
        "Dạ, email là địa chỉ thư điện tử, có dạng ten@gmail.com.",
        "Dạ, bhxh[.]co nằm trong danh sách cảnh báo.",
        "Căn cứ: Điều 64 Luật BHXH 2024 · cập nhật 22/11/2026",
        "VNeID thì gọi 1900 0368, báo lừa đảo gửi 156 ạ",
        "Lương cơ sở 2.530.000 đồng từ 01/7/2026",
    ],
)
def test_it_may_leave(official: Official, text: str) -> None:
    assert problems(official, text) == []


def test_buttons_are_looked_at_too(official: Official) -> None:
    assert problems(official, "Dạ", LinkButton("Mở", "https://baohiemxahoi.biz/"), CallButton("Gọi", "1900.2525"))
    assert (
        problems(official, "Dạ", LinkButton("Mở", "https://baohiemxahoi.gov.vn/"), CallButton("Gọi", "1900.9068")) == []
    )
