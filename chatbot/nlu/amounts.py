"""Sums of money, years and months of contribution, ages, sexes, which child: figures that an answer may need."""

import re
from typing import Final

_UNITS: Final = {
    "ty": 1_000_000_000, "ti": 1_000_000_000,
    "trieu": 1_000_000, "tr": 1_000_000, "cu": 1_000_000, "chai": 1_000_000, "m": 1_000_000,
    "tram": 100_000, "xi": 100_000, "lit": 100_000,
    "ngan": 1_000, "nghin": 1_000, "k": 1_000, "ng": 1_000,
    "dong": 1, "vnd": 1, "d": 1,
}  # fmt: skip
_MONEY: Final = re.compile(
    r"(?<![\w.,/])(\d{1,3}(?:[.,]\d{3})+|\d+(?:[.,]\d{1,2})?)\s*"
    r"(ty|ti|trieu|tr|cu|chai|tram|xi|lit|ngan|nghin|k|vnd|dong|d)(?![a-z])\s*(\d{1,3}|ruoi)?(?![\w/]|[.,]\d)"
)
_GLUED: Final = re.compile(r"(?<![\w.,/])(\d{1,3})(tr|cu|ty|k)(\d{1,3})(?!\w)")
_NUMBER: Final = r"(\d{1,3}(?:[.,]\d)?|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi)"
_WORDS: Final = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10,
}  # fmt: skip
_GROUPED: Final = re.compile(r"(?<![\w.,/])(\d{1,3}(?:[.,]\d{3}){2,})(?![\w/]|[.,]\d)(?!\s*(?:dong|d|vnd)\b)")
"""Millions written out need no unit: "5.310.000"."""
_LENGTH: Final = re.compile(
    r"(?<![\w.,/])(?:(\d{1,2})\s*nam(?!\s*(?:ngoai|nay|truoc|sau|nua|lien|19|20|sinh))"
    r"(?:\s*(ruoi)|\s*(?:va\s*)?(\d{1,2})\s*thang)?|(\d{1,3})\s*thang(?!\s*(?:truoc|nua|sau|luong(?!\s*(?:\d|binh|dong|la\b))|\d)))"
)
_PAID_BEFORE: Final = re.compile(
    r"\b(?:dong|tham gia|bao hiem|bhxh|bhtn|bhyt|lam|tong|cong tac|tho|gian|du|duoc)\b[\w\s,:]{0,25}$"
)
_NOT_PAID: Final = re.compile(
    r"\btuoi\s*$|\bnghi (?:viec|lam|o nha|duoc)[\w\s]{0,8}$"
    r"|\b(?:thieu|con|nghi|cho|them|som|ngung|dung|trong|cach|sau|moi|luong|no|qua)\b\s*(?:\w+\s*)?$"
)
_PERCENT: Final = re.compile(r"(?<![\d.,/])(\d{1,3}(?:[.,]\d)?)\s*(?:%|phan tram\b)")
_PEOPLE: Final = re.compile(
    r"(?<![\w.,/])(\d{1,2}|hai|ba|bon|nam|sau|bay|tam|chin)\s*"
    r"(?:nguoi|nhan khau|thanh vien|khau|mieng an|the)\b(?!\s*(?:thu|mot))"
)
_DAYS: Final = re.compile(
    r"\b(?:nghi|om|vien)\b[\w\s]{0,15}?(?<![\d/.,])(\d{1,2})\s*(?:ngay|hom|bua)\b(?!\s*(?:thang|truoc|nua|/))"
)
_TWINS: Final = re.compile(r"\b(?:sinh doi|song sinh|de doi|thai doi)\b")
_TRIPLETS: Final = re.compile(r"\b(?:sinh|de) ba\b")
_BABIES_NOT: Final = re.compile(r"\b(?:sinh|de) ba (?:thang|ngay|nam|me)\b")
_AGE: Final = re.compile(r"(?<![\d.,/])(\d{1,3})\s*(?:tuoi|t(?=\s|$))")
_YEARS: Final = re.compile(
    rf"(?<![\w.,/]){_NUMBER}\s*nam(?!\s*(?:ngoai|nay|truoc|sau|nua|roi|lien|19|20))(?:\s*(ruoi))?\b"
)
_SUM_BEFORE: Final = re.compile(
    r"(?:\b(?:nhieu|bn|tien|luong|lanh|linh|nhan|tra|thu|trieu|tr|cu|nghin|ngan|nua)|\d(?:k|tr)?)\s*(?:dong)?\s*(?:/|tren)?\s*$"
)
_MONTHS: Final = re.compile(
    rf"(?<![\w.,/])(?<!thang )(?<!thg ){_NUMBER}\s*thang(?!\s*(?:truoc|nua|sau|\d))(?:\s*(ruoi))?\b"
)
_CHILD: Final = re.compile(
    r"\b(?:con|be|dua|chau|lan|sinh|de|lan sinh)\s*thu\s*(hai|ba|tu|bon|nam|nhat|\d)\b"
    r"|\b(?:dua|con|be|lan) (dau)(?: tien| long)?\b|\bcon (so)\b(?! \d)"
)
_ORDINALS: Final = {"nhat": 1, "dau": 1, "so": 1, "hai": 2, "ba": 3, "tu": 4, "bon": 4, "nam": 5}
_MALE: Final = re.compile(r"\b(?:nam gioi|lao dong nam|la nam|con nam|dan ong|nam thi|doi voi nam|ben nam)\b")
_MALE_WORD: Final = re.compile(r"(?<!việt )\bnam\b(?! định| á)")
_FEMALE: Final = re.compile(r"\b(?:nu|phu nu|dan ba|lao dong nu)\b")
_HER: Final = re.compile(r"\b(?:me|vo|chi|con gai|em gai|chau gai|ba (?:noi|ngoai|xa|cu|ay))\b")
_HIM: Final = re.compile(r"\b(?:bo|cha|chong|anh trai|con trai|em trai|chau trai|ong (?:noi|ngoai|xa|cu|ay))\b")
_OLDEST: Final = 120
_LONGEST_CAREER: Final = 60
_FOLLOWS: Final = 6
"""Words; in a text as short as "thế 12 năm thì sao" any length is that of contribution."""


