"""Meta's error codes as data: (code, subcode) to what happened to the message. Never decided by an error's text."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from chatbot.channels.base import SendVerdict

REFUSED, CLOSED, PAUSED = SendVerdict.REFUSED, SendVerdict.CLOSED, SendVerdict.PAUSED
TOKEN, DOUBTFUL, NOT_SENT = SendVerdict.TOKEN, SendVerdict.DOUBTFUL, SendVerdict.NOT_SENT

ANY: Final = None
"""Stands for every subcode that has no row of its own."""
RESTRICTED_PAUSE: Final = timedelta(minutes=30)
"""How long a temporarily restricted Page is left alone before the next try."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code tells."""

    verdict: SendVerdict
    alarm: str = ""
    pause: timedelta | None = None


_GONE: Final = Meaning(CLOSED)
_HELD: Final = Meaning(SendVerdict.HELD)
_WRONG: Final = Meaning(REFUSED, "request")
_MEDIA: Final = Meaning(REFUSED)
_THROTTLED: Final = Meaning(PAUSED)
_TOKEN: Final = Meaning(TOKEN, "token")
_PERMISSION: Final = Meaning(REFUSED, "permission")
_POLICY: Final = Meaning(REFUSED, "policy")

UNKNOWN: Final = Meaning(REFUSED, "unknown_code")
TRANSIENT: Final = Meaning(DOUBTFUL)

MEANINGS: Final[dict[tuple[int, int | None], Meaning]] = {
    (1, 1357046): Meaning(DOUBTFUL),  # "invalid JSON reply": the message was delivered
    (1, ANY): Meaning(DOUBTFUL),
    (2, ANY): Meaning(NOT_SENT),
    (2, 2018344): Meaning(REFUSED, "terms"),
    (4, ANY): _THROTTLED,
    (4, 2018022): _MEDIA,
    (10, ANY): _PERMISSION,
    (10, 1893063): Meaning(PAUSED, "restricted", RESTRICTED_PAUSE),
    (10, 2018065): _GONE,
    (10, 2018108): _GONE,
    (10, 2018278): _GONE,
    (10, 2018300): _HELD,
    (10, 2018336): _GONE,
    (10, 2534022): _GONE,
    (17, ANY): _THROTTLED,
    (32, ANY): _THROTTLED,
    (100, ANY): _WRONG,
    (100, 33): _GONE,
    (100, 2018001): _GONE,
    (100, 2018008): _MEDIA,
    (100, 2018047): _MEDIA,
    (100, 2018074): _MEDIA,
    (100, 2018109): _MEDIA,
    (100, 2018294): _MEDIA,
    (100, 2534037): _HELD,
    (190, ANY): _TOKEN,
    (200, ANY): _PERMISSION,
    (200, 1545041): _GONE,
    (200, 2018021): _GONE,
    (230, ANY): _PERMISSION,
    (368, ANY): Meaning(PAUSED, "policy", RESTRICTED_PAUSE),
    (551, ANY): _GONE,
    (613, ANY): _THROTTLED,
    (613, 2018338): _POLICY,
    (1200, ANY): Meaning(NOT_SENT),
    (2022, ANY): _POLICY,
    (10303, ANY): _WRONG,
    (80006, ANY): _THROTTLED,
    (2018027, ANY): _GONE,
    (2018218, ANY): _MEDIA,
    (2018247, ANY): _MEDIA,
    (2018300, ANY): _HELD,
    (2018321, ANY): Meaning(NOT_SENT),
    (9000001, ANY): _MEDIA,
}
_SUBCODES_ANYWHERE: Final = {2018300: _HELD, 2534037: _HELD, 2018278: _GONE, 2018321: Meaning(NOT_SENT)}


def meaning(code: int, subcode: int | None, *, transient: bool) -> Meaning:
    """What an error means; an unknown one is permanent unless Meta calls it transient, and a person looks at it."""
    exact = MEANINGS.get((code, subcode)) if subcode is not None else None
    anywhere = _SUBCODES_ANYWHERE.get(subcode) if subcode is not None else None
    general = MEANINGS.get((code, ANY))
    return exact or anywhere or general or (TRANSIENT if transient else UNKNOWN)
