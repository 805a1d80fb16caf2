"""What tells of a fraud that has happened to its writer, and what only sounds like one."""

import pytest

from chatbot.privacy import mask
from chatbot.privacy.shadow import clean, shadow
from handlers.danger import is_bait, is_confession, is_dear_call, is_denial, looks_like_emergency


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
        "có người gọi xưng bhxh bảo tôi đọc mã otp cho họ, tôi đọc rồi",
        "nó bảo tôi tải app qua link rồi giờ điện thoại tự chạy không tắt được",
        "có người tự xưng công an nói tôi nợ bảo hiểm, không chuyển 20 triệu thì bắt tôi",
        "nó gọi bảo tôi cài app vssid mới qua link, tôi cài rồi",
        "tôi đã cung cấp số cccd và mã otp cho người lạ",
        "tôi gửi ảnh cccd hai mặt cho nó rồi",
        "tôi làm theo nó hướng dẫn rồi tài khoản ngân hàng mất 50 triệu",
        "nó rút hết tiền trong thẻ của tôi",
        "bị trừ sạch tiền trong tài khoản",
        "tôi vừa bấm vào link lạ trong tin nhắn bhxh",
        "tôi nhập mật khẩu vào trang bhxh giả rồi",
        "toi nhap so tai khoan voi otp vao cai link no gui",
        "em bi lua 5tr roi",
        "bi lua tien roi lam sao",
        "mất tiền rồi huhu",
        "tui lo chuyen cho no 2 trieu",
        "chồng tôi bị chúng nó lừa chuyển 30 triệu",
        "mẹ tôi đang nói chuyện với người xưng bảo hiểm, bà sắp chuyển tiền",
        "nó đang bắt tôi chuyển tiền đây",
        "dien thoai toi dang bi nguoi ta dieu khien",
        "máy tự mở ứng dụng ngân hàng rồi chuyển tiền",
        "nó dọa cắt lương hưu nếu không cập nhật trong 24h",
        "họ dọa khóa thẻ bảo hiểm nếu không đóng phạt",
        "nó bật chia sẻ màn hình rồi mất tiền",
        "tôi share màn hình cho nó xem rồi",
        "bấm link xong tài khoản bị trừ 3 triệu",
        "tôi quét mã qr nó gửi rồi",
        "tao bị lừa rồi má ơi",
        "toi chuyen tien coc 900k cho thang giang roi no chan zalo",
        "tôi đóng phí 500 nghìn cho trang đó mà không thấy cấp mật khẩu",
        "lỡ chuyển khoản cho nó mất rồi",
        "gửi otp mất rồi làm sao",
        "lỡ đọc mã cho nó",
        "số [SDT] gọi yêu cầu đọc otp, tôi đọc rồi",
        "so [SDT] nhan tin xin anh cccd em gui roi",
        "tôi đã cho mã xác nhận",
        "con tôi bị dụ cài app lạ",
        "nó lấy được mật khẩu vssid của tôi rồi",
        "họ lấy ảnh khuôn mặt và cccd của tôi",
        "tôi quay video khuôn mặt cho nó rồi",
        "i gave my otp to a caller",
        "i sent money to a scammer",
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
        "có người gọi xưng bhxh bảo đọc mã otp, tôi chưa đọc",
        "làm sao biết có bị lừa không",
        "bhxh có gọi điện đòi tiền không",
        "sao bhxh chưa chuyển tiền lương hưu cho tôi",
        "tôi chuyển khoản đóng bhyt rồi mà chưa có thẻ",
        "tôi nộp tiền bhxh tự nguyện rồi",
        "chuyển tiền cho con nghỉ học được không",
        "công ty đã chuyển tiền thai sản cho tôi chưa",
        "lương hưu chuyển vào thẻ rồi",
        "tôi đã gửi hồ sơ cho bhxh rồi",
        "tôi gửi cccd cho công ty rồi",
        "đưa sổ cho công ty rồi",
        "tôi đã nhập mã otp rồi",
        "nhập otp vào app rồi",
        "tôi đã đọc hướng dẫn rồi",
        "cài app vssid rồi",
        "tải app rồi",
        "tôi mở link dichvucong.gov.vn rồi",
        "mất thẻ bhyt rồi",
        "mất sổ bảo hiểm rồi",
        "mất mật khẩu rồi",
        "mất bao nhiêu tiền",
        "có mất tiền không",
        "bị mất điện thoại",
        "bị khóa tài khoản",
        "bị trừ lương",
        "bị trừ tiền bảo hiểm hàng tháng",
        "công ty trừ tiền mà không đóng",
        "công ty lừa không đóng bhxh",
        "bị công ty dọa đuổi việc",
        "chủ dọa cắt bảo hiểm",
        "đóng phí rồi có được hoàn không",
        "chuyển bảo hiểm rồi",
        "chuyển nơi khám rồi",
        "tôi đã chuyển hộ khẩu",
        "đưa thẻ bảo hiểm cho bệnh viện rồi",
        "bác sĩ bảo đưa cccd",
        "bệnh viện bắt đóng tiền",
        "họ bắt nộp thêm giấy",
        "cán bộ xã bảo nộp cccd",
        "nhân viên đại lý thu thu tiền rồi",
        "tôi nộp tiền cho đại lý thu rồi",
        "đã đóng tiền cho cô cán bộ ở xã",
        "chưa bị lừa",
        "sợ bị lừa quá",
        "cách phòng lừa đảo",
        "đừng để mất tiền",
        "gửi mã otp về email rồi",
        "nó gửi mã otp về email rồi",
        "máy gửi otp cho tôi rồi",
        "em cho chị xin mã otp",
        "cho tôi mã otp",
        "cho tôi xin mật khẩu",
        "hệ thống gửi mật khẩu cho tôi rồi",
        "điện thoại tự tắt",
        "điện thoại bị treo",
        "quét mã qr trên thẻ cccd rồi",
        "chụp ảnh cccd trên vssid rồi",
        "quay khuôn mặt trên vneid không được",
        "nhập sai mật khẩu rồi",
        "nhập mật khẩu rồi mà không vào",
        "tôi bấm link rồi",
        "bấm vào đường link trên web bhxh không được",
        "tôi đưa mã cho con tôi rồi",
        "gửi căn cước cho công ty rồi",
    ],
)
def test_no_danger(text: str) -> None:
    assert not danger(text)


