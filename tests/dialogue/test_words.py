"""Short answers as people type them."""

import pytest

from chatbot.dialogue.word_lists import Command, Word
from chatbot.dialogue.words import command, finished, fold, negated, word


def _all(means: Word | Command | None, texts: str) -> list[tuple[str, Word | Command | None]]:
    return [(text, means) for text in texts.split("|")]


@pytest.mark.parametrize(
    ("text", "means"),
    [
        *(
            (text, Word.YES)
            for text in ("có", "co", "Còn", "con", "ok", "OK ạ", "r", "rồiii", "dc", "được rồi", "vâng ạ")
        ),
        *_all(Word.YES, "xong|xong r|Dạ xong rồi ạ|👍|✅|thôi được|đúng|dung"),
        *(
            (text, Word.NO)
            for text in ("chưa xong", "chua xong", "không được", "ko dc", "ko thay", "hok có", "k", "chưa")
        ),
        *_all(Word.UNSURE, "không biết|ko bt|chịu|k rõ|không nhớ"),
        *_all(Word.YES, "dzạ còn|ròi á|rồi, tiếp đi|xong rồi sao nữa|có, làm tiếp đi|rồi bước sau đi"),
        *_all(Word.NO, "👎|❌|éo có|đâu có"),
        *_all(Word.WAIT, "đợi chút con khóc|chờ xíu nha em|doi ti"),
        *_all(Word.GO_ON, "làm tiếp|lam tiep|tiếp|tiếp tục đi|tiep di|ok tiếp|dạ làm tiếp đi em|mình tiếp tục nhé"),
        *_all(Word.GO_ON, "rồi sao nữa|sao nữa em|z h lm j nx|giờ làm gì tiếp|tiếp theo làm gì|bước tiếp theo là gì"),
        *_all(Word.GO_ON, "qua bước sau đi|continue|next|ok next"),
        *_all(None, "cô làm tiếp cho|không tiếp tục nữa|chờ lâu quá|đổi sổ|đóng tiếp bhyt ở đâu"),
        *_all(None, "dùng|đừng|quên mật khẩu||👍 xong chưa ạ em ơi sao lâu|thôi khỏi"),
    ],
)
def test_word(text: str, means: Word | None) -> None:
    assert word(text) is means


@pytest.mark.parametrize(
    ("text", "means"),
    [
        *(
            (text, Command.CANCEL)
            for text in ("thôi", "thoi", "hủy", "huỷ", "thôi khỏi", "không làm nữa", "dừng", "khỏi")
        ),
        *(
            (text, Command.BACK)
            for text in ("quay lại", "quay lai", "bước trước", "nhầm rồi", "cho tôi quay lại bước trước")
        ),
        *_all(Command.RESTART, "làm lại từ đầu|bat dau lai|cho mình làm lại từ đầu nhé"),
        *_all(Command.REPEAT, "nói lại|gì cơ|không hiểu|nói lại giúp em với"),
        *_all(Command.WHERE, "đang ở đâu|tới bước mấy rồi vậy|bước mấy"),
        *_all(Command.HELP, "cứu|giúp với|không biết bấm đâu|bấm chỗ mô|bác không rành đâu"),
        *_all(Command.REPEAT, "răng rứa|sao vậy|sorry i don't understand"),
        *_all(None, "thôi được|thời|giá|xong|đúng|bao giờ quay lại làm việc"),
    ],
)
def test_command(text: str, means: Command | None) -> None:
    assert command(text) is means


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ko thấy mã!!", "khong thay ma"),
        ("mk GMAIL", "mat khau email"),
        ("đc r", "duoc roi"),
        ("rồiiii", "roi"),
        ("email của bác", "email cua bac"),
        ("hông thấy", "khong thay"),
        ("đk vssid", "dk vssid"),
        ("chuwa thaays rooif", "chua thay roi"),
        ("ấp 3", "ap 3"),
        ("chừ mần răng", "gio lam sao"),
        ("email là cái chi", "email la cai gi"),
        ("chi ơi mất chi phí không", "chi oi mat chi phi khong"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "is_negated"),
    [
        ("chưa xong", True),
        ("ko thay", True),
        ("xong rồi", False),
        ("có mất phí không em", False),
        ("xong chưa", True),
        ("mô có thấy chi mô", True),
        ("có thấy gì đâu", True),
        ("nút đó ở đâu", False),
        ("ở đâu có nút đó", False),
        ("gọi điện được hông con", False),
        ("email hông còn", True),
    ],
)
def test_negated(text: str, *, is_negated: bool) -> None:
    assert negated(fold(text)) is is_negated


@pytest.mark.parametrize(
    ("text", "is_report"),
    [
        ("em bấm gửi rồi", True),
        ("đã làm xong", True),
        ("mất tiền rồi", False),
        ("chưa làm xong", False),
        ("rồi sao nữa", False),
        ("gõ xong rồi nha em", True),
        ("rứa là xong hè", True),
        ("nó đi làm rồi", False),
    ],
)
def test_finished(text: str, *, is_report: bool) -> None:
    assert finished(fold(text)) is is_report
