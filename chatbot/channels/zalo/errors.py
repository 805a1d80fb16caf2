"""Zalo's error codes as data: what happened to the message, and which alarm a person must see."""

from dataclasses import dataclass
from typing import Final

from chatbot.channels.base import SendVerdict

SENT, REFUSED, CLOSED = SendVerdict.SENT, SendVerdict.REFUSED, SendVerdict.CLOSED
PAUSED, TOKEN, DOUBTFUL = SendVerdict.PAUSED, SendVerdict.TOKEN, SendVerdict.DOUBTFUL

NOT_FOR_THIS_OA: Final = -235
"""The v3 endpoint does not serve this type of OA (seen at state agencies)."""
OLD_ENDPOINT_SHUT: Final = -240
"""The v2 endpoint was shut down for this OA."""
NO_CODE: Final = "http"
"""Stands for an answer without a code of Zalo's."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code tells."""

    verdict: SendVerdict
    alarm: str = ""


_ACCOUNT: Final = Meaning(PAUSED, "account")
_CONFIGURATION: Final = Meaning(PAUSED, "configuration")
_ENDPOINT: Final = Meaning(PAUSED, "endpoint")
_TOKEN: Final = Meaning(TOKEN, "token")
_GONE: Final = Meaning(CLOSED)
_WRONG: Final = Meaning(REFUSED)

UNKNOWN: Final = Meaning(REFUSED, "unknown_code")

MEANINGS: Final = {
    0: Meaning(SENT),
    -32: Meaning(PAUSED),
    -100: _WRONG,
    -124: _TOKEN,
    -200: Meaning(DOUBTFUL),  # "send failed", but some of these messages had arrived
    -201: _WRONG,
    -202: _CONFIGURATION,
    -204: _ACCOUNT,
    -205: _ACCOUNT,
    -207: _CONFIGURATION,
    -208: _CONFIGURATION,
    -209: _CONFIGURATION,
    -210: _WRONG,
    -211: Meaning(PAUSED, "quota"),
    -212: _CONFIGURATION,
    -213: _GONE,
    -214: _WRONG,
    -215: _CONFIGURATION,
    -216: _TOKEN,
    -217: _GONE,
    -218: _GONE,
    -219: _CONFIGURATION,
    -220: _TOKEN,
    -221: _ACCOUNT,
    -223: _ACCOUNT,
    -224: _ACCOUNT,
    -227: _GONE,
    -230: _GONE,
    -232: _GONE,
    -233: _WRONG,
    -234: Meaning(REFUSED, "night"),
    NOT_FOR_THIS_OA: _ENDPOINT,
    -237: _WRONG,
    -238: _WRONG,
    OLD_ENDPOINT_SHUT: _ENDPOINT,
    -241: _WRONG,
    -242: _CONFIGURATION,
    -244: _GONE,
    -248: Meaning(REFUSED, "content"),
    -249: _WRONG,
    -305: _GONE,
    -311: _GONE,
    -320: _ACCOUNT,
    -321: _ACCOUNT,
    -403: _WRONG,
    -1241: _CONFIGURATION,
}


def meaning(code: int) -> Meaning:
    """What a code means; an unknown one is permanent, and a person looks at it."""
    return MEANINGS.get(code, UNKNOWN)
