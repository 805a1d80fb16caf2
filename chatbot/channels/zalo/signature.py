"""Zalo's signature: plain SHA-256 over app id, the bytes as received, the body's timestamp and the OA secret key."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Final

from chatbot.channels import body
from chatbot.channels.base import SignatureRefusedError, UnreadableBodyError

HEADER: Final = "X-ZEvent-Signature"
PREFIX: Final = "mac="
_HEX = re.compile(r"[0-9a-f]{64}")


def verify(raw: bytes, headers: Mapping[str, str], app_id: str, keys: Sequence[str]) -> None:
    """Raises SignatureRefusedError. An old timestamp is fine: a redelivery keeps its own for hours."""
    given = body.header(headers, HEADER).strip().lower().removeprefix(PREFIX)
    if not _HEX.fullmatch(given):
        raise SignatureRefusedError("the signature header is missing or malformed")
    timestamp = _timestamp(raw, app_id)
    matches = [hmac.compare_digest(given.encode(), digest(app_id, raw, timestamp, key).encode()) for key in keys if key]
    if not any(matches):
        raise SignatureRefusedError("signed with another OA secret key; compare ZALO_OA_SECRET_KEY with the console")


def digest(app_id: str, raw: bytes, timestamp: str, key: str) -> str:
    """The digest as lower-case hex."""
    return hashlib.sha256(app_id.encode() + raw + timestamp.encode() + key.encode()).hexdigest()


def _timestamp(raw: bytes, app_id: str) -> str:
    """The body's own timestamp. Raises SignatureRefusedError for a body without one, or of another app."""
    try:
        event = body.decode(raw)
    except UnreadableBodyError:
        raise SignatureRefusedError("the body has no timestamp that could have been signed") from None
    timestamp = body.identifier(event.get("timestamp"))
    if not timestamp:
        raise SignatureRefusedError("the body has no timestamp that could have been signed")
    if body.identifier(event.get("app_id")) not in {app_id, ""}:
        raise SignatureRefusedError("an event of another app")
    return timestamp
