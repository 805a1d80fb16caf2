"""The shape of every guarded value, over the shadow of a text (lower case, no marks). Nothing else knows them.

Classes and exceptions: reset-flow specification, section 7.1.
"""

import re
from typing import Final

# -- what tells that a text may hold something at all ------------------------------------------------------------------

SPELLED_DIGIT: Final = r"(?:khong|ko|zero|mot|hai|ba|bon|tu|nam|sau|bay|tam|chin)"
_KEYWORD: Final = (
    r"(?:ma{1,2}[uj\d]{0,2}t?[jk\d]{0,2}[\s_\-.]{0,2}kha{1,2}[r\d]{0,2}u[r\d]{0,2}|m\.?\s?kh?au|\bmat khu\b|\bmk\b"
    r"|\bm k\b(?=\s{0,2}(?:[:=]|la\b))|\bmat ma\b(?=[^.\n]{0,40}(?:\bla\b|[:=#@]))"
    r"|\bp[a@]ss?(?:\s?w[oa]r[dk]|wd|code)?\b"
    r"|\bp[/.]?wd?\b|\bm\.k\b|\bma\s+pin\b|\bpin\s+code\b)"
)
SUSPECT: Final = re.compile(
    rf"[\d@]|{_KEYWORD}|(?:\b(?:{SPELLED_DIGIT}|muoi)\b[\s,.\-]{{0,3}}){{4}}"
    r"|gmail|yahoo|hotmail|outlook|icloud"
)
"""No match: nothing to mask (the way of most messages)."""

# -- tokens, links, addresses ------------------------------------------------------------------------------------------

TOKEN: Final = re.compile(r"\[(?:CCCD|MASO|SDT|OTP(?::\d{1,2})?|MATKHAU|EMAIL|TAIKHOAN|HOCHIEU)\]")
"""A value masked earlier; over the text itself, not the shadow."""
_TLD: Final = (
    r"(?:vn|com|net|org|info|biz|co|me|io|app|xyz|top|site|online|shop|club|vip|cc|link|page|live|asia|tk|ml|ga"
    r"|cf|gq|ly|us|cn"
    r"|ru|pw|icu|fun|store|website|space|life|pro|dev|to|gd|gl|la|ws|tv|mobi|name|cloud|tech|world|win|bid|loan"
    r"|work|click"
    r"|gov|edu|icu|cfd|sbs|bond|id|in|eu|uk|jp|kr|sg|hk|tw|th|my|kh|de|fr|ai|ink|red|one|zone|today|buzz|monster"
    r"|rest|wang|ltd)"
)
LINK: Final = re.compile(
    rf"(?:https?://|hxxps?://|www\.)[^\s<>\"'\x00]{{2,2000}}"
    rf"|(?<![\w@.\-])(?:[^\W_](?:[\w\-]{{0,62}})\.){{1,8}}{_TLD}(?::\d{{1,5}})?(?![\w\-@])"
    r"(?:[/?#][^\s<>\"'\x00]{0,2000})?",
    re.IGNORECASE,
)
"""A web address with or without its scheme; over the text itself."""
_MAILBOXES: Final = r"(?:gmail|yahoo|hotmail|outlook|icloud|ymail)"
_MAIL_HOST: Final = (
    rf"(?:{_MAILBOXES}\b"
    r"|[a-z0-9\-]{2,63}(?:\s?\.\s?[a-z0-9\-]{2,63}){0,3}\.\s?[a-z]{2,24}\b)"
)
MAIL_HINT: Final = re.compile(r"@|mail|yahoo|hotmail|outlook|icloud")
_NO_NAME: Final = r"(?:email|mail|gmail|hay|hoac|va|duoi|cua|dung|la|co)"
EMAIL: Final = re.compile(
    rf"(?<![\w.+\-])(?!{_NO_NAME} |ten\s?@\s?gmail\.com\b)[\w.+\-]{{1,128}}"
    rf"(?=@\s?{_MAIL_HOST}|\s@\s?(?:{_MAILBOXES}\b|[a-z0-9\-]{{2,63}}\.{_TLD}\b))"
)
SPOKEN_EMAIL: Final = re.compile(
    r"(?<![\w.+\-%])(?:[\w.+\-]{1,127}?\w"
    r"(?:\s{0,2}(?:\(at\)|\[at\]|[a@] cong|acong|[a@] moc|[a@] vong|\bat|#)\s{0,2}|(?=gmail\.com))"
    r"|(?=[\d.]{0,63}[a-z])(?=[a-z.]{0,63}\d)[\w.+\-]{2,64}\s{1,2}(?:cong\s)?)"
    r"(?=(?:gmail|yahoo|hotmail|outlook|icloud)\b)"
)
NAMED_EMAIL: Final = re.compile(
    r"(?:e-?mail|\bmail|gmail|yahoo)(?:\s+(?:cua|toi|em|minh|chi|anh|bac|chau|con|cu|moi|dang ky|dk|ten|nick)\b){0,4}"
    r"\s{0,2}(?:\b(?:la|laf)\b|[:=])?\s{0,2}(?P<value>(?=[\d._\-]{0,40}[a-z])(?:[a-z._\-]{0,40}\d){2}[\w.\-]{0,60}\w|[a-z]{3,40}\d{2,12})"
    r"(?![\w@]|\.[a-z])"
)
"""The name of a mailbox without its host: "gmail của tôi là hungtran1970"."""
URL_SECRET_KEY: Final = re.compile(
    r"(?:otp|pass|pwd|pw|mk|matkhau|token|code|ma|pin|cccd|cmnd|sdt|phone|tel|mobile|email|mail|stk|key|secret"
    r"|sid|session)"
    r"[a-z_]{0,12}"
)
PAGE_ID_HOST: Final = re.compile(
    r"(?:^|[./@])(?:facebook|fb|zalo|zaloapp|messenger|m\.me|tiktok|youtube)\.(?:com|me|vn)"
)

