"""Reading a platform's JSON with tolerance: a value of the wrong type counts as absent, an id keeps all its digits."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypedDict
from unicodedata import normalize

import msgspec

from chatbot.channels.base import UnreadableBodyError
from chatbot.model import Action, Attachment

Json = Mapping[str, Any]


class Details(TypedDict, total=False):
    """The parts of an Event that only some events have."""

    text: str
    action: Action | None
    attachments: tuple[Attachment, ...]
    platform_id: str
    reply_to: str
    author: str
    metadata: str


EMPTY: Final[Json] = {}
LONGEST_ID: Final = 256
LONGEST_REMARK: Final = 120
LARGEST_ID: Final = 10**40
SECONDS_BELOW: Final = 100_000_000_000
"""Numbers below are Unix seconds (until the year 5138), above milliseconds (since 1973)."""
_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
_PRIVATE = re.compile(r"(?=[\w-]*\d)[\w-]{20,}|\d{5,}")
"""A token or an id in a platform's sentence."""
_LONE = re.compile("[\ud800-\udfff]")


def decode(raw: bytes) -> Json:
    """The body as an object. Raises UnreadableBodyError, which quotes nothing of the body."""
    try:
        value: object = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = _second_reading(raw)
    if not isinstance(value, dict):
        raise UnreadableBodyError("the body is JSON but not an object")
    return value


def _second_reading(raw: bytes) -> object:
    """The standard reader accepts half of a surrogate pair (a cut emoji), which must not cost a whole batch."""
    try:
        value: object = json.loads(raw)
    except (ValueError, RecursionError):
        raise UnreadableBodyError("the body is not JSON in UTF-8") from None
    return value


def child(value: object, name: str) -> Json:
    """The object under a name, empty when there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else EMPTY


def items(value: object) -> Iterator[Json]:
    """The objects of a list; whatever else is in it is passed over."""
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def text(value: object) -> str:
    """A text in NFC, without what no database keeps (NUL, halves of a surrogate pair); "" when it is not a text."""
    if not isinstance(value, str):
        return ""
    whole = value.replace("\0", "")
    return whole if whole.isascii() else normalize("NFC", _LONE.sub("\ufffd", whole))


def identifier(value: object) -> str:
    """An id given as a string or a number; "" when it is neither, or too odd to be one."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST_ID:
        return str(value)
    if not isinstance(value, str):
        return ""
    found = value.strip()
    return found if len(found) <= LONGEST_ID and found.isascii() and found.isprintable() else ""


def name(value: object) -> str:
    """A name of the platform (an event, a key), safe for logs and metrics; "?" when it does not look like one."""
    return value if isinstance(value, str) and _NAME.fullmatch(value) else "?"


def remark(value: object) -> str:
    """What a platform says of an error, safe for logs: plain words on one line, no token, no long number."""
    told = _PRIVATE.sub("#", " ".join(text(value).split()))
    return told[:LONGEST_REMARK] if told.isascii() and told.isprintable() else ""


def instant(value: object) -> datetime | None:
    """A moment given in seconds or milliseconds, as a number or a string of digits."""
    digits = identifier(value)
    if not digits.isdecimal() or len(digits) > len("1795330801371") + 1:
        return None
    number = int(digits)
    if number == 0:
        return None
    return datetime.fromtimestamp(number if number < SECONDS_BELOW else number / 1000, UTC)


def fingerprint(item: object) -> str:
    """A stable key of an item that has no id of its own: the same item gives the same key, in whatever key order."""
    canonical = json.dumps(item, sort_keys=True, separators=(",", ":"), default=str)
    return "hash:" + hashlib.sha256(canonical.encode()).hexdigest()[:40]


def header(headers: Mapping[str, str], wanted: str) -> str:
    """A header by its name in any case; "" when it is missing."""
    if wanted in headers:
        return headers[wanted]
    lowered = wanted.lower()
    return next((value for key, value in headers.items() if key.lower() == lowered), "")
