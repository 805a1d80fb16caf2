"""Judging the digits of a text: which of them are a citizen's own numbers, and which anybody may name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chatbot.model import SecretKind
from chatbot.privacy import patterns

_LONGEST_CODE = 8
_SHORTEST_CODE = 4
_USUAL_CODE = 6
_NEAR = 64
_CLOSE = 36
_CHUNK = re.compile(r"[^\s,/;:|]*\d[^\s,/;:|]*")
_GROUP = re.compile(r"\d+")
_BY_LENGTH = {9: SecretKind.CCCD, 10: SecretKind.INSURANCE_NUMBER, 11: SecretKind.PHONE, 12: SecretKind.CCCD}


@dataclass(frozen=True, slots=True)
class Found:
    """A guarded value: where it stands and what replaces it."""

    start: int
    end: int
    kind: SecretKind
    size: int = 0
    """Digits of a code, which its token keeps."""

    @property
    def token(self) -> str:
        """What stands in the masked text."""
        return f"[{self.kind.value}:{self.size}]" if self.size else f"[{self.kind.value}]"


@dataclass(frozen=True, slots=True)
class _Run:
    """Digits with what stands between them, and the words around."""

    folded: str
    start: int
    end: int

    @property
    def raw(self) -> str:
        return self.folded[self.start : self.end]

    @property
    def digits(self) -> str:
        return "".join(char for char in self.raw if char.isdigit())

    def before(self, reach: int = _NEAR) -> str:
        return self.folded[max(0, self.start - reach) : self.start]

    @property
    def after(self) -> str:
        return self.folded[self.end : self.end + _NEAR]

    @property
    def alone(self) -> bool:
        around = f"{self.folded[: self.start]} {self.folded[self.end :]}"
        return len(around) < _NEAR and (around.isspace() or patterns.POLITE.fullmatch(around) is not None)

    def found(self, kind: SecretKind) -> Found:
        return Found(self.start, self.end, kind, len(self.digits) if kind is SecretKind.OTP else 0)


def numbers(text: str, folded: str) -> Iterator[Found]:
    """Every guarded number of a text, by its shadow of the same length. Of a code only its length is kept."""
    for match in patterns.RUN.finditer(folded):
        if match.end() - match.start() < _SHORTEST_CODE:
            continue
        yield from _judge(text, _Run(folded, match.start(), match.end()))


def spelled(text: str, folded: str) -> Iterator[Found]:
    """Numbers said in words: "không chín một hai ba bốn năm sáu bảy tám"."""
    for match in patterns.SPELLED.finditer(folded):
        words = list(re.finditer(r"\w+", match[0]))
        digits, first, last = "", 0, 0
        for word in words:
            value = _spelled_value(word[0], text[match.start() + word.start() : match.start() + word.end()])
            if not value:
                break
            first = first if digits else word.start()
            digits, last = digits + value, word.end()
        said = sum(not word[0].isdigit() for word in words)
        run = _Run(folded, match.start() + first, match.start() + last)
        kind = _spelled_kind(digits, said, run)
        if kind is not None:
            yield Found(run.start, run.end, kind, len(digits) if kind is SecretKind.OTP else 0)


def _spelled_value(word: str, written: str) -> str:
    if word.isdigit():
        return word
    if not written.isascii() and written.lower() not in patterns.SPELLED_EXACTLY:
        return ""
    return patterns.SPELLED_VALUE[word]


def _spelled_kind(digits: str, said: int, run: _Run) -> SecretKind | None:
    if digits in patterns.PUBLIC_TERMS or patterns.SPELLED_YEAR.fullmatch(digits):
        return None
    if said * 2 < len(digits) and not _person(digits):
        return None
    if _SHORTEST_CODE <= len(digits) <= _LONGEST_CODE:
        called = run.alone or _code_cue(run) or (len(digits) == _USUAL_CODE and _bare_code(run))
        return SecretKind.OTP if called else None
    if patterns.MOBILE.fullmatch(digits):
        return SecretKind.PHONE
    return _BY_LENGTH.get(len(digits), SecretKind.ACCOUNT) if len(digits) > _LONGEST_CODE else None


def _judge(text: str, run: _Run) -> Iterator[Found]:
    digits = run.digits
    if len(digits) < _SHORTEST_CODE or _public(text, run) or ("*" in run.raw and not _person(digits)):
        return
    if len(digits) <= _LONGEST_CODE:
        kind = _short(text, run)
        if kind is not None:
            yield run.found(kind)
        return
    if not patterns.SERVICE.fullmatch(run.digits) and _innocent_chunks(run):
        return
    whole = _long(run)
    if whole is not None:
        yield run.found(whole)
        return
    yield from _pieces(text, run)


def _public(text: str, run: _Run) -> bool:
    """Registered terms, dates, years, laws, amounts, service lines and offices' landlines are nobody's secret."""
    digits = run.digits
    if digits in patterns.PUBLIC_TERMS or patterns.LANDLINE.fullmatch(digits) or _machine_address(run):
        return True
    if run.alone and len(digits) == _LONGEST_CODE - 1 and patterns.ROUND.fullmatch(run.raw):
        return True
    if patterns.SERVICE.fullmatch(digits):
        return not _in_the_book(text, run)
    if patterns.LISTED.fullmatch(run.raw) and patterns.LIST_CUE.search(run.before()):
        return True
    if patterns.ROUND_RANGE.fullmatch(run.raw):
        return True
    if patterns.EXPLAINED.fullmatch(run.raw):
        lone_code = run.alone and patterns.DOTTED_CODE.fullmatch(run.raw)
        like_code = patterns.YEAR.fullmatch(digits) or patterns.DOTTED_CODE.fullmatch(run.raw)
        return not lone_code and not (like_code and _said_to_be_code(run))
    money = patterns.MONEY_AFTER.match(run.after)
    if money is None or digits[0] == "0" or patterns.MOBILE.fullmatch(digits):
        return False
    return text[run.end + money.start() : run.end + money.end()].strip().lower() != "đóng"


def _machine_address(run: _Run) -> bool:
    """ "103.124.94.12" is where a page lives, unless it is called a number of a person."""
    if patterns.IP_ADDRESS.fullmatch(run.raw) is None:
        return False
    close = run.before(_CLOSE)
    cues = (patterns.ID_CUE, patterns.INSURANCE_CUE, patterns.ACCOUNT_CUE, patterns.PHONE_CUE, patterns.OTP_BEFORE)
    return not any(cue.search(close) for cue in cues)


def _in_the_book(text: str, run: _Run) -> bool:
    """ "mã số 1900123456", "sổ 1900123456": with these words even such digits are a person's. "số 1900..." is not."""
    return patterns.INSURANCE_CUE.search(run.before(_CLOSE)) is not None or bool(
        patterns.BOOK_BEFORE.search(text[: run.start].lower())
    )