@pytest.mark.parametrize(
    "text",
    [
        "nó đòi chuyển 900k đặt cọc mới cấp mật khẩu",
        "có người tên Giang trên facebook nhận làm lại mật khẩu lấy 900k",
        "trang đó thu 300 nghìn để lấy lại mật khẩu vssid",
        "dich vu tren zalo keu dong 500k moi cap lai mat khau",
    ],
)
def test_bait(text: str) -> None:
    assert is_bait(shadow(text))
    assert not danger(text)


@pytest.mark.parametrize(
    "text",
    [
        "gọi 1900.9068 lấy lại mật khẩu tốn 1.000 đồng/phút à",
        "lấy lại mật khẩu có mất tiền không",
        "nó đòi mật khẩu cũ",
        "tôi gọi 1900252510 mất 100k để lấy lại mật khẩu",
        "đóng 300k một tháng thì xem trên vssid ở đâu",
    ],
)
def test_no_bait(text: str) -> None:
    assert not is_bait(shadow(text))


def test_a_confession_is_short_and_not_denied() -> None:
    assert is_confession("gui mat roi")
    assert is_confession("lo chuyen roi")
    assert not is_confession("chua chuyen")
    assert not is_confession("toi chua gui gi ca")


def test_a_denial_is_short_and_says_that_nothing_was_handed_over() -> None:
    assert all(is_denial(said) for said in ("chua", "chua doc", "da em chua gui", "toi chua kip doc ma"))
    assert not any(is_denial(said) for said in ("chua hieu", "khong nhan duoc tien", "chua vao duoc", "doc roi"))


@pytest.mark.parametrize(
    "text",
    [
        "tôi gọi tổng đài trên mạng bị trừ 250 nghìn mà không lấy lại được mật khẩu",
        "goi so hotline tren google het 250k ma chang duoc gi",
        "em gọi cái số tổng đài tìm trên mạng, mất 100 nghìn tiền điện thoại",
    ],
)
def test_a_dear_call_is_heard(text: str) -> None:
    assert is_dear_call(shadow(text))
    assert not looks_like_emergency(shadow(text))


@pytest.mark.parametrize(
    "text",
    [
        "gọi 1900.9068 hết 20 nghìn rồi mà không ai nghe",
        "gọi tổng đài mất bao nhiêu tiền một phút",
        "gọi tổng đài có mất 1000 đồng không",
        "gọi tổng đài hoài không được",
    ],
)
def test_a_question_about_our_line_is_no_dear_call(text: str) -> None:
    assert not is_dear_call(shadow(text))