# -- passwords ---------------------------------------------------------------------------------------------------------

_FILLER: Final = (
    r"(?:vssid|vneid|zalo|facebook|gmail|email|mail|app|ung dung|tai khoan|tk|acc|dang nhap|cua|toi|em|minh|tui"
    r"|anh/chi|anh|chi|chau|con|me"
    r"|bo|ba|ong|moi|cu|hien tai|mac dinh|day|ne|nay|nha|nhe|a|thi|dang|dung|dat|doi|lai|cho|duoc|cap|gui|ve|bhxh"
    r"|so|wifi|bi mat|no|ho|he thong|may|vua|nhan|trong|tren|qua|thu|tam|tam thoi|e|bao|nguoi ta|chong|vo|chi"
    r"|ngan hang|the atm|atm)"
)
PASSWORD_NAME: Final = re.compile(rf"(?={_KEYWORD})")
"""Every place where a password is named; the patterns below begin at one, but for `PASSWORD_AFTER`."""
PASSWORD_GIVEN: Final = re.compile(
    rf"{_KEYWORD}(?P<filler>(?:\s+{_FILLER}\b){{0,7}})\s{{0,3}}"
    rf"(?P<link>\b(?:la|laf|thanh|sang|is)\b\s{{0,2}}[:=]?|[:=]{{1,2}}|->|=>"
    rf"|-(?=\s))?\s{{0,3}}[\"'“(]{{0,2}}(?P<value>[^\s\x00\"'”]{{1,128}})"
)
PASSWORD_NAMED: Final = re.compile(
    rf"{_KEYWORD}(?:\s+[a-z/]{{1,9}}){{1,7}}?\s{{0,2}}(?:\s(?:la|laf|thanh|sang)\b\s{{0,2}}[:=]?"
    rf"|[:=])\s{{0,3}}[\"'“(]?"
    r"(?P<value>(?=[^\s\x00]{0,127}\d)[^\s\x00\"'”]{4,128})"
)
"""The same with other words between: "mật khẩu của chồng chị là ..."."""
PASSWORD_QUOTED: Final = re.compile(
    rf"{_KEYWORD}(?:\s+{_FILLER}\b){{0,7}}\s{{0,3}}(?:\b(?:la|laf|thanh|is)\b|[:=])[\s:]{{0,3}}[\"“](?P<value>[^\"”\x00\n]{{6,64}})[\"”]"
)
"""Several words between quotation marks: mật khẩu là "hoa hong do"."""
PASSWORD_TWO_WORDS: Final = re.compile(
    rf"{_KEYWORD}(?:\s+{_FILLER}\b){{0,7}}\s{{0,3}}(?:\b(?:la|laf)\b\s?:?|[:=])\s{{0,3}}"
    r"(?P<value>(?!(?:gi|j|bao|sao|so|tu|qua|cua|gui|nhan|goi|dung|sai|khong|ko|co|do|nao|nhu|chi) )"
    r"[a-z]{2,12} (?!8079|8179|5656)\d{4,8})(?![\d.,/%]|\s?(?:d|k|dong|trieu|ky)\b)"
)
"""A name and its number: "mật khẩu là Huong 1985"."""
PASSWORD_AFTER: Final = re.compile(
    r"(?<!\S)[\"'“(]?(?P<value>(?=[a-z]{0,63}\d)(?=\d{0,63}[a-z])[a-z\d]{6,32})[\"'”)]?"
    r"\s+(?:co phai|co dung|phai|dung|la|lam|khong phai)"
    rf"(?:\s+la)?\s+{_KEYWORD}"
)
"""The value before the word: "tuan1990 có phải mật khẩu không"."""
PASSWORD_BIRTHDAY: Final = re.compile(
    rf"{_KEYWORD}(?:\s+[a-z]{{1,9}}){{0,7}}?\s+(?:sinh nhat|ngay sinh|nam sinh)(?:\s+[a-z]{{1,9}}){{0,3}}?[\s:=]{{1,3}}"
    r"(?P<value>\d[\d/.\-]{3,9})(?!\d)"
)
"""A password that is a birthday, told as one."""
OR_ELSE: Final = re.compile(r"\x00\s{1,2}(?:hoac|hay)(?:\sla)?\s{1,2}(?P<value>[a-z]{3,20}\d{2,8})(?!\S)")
"""A second guess beside a masked password."""
PAIRED: Final = re.compile(r"\x00\s{0,3}[/|]\s{0,3}(?P<value>(?=\S{0,63}\d)(?=\S{0,63}[a-z])[^\s\x00]{4,64})")
"""What stands after a slash behind a masked number: account / password."""
MIXED_INSIDE: Final = re.compile(
    r"(?<![^\s(\"':])(?!\d{1,5}/)(?!\S{0,63}\d{9})(?=[^\s@#]{0,63}[a-z])(?=\S{0,63}\d)"
    r"[^\s\x00@#][^\s\x00]{0,62}[@#$^&*~!][^\s\x00]{0,62}[a-z\d!](?![^\s.,;:?)\"'])"
)
"""A word of letters, digits and a strong symbol inside: nobody writes that but as a password."""
MIXED_BANG: Final = re.compile(r"(?<![^\s(\"':])(?P<value>[a-z]{2,20}\d{3,12}[!@#$*])(?![^\s.,;:?)\"'])")
BIRTHDAY: Final = re.compile(r"\d{1,2}([/.\-])\d{1,2}\1(?:19|20)?\d\d")
SYLLABLE: Final = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|dd|[bcdghklmnprstvxfjzw])?[aeiouyw]{1,4}[sfrxj]?(?:ch|ng|nh"
    r"|[cmnpt])?[sfrxj]?[jz]?"
)
"""A Vietnamese syllable, also as Telex leaves it."""
ORDINARY: Final = frozenset(
    [
        "email",
        "gmail",
        "mail",
        "vssid",
        "vneid",
        "facebook",
        "zalo",
        "app",
        "wifi",
        "website",
        "password",
        "username",
        "hotline",
        "cccd",
        "cmnd",
        "bhxh",
        "bhyt",
        "chat",
        "link",
        "google",
        "android",
        "iphone",
        "samsung",
        "internet",
        "online",
        "offline",
        "admin",
        "user",
        "login",
        "nhiu",
        "nhìu",
        "pass",
        "code",
        "thoi",
        "maya",
        "token",
        "face",
        "yahoo",
        "messenger",
        "number",
        "vietcombank",
        "agribank",
        "bidv",
        "sacombank",
        "hotmail",
        "outlook",
        "what",
        "correct",
        "wrong",
        "please",
        "help",
        "forgot",
        "lost",
        "does",
        "your",
        "the",
    ]
)
CAMEL_CODE: Final = re.compile(r"(?=\w*[a-z]\w*[A-Z])(?=\w*\d\w*[A-Za-z])[A-Za-z\d]{6,20}")
"""Over the text itself: small and capital letters with digits among them, as a machine makes passwords."""
LABELLED_NUMBER: Final = re.compile(r"[a-z]{1,8}:[\d.\-+]{4,20}|ma\d{4,8}|.{0,40}(?<!\d)\d{9,12}(?!\d).{0,40}")
"""A number behind its label or between tags, "tel:0912345678": judged as the number it is."""
CAMEL_INSIDE: Final = re.compile(
    r"(?<![^\s(\"':])(?=[A-Z\d]{0,19}[a-z])(?=[a-z\d]{0,19}[A-Z])(?=(?:[A-Za-z]{0,19}\d){2})(?=\w{0,19}\d[A-Za-z])[A-Za-z\d]{7,20}"
    r"(?![^\s.,;:?!)\"'])"
)
"""The same within a sentence: only longer ones, with two digits or more."""
TOKEN_ALONE: Final = re.compile(r"(?=[^\d]{0,63}\d)(?=[^a-z]{0,63}[a-z])[^\s\x00]{4,64}")
FORM_OR_LAW: Final = re.compile(
    r"\d{1,5}[a-z]?/[a-z0-9/\-.]+|\d[\d.,]*/(?:thang|nam|ngay|gio|phut|lan|nguoi)|(?:[a-z]{1,4}|[a-z]{1,2}\d{1,3}[a-z]?)(?:-[a-z][a-z0-9]{0,4}){1,3}"
    r"|\d{1,2}[a-z]?-[a-z]{2,4}|(?:vssid|vneid|covid|bhxh|bhyt"
    r"|cccd|luat|nghi|thang|nam|zalo|mau|sars|win|ios|android|iphone|samsung|tt|nd|qd|cv).*|[a-z]\d{1,3}[.,]?\d?"
    r"|\d[\d.,]*(?:k|tr|d|nam|thang|trieu|h|p|vnd|dong|ty)(?:\d*|/[a-z]+)"
)
NAME_AND_NUMBER: Final = re.compile(r"[a-z]{3,20}\d{2,10}")
STRONG_SYMBOL: Final = re.compile(r"[@#$^&*~!%_+]")

