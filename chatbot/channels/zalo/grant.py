"""A grant of Zalo's OAuth: what an answer gives, how long it lasts, and its health."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from chatbot.channels import body
from chatbot.channels.base import UnreadableBodyError
from chatbot.storage.port import TokenRow

REFRESH_LIFE: Final = timedelta(days=90)
"""A refresh token that is not used for three months dies (zalo-oa.md, section 7); every refresh begins them anew."""
SEED_LIFE: Final = timedelta(hours=1)
"""What is believed of an access token that came from the environment, whose age nobody knows."""


class TokenState(StrEnum):
    """The grant's health. Everything but GOOD needs a person."""

    GOOD = "good"
    UNSURE = "unsure"  # two answers in a row were lost; the refresh token may be spent
    LOST = "lost"  # Zalo no longer takes the refresh token: an OA admin must consent again
    REVOKED = "revoked"  # the OA removed the app


@dataclass(frozen=True, slots=True)
class Grant:
    """What Zalo's answer gives."""

    access: str
    refresh: str
    life: timedelta


def grant_in(raw: str) -> Grant | None:
    """The grant in a journalled answer, if there is one."""
    try:
        return grant_of(body.decode(raw.encode()))
    except UnreadableBodyError:
        return None


def grant_of(content: Mapping[str, Any]) -> Grant | None:
    """The grant in an answer, if there is one."""
    access, refresh = body.text(content.get("access_token")), body.text(content.get("refresh_token"))
    seconds = body.identifier(content.get("expires_in"))
    if not access or not refresh:
        return None
    life = timedelta(seconds=int(seconds)) if seconds.isdecimal() and int(seconds) else SEED_LIFE
    return Grant(access, refresh, life)


def renewable_for(row: TokenRow | None, now: datetime) -> timedelta:
    """How long the refresh token of a grant can still be used."""
    if row is None or not row.refresh_token or row.state in {TokenState.LOST, TokenState.REVOKED}:
        return timedelta(0)
    return max(row.refreshed_at + REFRESH_LIFE - now, timedelta(0))


def fingerprint(refresh_token: str) -> str:
    """What is remembered of a seed, to notice when the environment holds another one."""
    return hashlib.sha256(refresh_token.encode()).hexdigest()[:16]


def worse(row: TokenRow, state: TokenState) -> TokenRow:
    """The row after bad news."""
    return replace(row, state=state.value, version=row.version + 1)
