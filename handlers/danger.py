"""What tells of a fraud that happens, or has happened, to its writer: words in a text without marks, lower case."""

import re
from functools import lru_cache
from typing import Final

from handlers.sign import shows, sign

_SOMEBODY: Final = (
    r"(?:no|ho|nguoi|thang|con do|bon|ke|ong|ba|anh|chi|co|chu|ben|tai khoan|stk|so|mot|1|hoi|page|trang"
    r"|nhan vien|can bo|shop|dich vu)"
)
_STRANGER: Final = (
    r"(?:no|ho|nguoi (?:la|ta|goi|do|khac|xung|tu xung)|thang(?! be| con)|bon|ke|can bo|cong an|nhan vien|ben do)"
)
_TO_SOMEBODY: Final = tuple(f"cho {who}" for who in _SOMEBODY.removeprefix("(?:").removesuffix(")").split("|"))
_PAST: Final = r"(?:da|vua|lo|lo tay|trot|tro|nho|moi|roi|bi|dai|ngu|lam)"
_VALUE: Final = (
    r"(?:otp|mat khau|mk|pass|ma xac (?:nhan|thuc)|can cuoc|cccd|so the|thong tin|anh (?:can|cccd)|\[\w+(?::\d+)?\])"
)
_GIVE: Final = r"(?:dua|doc|gui|cung cap|noi|bao|khai|chup|nhap)"
_MONEY_WORD: Final = r"(?:chuyen khoan|chuyen tien|chuyen coc|chuyen \d\w*|tien coc|dat coc|\bck\b|(?<!vien )\bphi\b)"
_MONEY: Final = (
    sign(
        ("lua",),
        r"\bbi lua\b(?! (?:khong|ko|dao khong)\b)"
        r"|\blua(?<!gat lua)(?<!mua lua) (?:mat|het|lay|toi|em|minh|me|bo)\b",
    ),
    sign(
        ("mat",),
        r"\bmat (?:sach|het|trang) tien\b(?! de)|\bmat tien (?:roi|trong)\b"
        r"|\bmat (?:sach |het |luon |toi |gan |hon )?(?:\d[\d.,]*\s?(?:k|tr|trieu|ty|nghin|ngan|dong|d|cu|chai)\b"
        r"|may (?:trieu|chuc))",
    ),
    sign(
        _TO_SOMEBODY,
        rf"\b{_PAST}\s(?:\w+\s){{0,2}}(?:chuyen|ck|nop|gui|dong|dat coc|nap)\s(?:khoan|tien|coc|phi|le phi"
        rf"|\d[\w.]*(?: trieu| tr| nghin| k)?)\s?"
        rf"(?:\w+\s){{0,3}}cho {_SOMEBODY}\b",
    ),
    sign(
        ("roi",),
        r"\b(?:chuyen khoan|chuyen tien|ck|dat coc|nop tien)\s(?:\w+\s){0,3}(?:roi|mat roi)\s?(?:$|gio|lam sao|thi"
        r"|phai|huhu|ma)",
    ),
    sign(
        ("chan ", "block", "doi lai", "lay lai", "xung "),
        rf"{_MONEY_WORD}.{{0,60}}\b(?:chan (?:so|zalo|em|toi|minh|roi)|block|doi lai|lay lai|xung (?:bao|bhxh|can))",
    ),
    sign(
        ("lo chuyen", "bi tru", "bi rut"),
        r"\blo chuyen \d|\bbi (?:tru|rut) (?:sach|het)\b|\b(?:tk|tai khoan|ngan hang)\s(?:\w+\s){0,4}bi (?:tru"
        r"|rut)\b(?! phi)",
    ),
    sign(
        (f"{took} {all_of_it}" for took in ("lay", "rut", "chuyen") for all_of_it in ("het", "sach", "mat")),
        r"\b(?:no|bon no|ke gian|lua dao) (?:da )?(?:lay|rut|chuyen) (?:het|sach|mat)\s(?:\w+\s){0,2}(?:tien|roi)",
    ),
    sign(("bi xu", "bi hack"), r"\bbi xu \d|\bbi hack\b.{0,30}\bmat (?:het |sach )?tien\b"),
    sign(
        ("scam", "cheated", "my money", "stranger", "fake "),
        r"\bi(?: was|'ve been| have been| got| am) (?:scammed|cheated)\b|\b(?:took|stole) (?:all )?my money\b"
        r"|\b(?:transferred|sent|paid)\b.{0,20}\b(?:scammer|stranger|fake (?:officer|page|site))\b",
    ),
)
_DATA: Final = (
    sign(
        (
            f"cho {who}"
            for who in ("no", "ho", "nguoi", "thang", "bon", "ke", "can bo", "cong an", "nhan vien", "ben do")
        ),
        rf"\b{_GIVE}\b.{{0,24}}{_VALUE}.{{0,40}}\bcho {_STRANGER}\b"
        rf"|{_VALUE}.{{0,40}}\b{_GIVE}\s(?:\w+\s)?cho {_STRANGER}\b(?:\s\w+){{0,2}}\s(?:roi|mat)\b"
        rf"|\b{_GIVE} (?:cai )?ma (?:\w+\s){{0,2}}cho {_STRANGER}\b"
        rf"|\bcho {_STRANGER}\s(?:\w+\s){{0,4}}(?:otp|mat khau|mk|ma xac|can cuoc|cccd|\[\w+)",
    ),
    sign(
        ("nhap",),
        r"\bnhap\s.{0,30}\bvao (?:cai )?(?:web|trang|link|duong link)(?: web)? (?:gia|la|no gui)\b"
        r"|\bnhap\s(?:\w+\s){0,3}(?:the|tai khoan|otp|mat khau)\s(?:\w+\s){0,2}vao (?:cai )?(?:duong )?link\b",
    ),
    sign(("qr",), r"\bquet (?:ma )?qr .{0,12}\b(?:no|nguoi ta|ho) gui\b"),
    sign(("gave",), r"\bgave (?:them|him|her|someone)\b.{0,12}\b(?:otp|password|code|id)\b"),
    sign(("otp",), r"\b(?:cho|dua|doc)\s(?:ma )?otp (?:mat )?roi"),
    sign(
        ("lo", "trot"),
        rf"\b(?:lo|trot|lo tay)\s(?:\w+\s){{0,2}}(?:cho|{_GIVE})\s(?:\w+\s){{0,4}}{_VALUE}"
        r"|\b(?:lo|trot|lo tay|lo dai)\s(?:\w+\s){0,2}(?:bam|nhan|click|kich|an|mo|vao|quet)\s(?:\w+\s){0,3}(?:link"
        r"|duong dan|ma qr)",
    ),
    sign(
        ("link",),
        r"\b(?:bam|nhan|click|an)\s(?:vo |vao |nham )?(?:cai )?(?:duong )?link\s(?:\w+\s){0,2}(?:la|do|no gui"
        r"|trong tin)\b",
    ),
)
_APP: Final = r"(?:app|ung dung|apk|phan mem|file)"
_REMOTE: Final = (
    sign(
        ("app", "ung dung", "apk", "phan mem", "file"),
        rf"\b(?:tai|cai|cai dat)\s(?:\w+\s){{0,3}}{_APP} la(?=\s*(?:$|[,.!?]|roi|ve|vao|gio|co sao|lam sao|thi|nen))"
        rf"|\b(?:lo|trot|da|vua)\s(?:\w+\s){{0,2}}(?:tai|cai)\s(?:dat )?(?:\w+\s){{0,2}}{_APP}\s(?:\w+\s){{0,3}}(?:la"
        rf"|gui|link|gia|apk)\b"
        rf"|\b(?:lo|trot)\s(?:\w+\s){{0,2}}(?:tai|cai)\s(?:dat )?(?:\w+\s){{0,2}}{_APP}\b",
    ),
    sign(
        ("dieu khien", "bi chiem", "khoa man hinh"),
        r"(?:dang |bi )(?:\w+\s){0,3}dieu khien (?:tu xa|dien thoai|may)"
        r"|dien thoai (?:\w+\s){0,2}bi (?:chiem|dieu khien|khoa man hinh)",
    ),
    sign(
        ("teamviewer", "anydesk", "ultraview"),
        r"\b(?:teamviewer|anydesk|ultraview\w*)\b.{0,40}\b(?:roi|cai|bat|bao)\b",
    ),
)
_THREAT: Final = sign(
    ("doa", "bat"),
    r"\b(?:de |ham )?doa (?:\w+\s){0,2}(?:bat|khoa|cat|kien|phat|giet|bo tu|dua ra)\b"
    r"|\b(?:no|ho|bon no)\s(?:\w+\s){0,2}bat\s(?:\w+\s){0,3}(?:dong|nop|chuyen)\s(?:phi|tien|khoan|phat|coc|them tien)",
)
_HARMLESS: Final = re.compile(
    r"\b(?:so|tranh|phong|keo|de khong|co|lieu|neu|chua|khong|ko)\s(?:\w+\s){0,2}bi (?:lua|mat|tru|doa)\b|\bco lua\b"
    r"|\bchua (?:\w+\s){0,3}(?:chuyen|mat|dua|bam|cho|bi|doc|gui|cai|tai)\b|\bmat tien (?:khong|ko|k|hong|gi)\b"
    r"|\b(?:co nen|doi|keu|bao|yeu cau|bat|dung|bao gio) (?:\w+\s){0,3}(?:dua|doc|gui|cung cap|chup|bam|cai|tai)\b"
    r"|\b(?:nop tien|chuyen khoan|chuyen tien|dong tien)\s(?:(?:dong|mua|de|tien|phi|vao)\s){0,3}"
    r"(?:bhxh|bhyt|bao hiem)\b"
    r"|\b(?:chuyen khoan|chuyen tien) nham\b|\bmat (?:phi|bao nhieu|may)\b|\b(?:chu|chu no|cong ty"
    r"|sep) (?:\w+\s)?(?:doa|lua)\b|\b(?:xin|cap|de) lai mat khau\b"
    r"|\bcho (?:\w+\s){0,2}(?:can bo|dai ly|nhan vien) (?:thu|xa|o xa|phuong|bhxh|bao hiem)\b(?! gia)"
    r"|\b(?:bhxh|co quan|cong ty|luong huu|che do|thai san|that nghiep)\s(?:\w+\s){0,4}(?:chuyen|chi|tra)\b"
)
_HANDED: Final = r"(?:dua|doc|gui|cung cap|noi|khai|chup|nhap|cho|quay|share|chia se|quet|dien|cai|tai|lam theo|chuyen)"
_DONE: Final = re.compile(
    rf"\b(?:da|lo|vua|trot|moi)\s(?:\w+\s){{0,2}}{_HANDED}\b|\b{_HANDED}\s(?:\w+\s){{0,6}}(?:roi|mat(?! khau))\b"
)
"""The writer did what was asked."""
_CHEAT: Final = re.compile(
    r"\b(?:cho (?:no|ho|thang|bon)|(?:no|ho) (?:goi|xin|hoi|huong dan|nhan tin|ket ban|du|lua|doa)|nguoi (?:la|goi|do)"
    r"|ke (?:la|gian|xau)|(?:bon|chung) no|xung|gia danh|lua dao"
    r"|(?:trang|web|page|app|link|so|can bo|nhan vien)(?:\s\w+){0,2} (?:gia|la|no gui))\b"
    r"|\[sdt\] (?:\w+ ){0,2}(?:goi|nhan tin|nt)\b"
)
"""Somebody who has no business with the writer."""
_PRIZE: Final = re.compile(
    rf"{_VALUE}|\b(?:ma otp|ma pin|the atm|so the|stk|so tai khoan|tai khoan ngan hang|khuon mat|man hinh"
    rf"|van tay|ma qr)\b"
)
_MACHINE_SAYS: Final = re.compile(
    r"\b(?:no|may|he thong|app|vssid|ho|bhxh|tong dai)\s(?:da |moi |vua |chua )?(?:gui|hien|bao|doc|cho"
    r"|cap)\b[^,.]{0,40}"
    r"(?:\b(?:ve|vao|qua|cho) (?:toi|em|minh|chau|bac|email|mail|may|dien thoai)\b|\bve\b)"
)
"""What the computer sent to the writer is no loss: "nó gửi mã OTP về email rồi"."""
_TAKEN: Final = sign(
    (
        "lay",
        "chiem",
        "hack",
        "danh cap",
        "mat roi",
        "mat tieu",
        "ma xac",
        "gave",
        "told",
        "sent",
        "read",
        "transferred",
        "paid",
    ),
    rf"\b(?:no|ho|nguoi la|bon no|ke gian|chung no)\s(?:da )?(?:lay|chiem|hack|danh cap)\s(?:duoc |mat |het )?"
    rf"(?:\w+\s){{0,2}}(?:{_VALUE}|tai khoan|khuon mat|dien thoai)"
    rf"|\b(?:gui|dua|doc|cho|noi|cung cap)\s(?:ma )?(?:otp|mat khau|ma xac (?:nhan|thuc)|\[otp:\d\]) mat (?:roi|tieu)"
    r"|\btoi (?:da |lo )(?:cho|dua|doc|noi) (?:no |ho )?ma xac (?:nhan|thuc)\b"
    r"|\b(?:gave|told|sent|read)\b.{0,12}\b(?:otp|password|code|pin|id card)\b.{0,12}\bto (?:a|an|the"
    r"|some|him|her|them)\w*"
    r"|\b(?:sent|transferred|paid)\b.{0,12}\bmoney to (?:a |the )?(?:caller|scam|stranger|him|her|them)",
)
_PAYING: Final = (
    sign(("lua",), r"\blua\s(?:\w+\s){0,2}(?:chuyen|nop|dong|dat coc|mat)\b"),
    sign(
        ("mat",),
        r"\bmat(?<!co mat)(?<!hay mat)(?<!de mat)(?<!khong mat)(?<!so mat) (?:het |sach )?tien\s?$",
    ),
    sign(("lo", "trot"), r"\b(?:lo|trot)\s(?:\w+\s){0,1}(?:chuyen|ck|nop|dat coc)\s(?:cho|tien cho|khoan|coc|\d)"),
    sign(
        (f"cho {what}" for what in ("cai", "trang", "page", "nick", "nhom", "dich vu", "tai khoan")),
        r"\b(?:dong|nop|chuyen|ck)\s(?:\w+\s){1,5}cho (?:cai )?(?:trang|page|nick|nhom|dich vu"
        r"|tai khoan) (?:do|kia|nay|ay)\b",
    ),
)
_ABOUT_TO_PAY: Final = re.compile(
    r"\b(?:sap|chuan bi|dang dinh|dinh|dang)\s(?:\w+\s)?(?:chuyen|rut|nop)\s(?:tien|khoan)\b"
)
_TAKEN_OVER: Final = sign(
    ("dieu khien", "chiem quyen", " tu ", "man hinh"),
    r"\bbi (?:\w+\s){0,3}(?:dieu khien|chiem quyen)\b|\b(?:dien thoai"
    r"|may)(?: \w+){0,2} tu (?:dong )?(?:chay|bam|mo|chuyen"
    r"|nhay|thao tac)\b|\b(?:share|chia se)\s(?:\w+\s)?man hinh\b",
)
_BY_LINK: Final = sign(
    ("link", "file", "zalo", "tin nhan"),
    rf"\b(?:tai|cai)(?: dat)?\s(?:\w+\s){{0,4}}(?:{_APP}|vssid|vneid)\s(?:\w+\s){{0,3}}(?:qua|bang|tu|theo|o)\s"
    r"(?:cai )?(?:duong )?(?:link|file|zalo|tin nhan)\b",
)
_OR_ELSE: Final = re.compile(
    r"\b(?:khong|ko|neu khong|k)\s(?:\w+\s)?(?:chuyen|nop|dong|lam"
    r"|cap nhat)\b.{0,30}\bthi\s(?:\w+\s){0,2}(?:bat|khoa|cat|kien|phat)\b"
)
_ERASE: Final = sign(("xoa", "gui nham"), r"\bxoa\b|\bgui nham\b")
_PAID_LINE: Final = sign(
    ("goi", "1900", "1800"),
    r"\b(?:goi|bam|tong dai)\b.{0,40}\b1[89]00.{0,60}\b(?:mat|ton|tru|tinh|het)\b"
    r"|\b1[89]00.{0,60}\b(?:mat|ton|bi tru|tru|het)\b"
    r"|\bgoi (?:\w+\s)?(?:tong dai|so|hotline)\b.{0,40}\b(?:mat|ton|bi tru|het)\s(?:\w+\s){0,2}(?:\d\w*|tien|may)",
)