# -- numbers -----------------------------------------------------------------------------------------------------------

_PICTURES: Final = r"\u2600-\u2793\u2b50\u2b55\u200d\ufe0f\U0001F000-\U0001FAFF"
RUN: Final = re.compile(rf"\+?\d(?:[\s.\-_/,·•|:;\u2010-\u2015\u2026()+*\\'~{_PICTURES}]{{0,4}}\d)*")
"""Digits with anything that people put between digits."""
SPELLED: Final = re.compile(rf"(?:\b(?:{SPELLED_DIGIT}|\d{{1,6}})\b[\s,.\-]{{0,3}}){{4,40}}")
_DATE: Final = r"(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])/(?:19|20)\d\d"
_CLOCK: Final = r"(?:[01]?\d|2[0-3]):[0-5]\d"
_MONEY: Final = r"[1-9]\d{0,2}(?:[.,]\d{3}){1,2}|[1-9]\d{0,2}(?:[.,]\d{3}){2,3}(?<=[.,]000)"
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])"
_ITEM: Final = (
    rf"(?:{_DATE}|24/24|24/7|11[2-5]|156|{_DAY}|(?!0\d\d)\d{{1,4}}/(?:19|20)\d\d|(?:19|20)\d\d|{_CLOCK}|{_MONEY})"
)
EXPLAINED: Final = re.compile(
    rf"{_ITEM}(?:(?:\s*[-\u2010-\u2015,~]\s*|\s+){_ITEM})*"
    r"|(?:0?[1-9]|[12]\d|3[01])([.\-])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d|(?:0?[1-9]|1[0-2])[.\-](?:19|20)\d\d"
    r"|(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])/\d\d"
    r"|(?:19|20)\d\d([.\-/])(?:0[1-9]|1[0-2])\2(?:0[1-9]|[12]\d|3[01])"
)
"""A run that is only dates, years, law numbers and amounts."""
ROUND_RANGE: Final = re.compile(r"[1-9]\d{2,8}000(?:(?:\s*[-\u2010-\u2015,]\s*|\s+)[1-9]\d{2,8}000)+")
DOTTED_CODE: Final = re.compile(r"\d{3}[.,]\d(?!00)\d\d")
"""Alone in a message this is a code rather than an amount: amounts end in noughts."""
STRONG_CHUNK: Final = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])([/.\-])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d|[1-9]\d{0,2}(?:[.,]\d{3}){2,3}"
    r"|[1-9]\d{0,2}[.,]000"
    r"|1[89]00[ .\-]?\d{2,4}[ .\-]?\d{2,3}"
)
LIST_CUE: Final = re.compile(r"\b(?:dieu|khoan|muc|chuong|phan|thang|ngay|nam|quy|tuan|loai|muc luong)\s{1,2}$")
LISTED: Final = re.compile(r"[1-9]\d{0,3}(?:\s?[,;]\s?[1-9]\d{0,3}){1,19}")
"""After "Điều", "tháng"...: a list of small numbers, "Điều 98, 99, 111, 141"."""
SERVICE_INSIDE: Final = re.compile(r"(?<!\S)1[89]00[ .\-]?\d{2,4}[ .\-]?\d{2,4}(?![^\s,;])")
MONEY_AFTER: Final = re.compile(r"[dk]\b|(?:tr|ty)\b|\s{0,2}(?:dong|vnd|ngan|nghin|trieu|ty|usd)\b|\s?%|\s{1,2}d\b")
MOBILE: Final = re.compile(r"(?:0|84|0084|840)[35789]\d{8}")
OLD_MOBILE: Final = re.compile(r"01[2689]\d{8}")
BANK_CARD: Final = re.compile(r"(?=(?:\d-?){16}$)[3-9]\d{3}-[\d-]+")
BOOK_BEFORE: Final = re.compile(r"(?<!\w)sổ\s{1,2}(?:số\s)?$")
"""Over the text itself: "sổ" (the insurance book) is not "số"."""
LANDLINE: Final = re.compile(r"(?:0|84|0084)2\d{9}")
SERVICE: Final = re.compile(r"(?:(?:00)?84)?1[89]00\d{3,6}|1[89]00(?=[\dx]{4,6}$)\d{1,5}x{1,5}")
YEAR: Final = re.compile(r"(?:19|20)\d\d")
ROUND: Final = re.compile(r"[1-9]\d*000")
PUBLIC_TERMS: Final = frozenset(
    {
        "8079",
        "8179",
        "5656",
        "9068",
        "19009068",
        "19000368",
        "18001096",
        "1900",
        "1800",
        "02437899999",
        "0692348560",
        "1080",
    }
)
"""Numbers that anybody may name: they are no citizen's."""
IP_ADDRESS: Final = re.compile(
    r"(?=[\d.]{10,15}$)(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?<!\b0\d)(?<!\b0\d\d)(?:\.|$)){4}(?<!\.)"
)
MONTH_YEAR: Final = re.compile(r"(?:0[1-9]|1[0-2])(?:19|20)\d\d")
SINCE: Final = re.compile(r"\b(?:tu|den|sinh|nghi|ngay|thang|nam)\s{1,2}$")
SPELLED_YEAR: Final = re.compile(r"5?(?:19|20)\d\d")
"""Also with its word: "năm một chín chín tám" sounds like 5 1 9 9 8."""
SPELLED_VALUE: Final = {
    "khong": "0",
    "ko": "0",
    "zero": "0",
    "mot": "1",
    "hai": "2",
    "ba": "3",
    "bon": "4",
    "tu": "4",
    "nam": "5",
    "sau": "6",
    "bay": "7",
    "tam": "8",
    "chin": "9",
}
SPELLED_EXACTLY: Final = frozenset(
    ["không", "ko", "zero", "một", "mốt", "hai", "ba", "bốn", "tư", "năm", "sáu", "bảy", "bẩy", "tám", "chín"]
)
"""With marks only these are digits: "từ", "nằm", "bà" are other words."""

