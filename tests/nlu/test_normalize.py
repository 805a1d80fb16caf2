"""Each rule of the normaliser, one line a rule."""

import unicodedata

import pytest

from chatbot.nlu.normalize import LONGEST, Normalizer, fold

CASES = [
    ("nfd", unicodedata.normalize("NFD", "Đóng Bảo Hiểm"), "dong bao hiem"),
    ("tone placement", "hoà bình", "hoa binh"),
    ("teencode", "e dc bn tien k", "em duoc baonhieu tien khong"),
    ("teencode with diacritics", "đc hông", "duoc khong"),
    ("particles fall away", "ad ơi", ""),
    ("squeeze", "khônggggg", "khong"),
    ("telex", "ddoongs bao hiem", "dong bao hiem"),
    ("telex tone at the end", "nghir sinh", "nghi sinh"),
    ("vni needs several words", "d9o6ng1 ba3o hie6m3", "dong bao hiem"),
    ("a month is no vni", "thang5", "thang 5"),
    ("telex leaves known words", "mat khau", "matkhau"),
    ("repair of a non-syllable", "tonfg dai", "tong dai"),
    ("no repair of a syllable", "lính", "linh"),
    ("letters that changed places", "thnag luogn", "thang luong"),
    ("three letters that changed places", "nmă hmo", "nam hom"),
    ("the commonest of the words one letter away", "thng", "thang"),
    ("a letter typed twice", "nnay ttien", "nay tien"),
    ("a chat leaves the n out", "khog thag luog", "khong thang luong"),
    ("a chat leaves the n out of a rare word", "mih", "minh"),
    ("term: bhxh written out", "bảo hiểm xã hội", "bhxh"),
    ("term: bhxh half written", "bh xã hội", "bhxh"),
    ("term: bhyt", "bh y te", "bhyt"),
    ("term: one lump", "rút 1 cục", "rut motlan"),
    ("ambiguous: dk as điều kiện", "du dk huong", "du dieu kien huong"),
    ("ambiguous: dk as được", "co dk nghi", "co duoc nghi"),
    ("ambiguous: dk as đăng ký", "dk vssid", "dang ky bhxhso"),
    ("ambiguous: mk as mật khẩu", "quen mk", "quen matkhau"),
    ("ambiguous: mk as mình", "mk hoi chut", "minh hoi chut"),
    ("ambiguous: tn after bhxh", "bhxh tn", "bhxh tunguyen"),
    ("ambiguous: bh after bây", "bay bh", "bay gio"),
    ("regional: mô", "nộp ở mô", "nop o dau"),
    ("regional: chi as gì", "cần giấy chi", "can giay gi"),
    ("regional: chi stays in chi trả", "bảo hiểm chi trả", "bao hiem chi tra"),
    ("synonym: đẻ", "đẻ con", "sinh con"),
    ("synonym keeps để", "để dành", "de danh"),
    ("number and unit apart", "lương 5tr", "luong 5 trieu"),
    ("percent", "80%", "80 phan tram"),
    ("masked value", "[OTP:6] nhập vào đâu", "somat nhap vao dau"),
    ("long number", "số 012345678901", "so soday"),
    ("masked number", "số [SDT] và [CCCD:12]", "so soday va soday"),
    ("masked mailbox", "email [EMAIL]@gmail.com", "email hopthu"),
    ("bare code", "mã 482913 đây", "ma somat day"),
    ("round sum is no code", "có 500000 hay 250500 đồng", "co 500000 hay 250500 dong"),
    ("link", "trang bhxh.co/abc thật không", "trang duonglink that khong"),
    ("mail", "gửi về a@b.vn", "gui ve hopthu"),
    ("emoji only", "👍👍", ""),
    ("empty", "", ""),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_rule(normalizer: Normalizer, text: str, expected: str) -> None:
    assert normalizer.words(text).text == expected


def test_swapped_letters_keep_their_marks(normalizer: Normalizer) -> None:
    words = normalizer.words("thnág vệic, luogn thangs, tuổi")
    assert words.spelled == ("tháng", "việc", "luong", "thang", "tuổi")
    assert words.mended == (("thnág", "tháng"), ("vệic", "việc"), ("luogn", "luong"), ("thangs", "thang"))


def test_chat_spellings_and_numerals_are_no_slips(normalizer: Normalizer) -> None:
    assert normalizer.words("ko dc nma quý II").mended == ()


def test_fold_is_the_same_for_both_unicode_forms() -> None:
    text = "Quên mật khẩu ứng dụng VssID, Đà Nẵng"
    assert fold(text) == fold(unicodedata.normalize("NFD", text)) == "quen mat khau ung dung vssid, da nang"


def test_only_the_start_of_a_huge_text_is_read(normalizer: Normalizer) -> None:
    words = normalizer.words("a1 " * 400_000)
    assert len(words.folded) <= LONGEST


def test_known_share_falls_with_unknown_words(normalizer: Normalizer) -> None:
    assert normalizer.words("nghi sinh").known == 1.0
    assert normalizer.words("nghi xyzw qqrst").known < 0.5
