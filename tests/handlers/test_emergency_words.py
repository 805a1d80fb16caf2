"""What tells of a fraud that has happened to its writer, and what only sounds like one."""

import pytest

from chatbot.privacy import mask
from chatbot.privacy.shadow import clean, shadow
from handlers.emergency import looks_like_emergency


def danger(text: str) -> bool:
    return looks_like_emergency(" ".join(shadow(clean(mask(text).text)).split()))


@pytest.mark.parametrize(
    "text",
    [
        "có người gọi bảo đọc mã otp em đọc cho nó rồi",
        "tôi đọc mã cho nó rồi",
        "lo doc ma xac nhan cho no",
        "nhập otp vào web giả rồi",
        "em nhập thông tin thẻ vào link đó rồi",
        "em quét mã qr nó gửi rồi",
        "bị hack tài khoản mất tiền",
        "I was scammed",
        "I gave them my OTP",
        "I transferred money to the scammer",
        "they took all my money",
    ],
)
def test_danger(text: str) -> None:
    assert danger(text)


@pytest.mark.parametrize(
    "text",
    [
        "nộp tiền bhxh tự nguyện rồi",
        "chuyển khoản đóng bhyt rồi",
        "em nhập mã vào trang đó rồi",
        "nó bảo đọc otp có nên đọc không",
        "em chưa đọc mã cho ai",
        "nhập mã otp rồi",
        "em nhập mật khẩu vào app rồi",
        "lấy lại mật khẩu có mất tiền không",
        "gửi căn cước cho công ty rồi",
    ],
)
def test_no_danger(text: str) -> None:
    assert not danger(text)