def _said_to_be_code(run: _Run) -> bool:
    """ "mã OTP là 2024": even a year is a code there."""
    cue = patterns.OTP_BEFORE.search(run.before())
    return cue is not None and cue[0].rstrip(" \"'(").endswith(("la", ":", "=", "otp", "pin"))


def _short(text: str, run: _Run) -> SecretKind | None:
    """Four to eight digits: a code when alone or called one, half of a number after that number's name."""
    digits = run.digits
    if run.alone or _code_cue(run) or _typed_and_wrong(run) or _read_aloud(run):
        return SecretKind.OTP
    if len(digits) < _USUAL_CODE or patterns.ROUND.fullmatch(digits):
        return None
    if len(digits) == _USUAL_CODE and _bare_code(run):
        return SecretKind.OTP if patterns.NAMED_MA.search(text[: run.start].lower()) else None
    close = run.before(_CLOSE)
    if patterns.ID_CUE.search(close):
        return SecretKind.CCCD
    if patterns.ACCOUNT_NAMED.search(close):
        return SecretKind.ACCOUNT
    if not run.raw.isdigit() or (digits.endswith("00") and _amount(run)):
        return None
    if patterns.INSURANCE_CUE.search(close):
        return SecretKind.INSURANCE_NUMBER
    if patterns.ACCOUNT_CUE.search(close):
        return SecretKind.ACCOUNT
    return SecretKind.OTP if len(digits) == _USUAL_CODE and not _amount(run) else None


def _bare_code(run: _Run) -> bool:
    return patterns.BARE_CODE_BEFORE.search(run.before()) is not None


def _amount(run: _Run) -> bool:
    """Six digits in a sentence are a code unless the sentence speaks of an amount, a document or a place."""
    before = run.before()
    if patterns.MONTH_YEAR.fullmatch(run.digits) and patterns.SINCE.search(before):
        return True
    return bool(patterns.COUNTED_BEFORE.search(before) or patterns.AMOUNT_AFTER.match(run.after))


def _typed_and_wrong(run: _Run) -> bool:
    """ "nhập 48291 báo sai": a code of any length."""
    if not run.raw.isdigit() or patterns.YEAR.fullmatch(run.digits) or patterns.ROUND.fullmatch(run.digits):
        return False
    wrong = patterns.TYPED_CODE_AFTER.match(run.after) is not None and not patterns.AMOUNT_AFTER.match(run.after)
    return wrong and bool(run.before().strip()) and patterns.TYPED_CODE_BEFORE.match(run.before()) is not None


def _read_aloud(run: _Run) -> bool:
    """ "nó đọc 30 59 18": in groups, after a word for reading, typing or getting."""
    in_groups = patterns.IN_GROUPS.fullmatch(run.raw) is not None
    typed = bool(run.before().strip()) and patterns.TYPED_CODE_BEFORE.match(run.before()) is not None
    return in_groups and typed and not _amount(run)


