"""Web addresses and e-mails: lifted out before digits are judged, masked only where they carry a value."""

import re

from chatbot.model import SecretKind
from chatbot.privacy import patterns
from chatbot.privacy.shadow import shadow

_PAIR = re.compile(r"(?<=[?&;#])([^=&;#?]{1,64})=([^&;#]{1,512})")
_SEGMENT = re.compile(r"(?<=/)\+?\d{9,12}(?=[/?#]|$)")
_USER = re.compile(r"(?<=://)([^/@:]{1,128}):([^/@]{1,128})(?=@)")
_VALUES = (
    (re.compile(r"(?:\+?84|0)[35789]\d{8}"), SecretKind.PHONE),
    (re.compile(r"\d{12}"), SecretKind.CCCD),
    (re.compile(r"\d{9,10}"), SecretKind.INSURANCE_NUMBER),
    (re.compile(r"\d{11}|\d{13,19}"), SecretKind.ACCOUNT),
    (re.compile(r"[^@]{1,128}(?:@|%40)[a-z0-9.\-]{3,255}"), SecretKind.EMAIL),
)
_KEYS = (
    (re.compile(r"otp|code|ma(?![a-z])"), SecretKind.OTP),
    (re.compile(r"cccd|cmnd"), SecretKind.CCCD),
    (re.compile(r"sdt|phone|tel|mobile"), SecretKind.PHONE),
    (re.compile(r"e?mail"), SecretKind.EMAIL),
    (re.compile(r"stk"), SecretKind.ACCOUNT),
)


def safe_link(link: str) -> tuple[str, list[SecretKind]]:
    """The address with its host, path and page ids as they are, and the values of people in it masked."""
    found: list[SecretKind] = []
    page_ids = patterns.PAGE_ID_HOST.search(link.lower()) is not None

    def segment(match: re.Match[str]) -> str:
        kind = _kind(match[0])
        if kind is None or not match[0].startswith(("0", "+", "84")):
            return match[0]
        found.append(kind)
        return f"[{kind.value}]"

    def pair(match: re.Match[str]) -> str:
        kind = _pair_kind(shadow(match[1]), shadow(match[2]), keeps_ids=page_ids)
        if kind is None:
            return match[0]
        found.append(kind)
        return f"{match[1]}=[{kind.value}]"

    def user(match: re.Match[str]) -> str:
        if "." in match[1]:
            return match[0]
        found.append(SecretKind.PASSWORD)
        return f"{match[1]}:[{SecretKind.PASSWORD.value}]"

    return _PAIR.sub(pair, _SEGMENT.sub(segment, _USER.sub(user, link))), found


def _pair_kind(key: str, value: str, *, keeps_ids: bool) -> SecretKind | None:
    if patterns.TOKEN.search(value.upper()):
        return None
    kind = _kind(value)
    if patterns.URL_SECRET_KEY.fullmatch(key):
        named = next((named for cue, named in _KEYS if cue.match(key)), SecretKind.PASSWORD)
        return kind if kind and named is SecretKind.OTP else named
    return None if keeps_ids and kind is SecretKind.ACCOUNT else kind


def _kind(value: str) -> SecretKind | None:
    return next((kind for shape, kind in _VALUES if shape.fullmatch(value)), None)