_FEW: Final = 8
_REMEMBERED: Final = 1024
"""Texts, masked as ever, whose judgement is kept: many people send the same."""
_NOT_YET: Final = re.compile(r"\b(?:chua|khong|ko|k|chang|dau co)\b")
_NOT_DONE: Final = re.compile(
    rf"^(?:da )?(?:(?:toi|em|minh|chau|bac|co|tui) )?(?:chua|khong|ko|dau co)(?: (?:kip|co))?(?: {_HANDED}\b.*)?$"
)
_FEWER: Final = 6
_SUM: Final = r"\d[\d.,]*\s?(?:k|tr|trieu|nghin|ngan|dong)\b"
_FREE: Final = r"\b(?:mat khau|mk|vssid|cap lai|lay lai|mo khoa|kich hoat tai khoan)\b"
_DEAR_CALL: Final = sign(
    ("goi",),
    rf"\bgoi\b.{{0,40}}\b(?:tong dai|hotline|so|dau so)\b.{{0,60}}\b(?:mat|ton|bi tru|tru|het)\s"
    rf"(?:\w+\s){{0,3}}?{_SUM}",
)
_OURS_OR_ASKED: Final = re.compile(r"\b1900[. ]?90[. ]?68\b|\bbao nhieu\b|\b(?:khong|ko|k|phai khong|dung khong)\W*$")
_SELLER: Final = (
    r"(?:\b(?:no|ho|nguoi|ben (?:do|kia)|trang|page|nick|dich vu|zalo|facebook|fb|tiktok|thang (?:do|kia)"
    r"|tai khoan|so (?:la|dt|dien thoai)|goi)\b|\[sdt\])"
)
_BAIT: Final = sign(
    ("mat khau", "mk", "vssid", "cap lai", "lay lai", "mo khoa", "kich hoat tai khoan"),
    rf"{_SELLER}.{{0,30}}\b(?:doi|bat|keu|bao|yeu cau|thu)\b.{{0,20}}(?:\b(?:chuyen|nop|dong|coc|phi"
    rf"|tien)\b|{_SUM}).{{0,40}}{_FREE}"
    rf"|{_SELLER}.{{0,60}}{_FREE}.{{0,30}}\b(?:lay|gia|phi|thu|doi|dong|ton)\s(?:\w+\s)?{_SUM}",
)


