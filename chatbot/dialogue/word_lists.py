"""The short words themselves, as citizens type them: one list per answer and per command."""

from enum import StrEnum
from typing import Final


class Command(StrEnum):
    """What a citizen may say at every step."""

    BACK = "back"
    CANCEL = "cancel"
    RESTART = "restart"
    REPEAT = "repeat"
    WHERE = "where"
    HELP = "help"


class Word(StrEnum):
    """The short answers."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    WAIT = "wait"
    GO_ON = "go_on"


def _lines(text: str) -> frozenset[str]:
    return frozenset(" ".join(said.split()) for said in text.replace("\n", "|").split("|") if said.strip())


AGREED: Final = frozenset({"thoi duoc", "thoi duoc roi", "thoi cung duoc"})
WORDS: Final = {
    Word.YES: _lines("""
        có | còn | ok | được | vâng | dạ | dạ vâng | vâng ạ | ừ | ừm | uh | um | uk | ờ | ừ ừ | đúng
        đúng rồi | đồng ý | có ạ | có rồi | còn ạ | rồi | yes | y | yeah | yep | sure | thôi được
        thôi được rồi | thôi cũng được | ok rồi | ok em | ok bạn | được rồi | được ạ | xong | xong rồi
        đã xong | làm xong | làm xong rồi | làm rồi | bấm rồi | nhấn rồi | gửi rồi | gõ rồi | nhập rồi
        mở rồi | rồi nhé | done | finished | it works | it worked
        i did | xong xuôi | chuẩn | vẫn còn | còn dùng | có dùng | ok xong | roi xong
    """),
    Word.NO: _lines("""
        không | chưa | chưa xong | không được | chưa được | không thấy | chưa thấy | không có | chưa có | no
        nope | not yet | still no | it does not work | doesn t work | chưa ạ
        không ạ | hết rồi | chưa làm được | không làm được | không xong
        vẫn không được | vẫn chưa được | vẫn chưa | vẫn không | chưa nhận được | không nhận được | đâu có
        có đâu | vẫn không thấy | vẫn chưa thấy
    """),
    Word.UNSURE: _lines("""
        không biết | không rõ | chịu | em chịu | tôi chịu | không nhớ | không chắc | chẳng biết
        không biết nữa | biết đâu | hình như | chưa rõ | không biết luôn | không biết gì | i dont know
        i don t know | not sure | no idea
    """),
    Word.WAIT: _lines("""
        đợi chút | đợi tí | đợi em | đợi tôi | đợi bác | chờ chút | chờ tí | từ từ | đang làm | để em làm
        để tôi làm | để bác làm | để làm thử | để thử | đợi chút nhé | wait | one moment | hold on
    """),
}
COMMANDS: Final = {
    Command.CANCEL: _lines("""
        hủy | huỷ | hủy bỏ | thôi | thôi khỏi | thôi khỏi đi | khỏi | khỏi đi | khỏi cần | dừng lại | ngừng
        không làm nữa | thôi không làm nữa | không cần nữa | không cần | để sau | để lúc khác | lúc khác
        để mai | bỏ đi | nghỉ
        đéo làm nữa | đếch làm nữa | chả làm nữa | không thèm làm nữa | stop | cancel
        thôi để sau | thôi vậy | thoát | quit | exit
        thôi không cần | thôi kệ | kệ đi
    """),
    Command.BACK: _lines("""
        quay lại | lui lại | lùi lại | bước trước | nhầm rồi | nhầm | nhầm bước | trở lại | back | go back
        lùi | về bước trước | bấm nhầm | bấm nhầm rồi
    """),
    Command.RESTART: _lines("""
        làm lại từ đầu | bắt đầu lại | reset lại | từ đầu | lại từ đầu | restart | start over | start again
        begin again | làm lại hết
    """),
    Command.REPEAT: _lines("""
        nói lại | nói lại đi | gì cơ | gì | hả | không hiểu | chưa hiểu | đọc lại | nhắc lại
        nói dễ hiểu hơn | khó hiểu | nói chậm thôi | what | repeat | là sao | sao cơ | không hiểu gì
        chả hiểu gì | chẳng hiểu gì
        vẫn không hiểu | vẫn chưa hiểu | không hiểu gì hết | không hiểu gì cả
        nói lại xem nào | sao | i dont understand | i don t understand
    """),
    Command.WHERE: _lines("""
        đang ở đâu | tới bước mấy | đang ở bước mấy | bước mấy rồi | đến bước mấy rồi | tới đâu rồi
        đến đâu rồi | đang bước mấy | bước mấy | where am i | which step
    """),
    Command.HELP: _lines("""
        cứu | giúp | giúp với | giúp tôi | giúp em | cứu với | không biết bấm đâu | bấm đâu | bấm vào đâu
        bấm chỗ nào | help | trợ giúp | không biết làm | không biết làm sao | làm sao đây | giờ làm sao
        không biết bấm vào đâu | bấm chỗ đâu | bấm ở đâu | bấm nút nào | bấm cái nào | nhấn vào đâu | nhấn chỗ nào
        ấn vào đâu
    """),
}
INSIDE: Final = {
    Command.RESTART: ("lai tu dau", "bat dau lai"),
    Command.BACK: ("quay lai buoc", "lui lai buoc", "ve buoc truoc", "lui ve"),
    Command.WHERE: ("buoc may roi", "dang o buoc may", "toi buoc may"),
    Command.REPEAT: (
        "noi lai",
        "nhac lai",
        "noi de hieu",
        "chua hieu lam",
        "khong hieu lam",
        "van khong hieu",
        "khong hieu gi",
        "i don t understand",
        "i dont understand",
    ),
    Command.CANCEL: ("khong lam nua", "thoi khoi", "deo lam", "chan khong lam"),
    Command.HELP: ("khong biet bam", "khong ranh", "khong biet xai", "khong biet dung"),
}
MARKED_COMMANDS: Final = {"dừng": Command.CANCEL, "dừng ạ": Command.CANCEL}
NOT_YES: Final = frozenset({"dùng", "đừng", "dừng", "cô", "cố", "cỏ"})
NOT_A_COMMAND: Final = frozenset({"thời", "thổi", "khối", "khói", "lụi", "già", "giá", "gỉ"})
"""Words that fold to an answer or a command and mean something else."""
FILLERS: Final = _lines("""
        toi | minh | em | bac | co | chu | chau | bi | lo | roi | cho | hoi | lam | sao | gio | thi | cua | giup | gium
        voi | muon | can | xin | phai | the | nao | cach | app | ung | dung | vssid | tai | khoan | a | oi | da | vang
        nhe | s | h | z | j | gi | vay | luon | nua | het | di | day | ne | con | duoc | i | my | the | help | please
    """)
"""Words that change nothing about "quên mật khẩu"."""
STEP_VERBS: Final = frozenset(
    [
        "lam",
        "bam",
        "nhan",
        "go",
        "nhap",
        "gui",
        "mo",
        "thay",
        "vao",
        "xong",
        "duoc",
        "co",
        "tai",
        "cai",
        "dang",
        "cap",
        "nhat",
        "email",
        "ma",
        "chon",
        "doi",
    ]
)
NOT_A_STEP: Final = frozenset(
    ["tien", "khoan", "lua", "khoa", "muon", "dau", "sao", "gi", "nao", "quen", "het", "hong"]
)
