"""Masking: the secrets of a text replaced by what they are, so that the question in it can still be answered."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from chatbot.model import SecretKind
from chatbot.privacy import patterns
from chatbot.privacy.links import safe_link
from chatbot.privacy.numbers import Found, numbers, spelled
from chatbot.privacy.shadow import BLANK, blank, clean, read_digits, shadow
from chatbot.privacy.suspicion import (
    holds_digit,
    holds_six_digits,
    holds_symbol,
    mixes_letters,
    names_password,
    spells_numbers,
    suspicious,
)

_PASSES = 4
_BESIDE_BLANK = (patterns.PAIRED, patterns.OR_ELSE)
_BESIDE = (*_BESIDE_BLANK, patterns.MIXED_BANG)
_LONGEST_TOKEN = 64
_PASSWORD_NEAR = 40
_SHORTEST_REPEATED = 5


@dataclass(frozen=True, slots=True)
class Masked:
    """A text made safe, and the kinds of secrets that were in it, in order, each once."""

    text: str
    found: tuple[SecretKind, ...] = ()


def mask(text: str) -> Masked:
    """The text cleaned (NFC, nothing invisible) and without secrets. Masking it again changes nothing."""
    text = clean(text)
    kinds: list[SecretKind] = []
    for _ in range(_PASSES):
        folded = shadow(text)
        if not suspicious(folded):
            break
        masked, found = _once(text, folded)
        kinds += found
        if masked == text:
            break
        text = masked
    return Masked(text, tuple(dict.fromkeys(kinds)))


def _once(text: str, folded: str) -> tuple[str, list[SecretKind]]:
    rewritten, kinds = _mails(text, folded)
    rewritten, found = _links(rewritten)
    kinds += found
    if rewritten != text:
        text, folded = rewritten, shadow(rewritten)
    if "[" in text:
        for match in patterns.TOKEN.finditer(text):
            folded = blank(folded, match.start(), match.end())
    if _may_link(text):
        for match in patterns.LINK.finditer(text):
            folded = blank(folded, match.start(), match.end())
    places = sorted(_places(text, folded), key=lambda place: place.start)
    for place in reversed(places):
        text = text[: place.start] + place.token + text[place.end :]
    return text, kinds + [place.kind for place in places]


def _places(text: str, folded: str) -> Iterator[Found]:
    """What each look finds outside of what was found before."""
    for look in _LOOKS:
        for place in look(text, folded):
            for one in (place, *_repeated(place, folded)):
                if BLANK not in folded[one.start : one.end]:
                    yield one
                    folded = blank(folded, one.start, one.end)


def _repeated(place: Found, folded: str) -> Iterator[Found]:
    """A password typed twice, "mới: ..., nhập lại: ...": the second time nothing says what it is."""
    value = folded[place.start : place.end]
    if place.kind is not SecretKind.PASSWORD or len(value) < _SHORTEST_REPEATED:
        return
    at = folded.find(value, place.end)
    while at >= 0:
        yield Found(at, at + len(value), place.kind)
        at = folded.find(value, at + len(value))


def _mails(text: str, folded: str) -> tuple[str, list[SecretKind]]:
    if not patterns.MAIL_HINT.search(folded):
        return text, []
    spans = [(match.start(), match.end(), "") for match in patterns.EMAIL.finditer(folded)]
    spans += [(match.start(), match.end(), "@") for match in patterns.SPOKEN_EMAIL.finditer(folded)]
    spans += [(*match.span("value"), "") for match in patterns.NAMED_EMAIL.finditer(folded) if _mailbox(match, spans)]
    kinds: list[SecretKind] = []
    for start, end, joint in sorted(spans, reverse=True):
        if "://" in text[max(0, start - 3) : end]:
            continue
        kinds.append(SecretKind.EMAIL)
        text = f"{text[:start]}[{SecretKind.EMAIL.value}]{joint}{text[end:]}"
    return text, kinds


def _mailbox(match: re.Match[str], spans: list[tuple[int, int, str]]) -> bool:
    """Is what stands after "gmail" the name of a mailbox, and not yet taken with its host?"""
    start, end = match.span("value")
    overlaps = any(first < end and start < last for first, last, _ in spans)
    if overlaps or names_password(match.string[max(0, match.start() - _PASSWORD_NEAR) : start]):
        return False
    return patterns.FORM_OR_LAW.fullmatch(match["value"]) is None


def _may_link(text: str) -> bool:
    """An address has a dot, a slash or a colon."""
    return "." in text or "/" in text or ":" in text


def _links(text: str) -> tuple[str, list[SecretKind]]:
    kinds: list[SecretKind] = []
    if not _may_link(text):
        return text, kinds
    pieces: list[str] = []
    at = 0
    for match in patterns.LINK.finditer(text):
        safe, found = safe_link(match[0])
        kinds += found
        pieces += (text[at : match.start()], safe)
        at = match.end()
    return "".join((*pieces, text[at:])), kinds


def _cards(text: str, folded: str) -> Iterator[Found]:
    if not holds_digit(folded):
        return
    digits = read_digits(folded)
    if not holds_six_digits(digits):
        return
    for match in patterns.CARD.finditer(digits):
        yield Found(match.start(), match.end(), SecretKind.INSURANCE_NUMBER)
    for match in patterns.SHORT_CARD.finditer(digits):
        if patterns.INSURANCE_CUE.search(digits[max(0, match.start() - 36) : match.start()]):
            yield Found(match.start(), match.end(), SecretKind.INSURANCE_NUMBER)
    for match in patterns.PASSPORT.finditer(digits):
        around = digits[max(0, match.start() - 36) : match.start()] + " " + digits[match.end() : match.end() + 24]
        alone = (
            " " not in match[0]
            and not around.strip(" .,!?")
            and match.end() - match.start() == len(digits.strip(" .,!?"))
        )
        letters = "".join(char for char in text[match.start() : match.end()] if char.isalpha())
        alone = alone and (letters.isupper() or letters.islower())
        if alone or patterns.PASSPORT_CUE.search(around):
            yield Found(match.start(), match.end(), SecretKind.PASSPORT)


def _passwords(text: str, folded: str) -> Iterator[Found]:
    named = _named(folded)
    if not named:
        return
    for match in _from(named, patterns.PASSWORD_GIVEN, folded):
        start, end = match.span("value")
        value = text[start:end].rstrip(",.;?)")
        in_english = (match["link"] or "").startswith("is")
        said = match["link"] is not None and (not in_english or not value.isalpha())
        if value and _given(value, said=said):
            a_code = patterns.CODE.fullmatch(value) and patterns.ANY_OTP_WORD.search(folded[:start])
            kind = SecretKind.OTP if a_code else SecretKind.PASSWORD
            yield Found(start, start + len(value), kind, len(value) if a_code else 0)
    for match in patterns.PASSWORD_AFTER.finditer(folded):
        if not patterns.FORM_OR_LAW.fullmatch(match["value"]):
            yield Found(*match.span("value"), SecretKind.PASSWORD)
    for pattern in (patterns.PASSWORD_BIRTHDAY, patterns.PASSWORD_QUOTED, patterns.PASSWORD_TWO_WORDS):
        for match in _from(named, pattern, folded):
            yield Found(*match.span("value"), SecretKind.PASSWORD)
    for match in _from(named, patterns.PASSWORD_NAMED, folded):
        start, end = match.span("value")
        value = text[start:end].rstrip(",.;?)")
        if _given(value, said=True):
            yield Found(start, start + len(value), SecretKind.PASSWORD)


def _named(folded: str) -> list[int]:
    """Where a password is named."""
    return [match.start() for match in patterns.PASSWORD_NAME.finditer(folded)] if names_password(folded) else []


def _from(places: list[int], pattern: re.Pattern[str], folded: str) -> Iterator[re.Match[str]]:
    """`pattern.finditer(folded)` for a pattern that begins at one of these places, which ascend."""
    end = 0
    for place in places:
        match = pattern.match(folded, place) if place >= end else None
        if match:
            yield match
            end = match.end()


def _given(value: str, *, said: bool) -> bool:
    """Is the word after a password's name its value? "là gì", "ko nhớ", "8 ký tự", "1900.9068" are not."""
    folded = shadow(value)
    digits = sum(char.isdigit() for char in folded)
    letters = sum(char.isascii() and char.isalpha() for char in folded)
    plain = "".join(char for char in folded if char.isdigit())
    if plain in patterns.PUBLIC_TERMS or patterns.EXPLAINED.fullmatch(folded) or BLANK in folded:
        return said and bool(patterns.YEAR.fullmatch(folded) or patterns.BIRTHDAY.fullmatch(folded))
    if said and patterns.NAME_AND_NUMBER.fullmatch(folded):
        return True
    if patterns.FORM_OR_LAW.fullmatch(folded) and not patterns.STRONG_SYMBOL.search(folded[:-1]):
        return False
    if digits and letters:
        return len(folded) >= 4 and (said or digits > 1 or len(folded) > 5)
    if digits:
        return digits >= 4 and (said or not patterns.ROUND.fullmatch(plain))
    strange = len(folded) >= 4 and letters >= 4 and not patterns.SYLLABLE.fullmatch(folded)
    symbol = letters >= 3 and patterns.STRONG_SYMBOL.search(folded[1:-1]) is not None
    return (
        said
        and (strange or symbol)
        and value.isascii()
        and folded.strip("!.") not in patterns.ORDINARY
        and "/" not in folded
    )


