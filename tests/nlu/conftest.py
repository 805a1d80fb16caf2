"""A small understanding of six intents, trained in a second, and the real lexicon."""

from pathlib import Path

import pytest

from chatbot.nlu.lexicon import Lexicon, load_lexicon
from chatbot.nlu.model import NOWHERE, Model
from chatbot.nlu.normalize import Normalizer
from chatbot.nlu.places import Places, load_places
from chatbot.nlu.train import train

INTENTS = Path(__file__).parents[2] / "intents"

SMALL: dict[str, tuple[str, ...]] = {
    "nghi_sinh": (
        "sinh con được nghỉ mấy tháng",
        "đẻ xong nghỉ bao lâu",
        "em bầu sắp sinh nghỉ được mấy tháng",
        "nghi thai san may thang",
        "vợ tôi sinh đôi được nghỉ bao lâu",
        "thời gian nghỉ sinh là mấy tháng vậy ạ",
    ),
    "tien_sinh": (
        "tiền thai sản tính thế nào",
        "sinh con được bao nhiêu tiền",
        "đẻ được lãnh nhiêu",
        "tien thai san bao nhieu",
        "lương 8 triệu sinh con được mấy đồng",
        "mức hưởng thai sản tính sao ạ",
    ),
    "giay_to_sinh": (
        "hồ sơ thai sản gồm những gì",
        "sinh con cần giấy tờ gì",
        "nop giay gi de huong thai san",
        "ho so thai san can gi",
        "làm thai sản phải nộp giấy khai sinh không",
        "giấy tờ hưởng chế độ sinh con",
    ),
    "tuoi_huu": (
        "bao nhiêu tuổi được nghỉ hưu",
        "tuổi về hưu năm nay",
        "nữ mấy tuổi thì hưu",
        "nam 61 tuoi nghi huu duoc chua",
        "tuoi nghi huu la bao nhieu",
        "sinh năm 1966 bao giờ về hưu",
    ),
    "quen_mat_khau": (
        "quên mật khẩu vssid",
        "mất mk bảo hiểm số lấy lại sao",
        "quen mat khau roi",
        "không nhớ mật khẩu đăng nhập",
        "lay lai mat khau vssid",
        "vào vssid nó đòi mật khẩu mà quên mất",
    ),
    NOWHERE: (
        "hôm nay trời đẹp",
        "bán sim số đẹp",
        "tỷ số trận tối qua",
        "nấu phở thế nào",
        "giá vàng hôm nay",
        "mua vé tàu ở đâu",
    ),
}


def small_examples() -> list[tuple[str, str]]:
    """The small training texts."""
    return [(intent, text) for intent, texts in SMALL.items() for text in texts]


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The lexicon of the product."""
    return load_lexicon(INTENTS)


@pytest.fixture(scope="session")
def places() -> Places:
    """The gazetteer of the product."""
    return load_places(INTENTS)


@pytest.fixture(scope="session")
def normalizer(lexicon: Lexicon) -> Normalizer:
    """A normaliser that knows a few words from training texts."""
    known = (
        "khong duoc bao hiem thang nam tien ngay dong luong nghi sinh viec cong ty mat khau tong dai huu lay lai quen"
        " hom tuan tang nay"
    )
    return Normalizer(lexicon, known.split())


@pytest.fixture(scope="session")
def small_model(lexicon: Lexicon) -> Model:
    """Trained on `SMALL`."""
    return train(small_examples(), lexicon, high_risk=frozenset({"tien_sinh"}))