CARD: Final = re.compile(r"(?<![a-z\d])[a-z]{2}(?:[\s.\-]{0,2}\d){13}(?:(?:[\s.\-]{0,2}\d){2})?(?!\d)")
"""An old health-insurance card code: two letters and thirteen or fifteen digits."""
SHORT_CARD: Final = re.compile(r"(?<![a-z\d])[a-z]{2}(?:[\s.\-]?\d){8}(?![\s.\-]?\d)")
PASSPORT: Final = re.compile(r"(?<![a-z\d])(?!ma)[a-z]{1,2}[\s\-]?\d(?:[\s.\-]?\d){5,7}(?![\d])")

# -- words near a number -----------------------------------------------------------------------------------------------

ID_CUE: Final = re.compile(r"cccd|cmnd|cmt|\bccd\b|can\s?cuoc|dinh\s?danh|chung minh|\bid card|\bcan cuoc")
INSURANCE_CUE: Final = re.compile(
    r"ma so|maso|\bma bhxh|\bma bhyt|ma bao hiem|(?<!ho )so so\b|so bhxh|so bao hiem|the bhyt|ma the|so the|\bbhyt\b"
    r"|\bmsbh|\bso so bhxh"
)
ACCOUNT_CUE: Final = re.compile(
    r"\bstk\b|so tai khoan|tai khoan|ngan hang|\batm\b|\btk\b|vietcombank|\bvcb\b|agribank|\bbidv\b|vietinbank"
    r"|techcombank|\bmb\s?bank|sacombank"
    r"|the visa|master\s?card|so the"
)
ACCOUNT_NAMED: Final = re.compile(r"(?:\bstk|so tai khoan|\bso tk)(?:\s+[a-z]{1,12}){0,3}[\s:=]{1,3}$")
PHONE_CUE: Final = re.compile(r"\bsdt\b|dien thoai|\bdt\b|\bphone\b|zalo|\bso may\b|\bgoi\b|\blien he\b|\balo\b")
PASSPORT_CUE: Final = re.compile(r"ho ?chieu|\bpp\b|passport|\bhc\b")
_CONFIRM: Final = r"xas?cs?\s?(?:nha{1,2}j?nj?|thu\w?[wj]?c\w?)"
_OTP_WORD: Final = (
    rf"(?:(?:\b|\bma)[o0]\.?\s?t\.?\s?p\d?\b|\bopt\b|\boptp\b|\bot? ?te ?pe\b|{_CONFIRM}"
    r"|\bma{1,2}x?\s+(?:otp|pin\b|xac\s?minh|kich hoat|bao mat|kiem tra|gui ve|so xac nhan)"
    r"|(?<!postal )(?<!zip )\bcode\b"
    r"|verification|\bma\s+(?:la|laf|day|ne)\b|\bma\s*[:=]|\bma\b(?=\s+nay\s+la)|\b(?:[4-8]|bon|nam|sau|bay|tam)\s(?:chu\s)?so\b)"
)
OTP_BEFORE: Final = re.compile(rf"{_OTP_WORD}(?P<between>(?:[\s:=,.\-]+[a-z]+){{0,5}})[\s:=,.\-\"'(#>]{{0,5}}(?:g-)?$")
OTP_AFTER: Final = re.compile(rf"^[\s,.\-:=\"')(]{{0,4}}(?:[a-z]+[\s,.\-]+){{0,3}}?{_OTP_WORD}")
ANY_OTP_WORD: Final = re.compile(r"\botp\b|\bma xac (?:thuc|nhan|minh)")
CODE: Final = re.compile(r"\d{4,8}")
"""A code told in a sentence on passwords: "mã OTP để đặt lại mật khẩu là: 482913"."""
_LOOSE: Final = (
    r"(?:\s+(?:no|nay|do|kia|em|toi|tui|con|cua|minh|chau|bac|chi|anh|gui|ve|duoc|dc|nhan|thay|moi|la|hien|may|app|vssid"
    r"|tren|trong|mail|email|gmail|tin|nhan|roi|ne|day|ghi|hoi|nay|bao|cho|ra|co|di|voi))"
)
LOOSE_CODE_BEFORE: Final = re.compile(
    rf"(?:\b(?:nhap|go|dien|doc)\s+ma|\bma{_LOOSE}{{1,4}}"
    r"|\bso\s+(?:no|may|app|vssid|he thong|tin nhan|mail|email)\s+(?:moi\s+)?"
    r"(?:gui|nhan|bao|hien)(?:\s+(?:ve|qua|den|toi|cho|em|la|ra)){0,3})[\s:=,.\-\"'(]{0,4}$"
)
"""A code that is only called "mã" or "số nó gửi", with nothing but small words before its digits: "mã nó là 482913"."""
BARE_CODE_BEFORE: Final = re.compile(r"\bma\s{1,2}(?:[a-z]{1,3}-|[#(])?$")
NAMED_MA: Final = re.compile(r"\bm[ãa]\s{1,2}(?:[a-z]{1,3}-|[#(])?$")
"""Over the text itself: "mã", not "mà" or "má"."""
_SMALL: Final = (
    r"(?:no|nay|do|kia|em|toi|tui|con|cua|minh|chau|bac|chi|anh|ve|duoc|dc|roi|ne|nha|nhe|day|cho|la|so|cai|thi|ma|cu|bi"
    r"|van|lai|qua|vao|trong|tren|mail|email|thu|tin|nhan|may|app|de|phai|nghe|the|a|in|it|is|was|but)"
)
_AMOUNT: Final = (
    r"(?:luong|tien|(?<!mien )phi|tro cap|thu nhap|muc (?:dong|huong|luong)|huong(?! dan)|mat(?! khau)|ton|nop"
    r"|chuyen khoan)"
)
COUNTED_BEFORE: Final = re.compile(
    rf"\b(?:{_AMOUNT}|dong|tru|hoan|lanh|linh|khoang|hon|duoi|tren|toi da|toi thieu|ho so|van ban"
    r"|cong van|quyet dinh|buu chinh|loi|error|ngay|thang|nam)(?:\s+[a-z/]{1,8}){0,3}[\s:=(]{1,3}$|\bgia\s{1,2}$"
)
"""Not codes: "đóng 465200 một tháng", "quyết định 595123", "mã lỗi 100234"."""
TYPED_CODE_BEFORE: Final = re.compile(
    rf"^(?!.*\b{_AMOUNT}\b)(?:.*\b(?:nhap|go|dien|nhan duoc|nhan dc|nhan|gui|bao|ghi|hien|thay|doc"
    r"|roi|xong|cai so|so (?:la|trong|tren)|got|received?|enter(?:ed)?|says?|typed?)"
    rf"(?:\s+{_SMALL}){{0,4}}[\s:=,.\-\"'(]{{0,4}}|\W*)$",
    re.DOTALL,
)
TYPED_CODE_AFTER: Final = re.compile(
    rf"^[\s\"')]{{0,3}}(?:\s*\b{_SMALL}\b){{0,4}}\s*\b(?:sai|het han|khong (?:dung|duoc|phai)|ko|k|dung|ay|do|ne"
    r"|o dau|vao dau|phai khong|mail|email|thi sao|la sao|gio sao|bao sai|wrong|expired|not)\b"
)
IN_GROUPS: Final = re.compile(r"\d\d[ .\-]\d\d[ .\-]\d\d|\d{3}[ \-]\d{3}|(?:\d[ .\-]){5}\d")
"""Six digits as they are read aloud."""
AMOUNT_AFTER: Final = re.compile(r"^\s{0,2}(?:/|(?:mot|1|moi|hang) )?(?:thang|nam|dong|nguoi|ngay|tien|luong|phi)\b")
"""Six digits that somebody typed, received, or was told are wrong are a code, whatever they are called."""
_LETTERS_AND_DIGITS: Final = r"(?=[a-z\d]{0,7}\d)(?=[a-z\d]{0,7}[a-z])[a-z\d]{4,8}"
LETTERS_AND_DIGITS: Final = re.compile(rf"{_LETTERS_AND_DIGITS}\b")
"""Without one of these there is no `OTP_LETTERS`: a quick look that spares most texts a slow one."""
OTP_LETTERS: Final = re.compile(
    rf"{_OTP_WORD}\s*(?:la|:|=|vssid|cua|toi|em|minh|\s){{0,5}}\s*(?P<value>{_LETTERS_AND_DIGITS})\b"
)
TENS: Final = ("muoi", "tram", "linh", "le", "lam", "mot")
_NUMBER_WORD: Final = rf"(?:{SPELLED_DIGIT}|{'|'.join(TENS)})"
SPOKEN_CODE: Final = re.compile(
    rf"{_OTP_WORD}\s{{0,2}}(?:la\b|:|=)?\s{{0,2}}(?P<value>(?:{_NUMBER_WORD}\b[\s,.\-]{{1,2}}){{3,12}}{_NUMBER_WORD}\b)"
    r"(?!\s(?:phut|lan|so|ngay|gio|giay|chu|ky|nam|thang)\b)"
)
"""A code read in tens: "mã otp năm mươi chín ba mươi hai mốt"."""
POLITE: Final = re.compile(
    r"(?:\b(?:da|a|vang|day|ne|nay|nha|nhe|ok|oke|em|anh|chi|oi|gui|roi|ah|ha|alo|thay|la|no|the|ban|ad|shop|se"
    r"|nhe|dung|khong|ko|k|hong|so|xong|do|cho)\b"
    r"|[\s.,!?:;\-\"'()…\U0001F000-\U0001FAFF\u2600-\u27BF])+"
)
"""Words around a lone number that do not make it a sentence."""