def looks_like_emergency(folded: str) -> bool:
    """Does a text (lower case, no diacritics) tell of a fraud that happens or has happened to its writer?

    A line that was only dear to call is not one: see `is_paid_line`.
    """
    return danger(folded) is not None


def is_paid_line(folded: str) -> bool:
    """Did the writer call a dear number that passes for ours?"""
    return _PAID_LINE.stands_in(folded) and re.search(r"chuyen (?:khoan|tien)|\bck\b|otp", folded) is None


def is_dear_call(folded: str) -> bool:
    """Did a call to some "hotline" cost the writer a sum: "gọi tổng đài trên mạng bị trừ 250 nghìn"?

    Our own line costs money too, and what it costs is a question of its own.
    """
    return _DEAR_CALL.stands_in(folded) and is_paid_line(folded) and _OURS_OR_ASKED.search(folded) is None


def is_bait(folded: str) -> bool:
    """Does somebody want money for what is free: "nó đòi 900k mới cấp mật khẩu"?"""
    return _BAIT.stands_in(folded) and not _PAID_LINE.stands_in(folded)


def is_confession(folded: str) -> bool:
    """A few words after a warning: "gửi mất rồi", "lỡ chuyển rồi"."""
    return len(folded.split()) <= _FEW and _DONE.search(folded) is not None and _NOT_YET.search(folded) is None