def _tokens(text: str, folded: str) -> Iterator[Found]:
    """A word of letters, digits and a symbol: alone in the message, or with a strong symbol inside."""
    symbol = holds_symbol(folded)
    inside = patterns.MIXED_INSIDE.finditer(folded) if symbol else ()
    for match in (*inside, *patterns.CAMEL_INSIDE.finditer(text)):
        yield Found(match.start(), match.end(), SecretKind.PASSWORD)
    for match in chain(*(pattern.finditer(folded) for pattern in (_BESIDE if symbol else _BESIDE_BLANK))):
        if not patterns.FORM_OR_LAW.fullmatch(match["value"]):
            yield Found(*match.span("value"), SecretKind.PASSWORD)
    start = len(folded) - len(folded.lstrip())
    word = folded.strip().rstrip(".,?)")
    if (
        len(word) > _LONGEST_TOKEN
        or " " in word
        or not patterns.TOKEN_ALONE.fullmatch(word)
        or word[0] in "@#"
        or "otp" in word
    ):
        return
    if _alone_is_password(word, text.strip()):
        yield Found(start, start + len(word), SecretKind.PASSWORD)


def _alone_is_password(word: str, written: str) -> bool:
    if patterns.LABELLED_NUMBER.fullmatch(word) or patterns.SERVICE.fullmatch(re.sub(r"[.\- ]", "", read_digits(word))):
        return False
    if patterns.FORM_OR_LAW.fullmatch(word) and not patterns.STRONG_SYMBOL.search(word):
        return False
    if patterns.STRONG_SYMBOL.search(word):
        return not word.endswith("%") and not written.isalnum()
    if patterns.CAMEL_CODE.fullmatch(written):
        return True
    digits = sum(char.isdigit() for char in word)
    return len(word) >= 8 and digits >= 3 and len(word) - digits >= 2


def _letter_codes(_text: str, folded: str) -> Iterator[Found]:
    if spells_numbers(folded):
        for match in patterns.SPOKEN_CODE.finditer(folded):
            yield Found(*match.span("value"), SecretKind.OTP, 6)
    if not mixes_letters(folded) or not patterns.LETTERS_AND_DIGITS.search(folded):
        return
    for match in patterns.OTP_LETTERS.finditer(folded):
        start, end = match.span("value")
        if not patterns.FORM_OR_LAW.fullmatch(match["value"]):
            yield Found(start, end, SecretKind.OTP, end - start)


def _numbers(text: str, folded: str) -> Iterator[Found]:
    yield from numbers(text, read_digits(folded))


_LOOKS: tuple[Callable[[str, str], Iterator[Found]], ...] = (
    _cards,
    _passwords,
    _tokens,
    spelled,
    _numbers,
    _letter_codes,
)