def money(folded: str) -> tuple[int, ...]:
    """Sums in đồng, in the order of the text: "5tr", "2tr8", "1 triệu rưỡi", "4.680.000 đồng"."""
    found = [(match.start(), _joined(int(match[1]), match[2], match[3])) for match in _GLUED.finditer(folded)]
    for match in _MONEY.finditer(folded):
        value = _plain(match[1], match[2])
        tail = match[3] or ""
        if tail == "ruoi":
            value += _UNITS[match[2]] // 2
        elif tail and match[2] in {"tr", "trieu", "cu", "ty", "ti"} and not re.search(r"[.,]", match[1]):
            value = _joined(int(match[1]), match[2], tail)
        found.append((match.start(), value))
    found += [(match.start(), int(re.sub(r"[.,]", "", match[1]))) for match in _GROUPED.finditer(folded)]
    return tuple(value for _, value in sorted(dict(found).items()))


def _plain(figure: str, unit: str) -> int:
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", figure):
        return int(re.sub(r"[.,]", "", figure)) * _UNITS[unit]
    return round(float(figure.replace(",", ".")) * _UNITS[unit])


def _joined(whole: int, unit: str, tail: str) -> int:
    """ "2tr8" is 2.8 million, "2tr53" 2.53, "2tr530" 2.53."""
    return whole * _UNITS[unit] + int(tail) * _UNITS[unit] // int("1" + "0" * len(tail))


def years_and_months(folded: str) -> tuple[float | None, float | None]:
    """Lengths of time in years and in months, as for contribution: "12 năm 5 tháng", "1 năm rưỡi"."""
    years = next((_value(match) for match in _YEARS.finditer(folded)), None)
    months = next((_value(match) for match in _MONTHS.finditer(folded) if not _is_rate(match)), None)
    if years is not None and years > _LONGEST_CAREER:
        years = None
    return years, months


def _is_rate(match: re.Match[str]) -> bool:
    """ "bao nhiêu 1 tháng", "7 triệu một tháng": a month of something, not how long."""
    return match[1] in {"1", "mot"} and not match[2] and _SUM_BEFORE.search(match.string[: match.start()]) is not None


def _value(match: re.Match[str]) -> float:
    figure = match[1]
    value = float(figure.replace(",", ".")) if figure[0].isdigit() else float(_WORDS[figure])
    return value + 0.5 if match[2] else value


def age(folded: str) -> int | None:
    """An age in years: "75 tuổi", "60t"."""
    return next((int(match[1]) for match in _AGE.finditer(folded) if int(match[1]) <= _OLDEST), None)


def sex(text: str, folded: str) -> str:
    """ "nam", "nữ" or "" when none or both are named. `text` is lower case; its "nam" is not "năm"."""
    male = bool(_MALE.search(folded)) or (not text.isascii() and bool(_MALE_WORD.search(text)))
    female = bool(_FEMALE.search(folded))
    if male == female:
        return ""
    return "nam" if male else "nữ"


def kin(folded: str) -> str:
    """The sex of the relative whom a text speaks of, "mẹ em", "ông xã"; "" when none or both are."""
    her, him = _HER.search(folded), _HIM.search(folded)
    return "" if bool(her) == bool(him) else "nữ" if her else "nam"


def ordinal_child(folded: str) -> int | None:
    """Which child: "con thứ hai" is 2, "con so" is 1."""
    match = _CHILD.search(folded)
    if not match:
        return None
    word = match[1] or match[2] or match[3]
    return int(word) if word.isdigit() else _ORDINALS.get(word)


def paid_months(folded: str) -> int | None:
    """Months of contribution: "đóng 12 năm 5 tháng" is 149; None when no length, or more than one, can be meant."""
    found = []
    for match in _LENGTH.finditer(folded):
        before = folded[: match.start()]
        short = len(folded.split()) <= _FOLLOWS
        if not _NOT_PAID.search(before) and (short or _PAID_BEFORE.search(before)):
            found.append(int(match[4]) if match[4] else int(match[1]) * 12 + (6 if match[2] else int(match[3] or 0)))
    return found[0] if len(found) == 1 and 0 < found[0] <= _LONGEST_CAREER * 12 else None


def percent(folded: str) -> float | None:
    """The one percentage of a text: "suy giảm 15%"."""
    found = {float(match[1].replace(",", ".")) for match in _PERCENT.finditer(folded)}
    return found.pop() if len(found) == 1 else None


def people(folded: str) -> int | None:
    """Members of a household: "nhà 4 người", "5 nhân khẩu"."""
    counts = {int(match[1]) if match[1].isdigit() else _WORDS[match[1]] for match in _PEOPLE.finditer(folded)}
    return counts.pop() if len(counts) == 1 else None


def days(folded: str) -> int | None:
    """Days off work: "nghỉ ốm 3 ngày"."""
    match = _DAYS.search(folded)
    return int(match[1]) if match else None


def babies(folded: str) -> int | None:
    """Children of one birth: 2 for twins, 3 for triplets."""
    if _BABIES_NOT.search(folded):
        return None
    if _TWINS.search(folded):
        return 2
    return 3 if _TRIPLETS.search(folded) else None