def is_denial(folded: str) -> bool:
    """A few words after a warning: "chưa", "tôi chưa đọc", "chưa gửi gì hết"."""
    return len(folded.split()) <= _FEWER and _NOT_DONE.search(folded) is not None


@lru_cache(maxsize=_REMEMBERED)
def danger(folded: str) -> str | None:
    """The first aid that fits, as a phrase's key."""
    if is_paid_line(folded) or _ERASE.stands_in(folded):
        return None
    if shows(_REMOTE, folded):
        return "safety.remote"
    rest = _HARMLESS.sub(" ", folded)
    cheat = _CHEAT.search(rest) is not None
    if _remote(folded, rest, cheat=cheat):
        return "safety.remote"
    if shows(_MONEY, rest) or shows(_DATA, rest) or _TAKEN.stands_in(rest) or shows(_PAYING, rest):
        return "safety.victim"
    if cheat and (_gave(rest) or _ABOUT_TO_PAY.search(rest)):
        return "safety.victim"
    return "safety.threatened" if _THREAT.stands_in(rest) or (cheat and _OR_ELSE.search(rest)) else None


def _remote(folded: str, rest: str, *, cheat: bool) -> bool:
    """A strange application is on the phone, or somebody else moves it."""
    by_link = _BY_LINK.stands_in(folded) and _DONE.search(rest) is not None
    moved = _TAKEN_OVER.stands_in(rest) and (cheat or "link" in rest or "tien" in rest or "dieu khien" in rest)
    return by_link or moved


def _gave(rest: str) -> bool:
    """Something that opens an account was handed to whoever asked for it."""
    done = _MACHINE_SAYS.sub(" ", rest)
    return _PRIZE.search(done) is not None and _DONE.search(done) is not None
