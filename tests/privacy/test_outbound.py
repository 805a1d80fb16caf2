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
        "Anh/chị gửi mã số BHXH cho em nhé.",
        "Anh/chị cho em xin số CCCD ạ.",
        "Dạ, anh/chị vui lòng cung cấp mật khẩu.",
        "Anh/chị nhắn lại số điện thoại đã đăng ký ạ.",
        "Bác đọc mã OTP cho cháu.",
        "Cháu cần số thẻ BHYT của bác để tra.",
        "Anh/chị chụp CCCD gửi vào đây.",
        "Số tài khoản của anh/chị là gì ạ?",
        "Anh/chị nhập mật khẩu vào ô chat này giúp em.",
        "Please send me your OTP code.",
        "Anh/chị để lại email em liên hệ.",
        "Anh/chị xác nhận giúp em 4 số cuối CCCD ạ.",
        "Anh/chị cho em họ tên, ngày sinh, số CCCD để em kiểm tra.",
        "Mã OTP anh/chị nhận được là bao nhiêu ạ?",
        "Vào bhxh.co để làm.",
        "Anh/chị mở https://baohiemxahoi.gov.vn.xyz.com",
        "Gọi 0912345678 gặp em Lan.",
        "Gọi 1900.2525.10 ạ.",
        "Mật khẩu mới của anh/chị là Abc@1234.",
        "Mã của anh/chị là 482913.",
        "Số CCCD 001185012345 của anh/chị đúng rồi ạ.",
        "Email lan@gmail.com đã được ghi nhận.",
        "Anh/chị nhắn tin 9029 ạ.",
        "Xem ở http://103.21.244.15/a",
        "Xem bit.ly/abc",
        "Xem facebook.com/bhxh.hotro nhé",
        "Mở baohiemxahoi.gov.vn@evil.com",
        "Anh chị gửi giúp em hình chụp thẻ bảo hiểm.",
        "Gửi ảnh thẻ BHYT qua đây để em xem.",
        "Bác cho cháu biết mã số bảo hiểm của bác.",
        "Cô chú điền số căn cước ở khung này nhé.",
        "Em cần mã xác nhận để hỗ trợ tiếp.",
        "Không cần mật khẩu, chỉ cần anh/chị gửi em mã OTP.",
        "Anh/chị đừng lo, gửi mã OTP cho em là được.",
        "Để em kiểm tra, anh/chị gửi mã số BHXH.",
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
        "Anh/chị cho em số CCCD",
        "Mã OTP của anh/chị là gì ạ?",
        "Số CCCD của bác là bao nhiêu ạ?",
        "Anh/chị chụp ảnh CCCD gửi em",
        "Bác đọc số căn cước cho cháu",
        "Bác cho cháu xin mã số BHXH",
        "Cô gửi mã số cho em",
        "Anh/chị để lại số điện thoại",
        "em cần mã OTP",
        "Cung cấp mã số BHXH để em tra cứu",
        "Anh/chị gửi mã OTP cho em rồi vào ứng dụng",
        "Please send me your OTP",
        "Send your password here",
        "What is your ID number?",
        "Please type your code here.",
        "Tell me your password",
        "gọi (028) 39979039",
        "nhắn tin 9029",
        "Gọi 1900.2525\n10",
        "xem 103.27.60.5",
        "xem bhxh。co",
        "tải https://play.google.com/store/apps/details?id=com.fake",
        "Mật khẩu của anh/chị là Abc12345",
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
        "Dạ, anh/chị gọi 1900.9068\n3. Đến cơ quan BHXH",
        "1900.9068\n1. Một\n2. Hai",
        "Gọi 1900 0368\n2026",
        "Máy hỏi mã số BHXH thì bác đọc cho máy",
        "Bác đừng gửi mã OTP cho cháu",
        "On that page (not here), type your social insurance number, then tap Gửi.",
        "Anh/chị gọi 156 hoặc 1900.9068",
    ],
)
def test_it_may_leave(official: Official, text: str) -> None:
    assert problems(official, text) == []


def test_buttons_are_looked_at_too(official: Official) -> None:
    assert problems(official, "Dạ", LinkButton("Mở", "https://baohiemxahoi.biz/"), CallButton("Gọi", "1900.2525"))
    assert (
        problems(official, "Dạ", LinkButton("Mở", "https://baohiemxahoi.gov.vn/"), CallButton("Gọi", "1900.9068")) == []
    )


class Closed:
    """A register in which nothing stands."""

    def allows_link(self, host: str, path: str) -> bool:
        """Nothing."""
        return not (host or path)

    def allows_phone(self, digits: str) -> bool:
        """Nobody."""
        return not digits


def test_what_one_register_allows_another_may_not(official: Official) -> None:
    reply = Reply(outcome=Outcome.ANSWERED_CHANNEL, parts=(Part("Anh/chị gọi 1900.9068 ạ."),))
    for _ in range(2):
        assert outbound_problems(reply, official) == []
        assert outbound_problems(reply, Closed()) == ["the text holds a phone number that is not registered"]
