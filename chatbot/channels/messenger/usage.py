"""Meta's usage headers: how much of the allowance is used, and when a throttled Page may call again.

X-App-Usage and X-Page-Usage hold percentages; X-Business-Use-Case-Usage lists them by business, with minutes until
access is regained (Graph API, "Rate Limits").
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec

from chatbot.channels import body

PLAIN: Final = ("X-App-Usage", "X-Page-Usage")
BY_BUSINESS: Final = "X-Business-Use-Case-Usage"
MEASURES: Final = ("call_count", "total_time", "total_cputime")
MINUTES: Final = "estimated_time_to_regain_access"


def load(headers: Mapping[str, str]) -> float:
    """The largest share used, 0 to 1; 0 when nothing is told."""
    tables = [_read(headers, name) for name in PLAIN]
    shares = [table.get(measure) for table in (*tables, *_businesses(headers)) for measure in MEASURES]
    return min(max((share for share in shares if isinstance(share, int | float)), default=0) / 100, 1.0)


def time_to_regain(headers: Mapping[str, str]) -> timedelta | None:
    """The longest time that a business use case must wait; None when none must."""
    minutes = [table.get(MINUTES) for table in _businesses(headers)]
    longest = max((one for one in minutes if isinstance(one, int)), default=0)
    return timedelta(minutes=longest) if longest > 0 else None


def _businesses(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    for several in _read(headers, BY_BUSINESS).values():
        yield from body.items(several)


def _read(headers: Mapping[str, str], name: str) -> Mapping[str, Any]:
    try:
        value: object = msgspec.json.decode(body.header(headers, name) or b"{}")
    except msgspec.DecodeError:
        return {}
    return value if isinstance(value, dict) else {}
