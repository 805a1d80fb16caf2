"""Office hours as an operator writes them: "08:00-12:00, 13:30-17:00"."""

import re
from dataclasses import dataclass
from datetime import time
from itertools import pairwise
from typing import Final

SPAN: Final = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


class HoursError(ValueError):
    """Hours that cannot be read; the message shows how to write them."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Spans of one day in Viet Nam's time, ordered; the end of a span is closed already."""

    spans: tuple[tuple[time, time], ...] = ()

    def cover(self, moment: time) -> bool:
        """Is the desk open at this time of the day?"""
        return any(begin <= moment < end for begin, end in self.spans)


def read_hours(written: str) -> Hours:
    """Parse the hours of one day; "" is a closed day. Raises HoursError."""
    parts = [part.strip() for part in written.split(",") if part.strip()]
    spans = tuple(_span(part) for part in parts)
    in_order = all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
    if not in_order:
        raise HoursError(f"desk hours {written!r} overlap or run backwards; write them like 08:00-12:00, 13:30-17:00")
    return Hours(spans)


def _span(part: str) -> tuple[time, time]:
    found = SPAN.fullmatch(part)
    try:
        begin, end = (time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))) if found else (None, None)
    except ValueError:
        begin = end = None
    if begin is None or end is None or end <= begin:
        raise HoursError(f"desk hours {part!r} cannot be read; write them like 08:00-12:00")
    return begin, end