def _code_cue(run: _Run) -> bool:
    if patterns.OTP_BEFORE.search(run.before()):
        return True
    if patterns.LOOSE_CODE_BEFORE.search(run.before()) and not patterns.YEAR.fullmatch(run.digits):
        return True
    return not patterns.YEAR.fullmatch(run.digits) and patterns.OTP_AFTER.match(run.after) is not None


def _innocent_chunks(run: _Run) -> bool:
    """Dates, amounts and service lines with a few loose digits beside them: "24/7 1900.9068", "25.200.000 60 tuổi"."""
    digits, raw = run.digits, run.raw
    if patterns.MOBILE.fullmatch(digits) or (len(digits) == 12 and digits[0] == "0"):
        return False
    rest = patterns.SERVICE_INSIDE.sub(" ", raw)
    strong = rest != raw
    loose = 0
    for chunk in re.findall(r"[^\s,;]+", rest):
        word = chunk.strip("-–.:()")
        if patterns.STRONG_CHUNK.fullmatch(word) or patterns.EXPLAINED.fullmatch(word):
            strong = True
        else:
            loose += sum(char.isdigit() for char in word)
    return strong and loose <= 3


def _long(run: _Run) -> SecretKind | None:
    """Nine digits and more as one value, or None when they are several."""
    digits, close = run.digits, run.before(_CLOSE)
    if patterns.MOBILE.fullmatch(digits) or patterns.OLD_MOBILE.fullmatch(digits):
        return SecretKind.INSURANCE_NUMBER if patterns.INSURANCE_CUE.search(close[-22:]) else SecretKind.PHONE
    size = len(digits)
    if size > 12:
        if patterns.BANK_CARD.fullmatch(run.raw):
            return SecretKind.ACCOUNT
        groups = re.findall(r"\d+", run.raw)
        single = len(groups) == 1 or max(map(len, groups)) <= 4 or min(map(len, groups)) == 1
        return SecretKind.ACCOUNT if single and not _starts_with_person(run) else None
    if size == 9:
        return _nine(run, close)
    if size == 11 and patterns.ID_CUE.search(close):
        return SecretKind.CCCD
    others = patterns.ID_CUE.search(close) or patterns.INSURANCE_CUE.search(close)
    if patterns.ACCOUNT_NAMED.search(close) or (
        patterns.ACCOUNT_CUE.search(close) and not others and not _person(digits)
    ):
        return SecretKind.ACCOUNT
    return _BY_LENGTH[size]


def _starts_with_person(run: _Run) -> bool:
    """Two mobile numbers or a mobile and an ID one after the other, in small groups."""
    chunks = [*_CHUNK.finditer(run.raw)]
    return any(_person(_joined(chunks[:count])) for count in range(1, min(len(chunks), 13)))


def _nine(run: _Run, close: str) -> SecretKind | None:
    digits = run.digits
    if patterns.ACCOUNT_CUE.search(close) and not patterns.ID_CUE.search(close):
        return SecretKind.ACCOUNT
    if patterns.PHONE_CUE.search(close) and digits[0] in "35789":
        return SecretKind.PHONE
    cued = patterns.ID_CUE.search(close) or run.alone
    contiguous = run.raw.isdigit() and not patterns.ROUND.fullmatch(digits)
    return SecretKind.CCCD if cued or contiguous else None


def _pieces(text: str, run: _Run) -> Iterator[Found]:
    """Several numbers written one after the other: each group, or groups that make one number together."""
    chunks = [*_CHUNK.finditer(run.raw)]
    if len(chunks) == 1:
        chunks = [*_GROUP.finditer(run.raw)]
    taken, at = False, 0
    while at < len(chunks):
        reach = next(
            (count for count in range(min(len(chunks) - at, 12), 0, -1) if _person(_joined(chunks[at : at + count]))), 0
        )
        piece = _Run(run.folded, run.start + chunks[at].start(), run.start + chunks[at + max(reach, 1) - 1].end())
        if reach:
            taken = True
            kind = _long(piece)
            yield piece.found(kind or SecretKind.CCCD)
        elif len(chunks) > 1:
            for found in _judge(text, piece):
                taken = True
                yield found
        at += max(reach, 1)
    if not taken and len(run.digits) > 12 and run.raw.isdigit():
        yield run.found(SecretKind.ACCOUNT)


def _joined(chunks: list[re.Match[str]]) -> str:
    return "".join(char for chunk in chunks for char in chunk[0] if char.isdigit())


def _person(digits: str) -> bool:
    """A mobile number or a twelve-digit identity: shapes that need no words around them."""
    return patterns.MOBILE.fullmatch(digits) is not None or (len(digits) == 12 and digits[0] == "0")
