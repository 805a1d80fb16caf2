"""Meta's signature: HMAC-SHA256 with the app secret over the bytes as received. The old SHA-1 is not accepted."""

import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Final

from chatbot.channels import body
from chatbot.channels.base import SignatureRefusedError

HEADER: Final = "X-Hub-Signature-256"
_VALUE = re.compile(r"sha256=([0-9a-f]{64})")


def verify(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> None:
    """Raises SignatureRefusedError."""
    given = _VALUE.fullmatch(body.header(headers, HEADER).strip())
    if given is None:
        raise SignatureRefusedError("the signature header is missing or malformed")
    matches = [hmac.compare_digest(given[1].encode(), digest(raw, secret).encode()) for secret in secrets if secret]
    if not any(matches):
        raise SignatureRefusedError("signed with another app secret; compare MESSENGER_APP_SECRET with the dashboard")


def digest(raw: bytes, secret: str) -> str:
    """The digest as lower-case hex."""
    return hmac.digest(secret.encode(), raw, "sha256").hex()
