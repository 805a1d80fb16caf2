"""Zalo's history answers: newest first, at most ten a page, `src` 0 from the OA and 1 from the citizen."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

from chatbot.simulator.threads import Entry, Side, Thread

PAGE: Final = 10


class Oa(Protocol):
    """The part of the account that history shows."""

    @property
    def oa_id(self) -> str:
        """The OA's id."""

    @property
    def name(self) -> str:
        """The OA's name."""


def conversation_page(thread: Thread, oa: Oa, wish: Mapping[str, Any]) -> list[dict[str, Any]]:
    """`GET /v2.0/oa/conversation`; `wish` holds offset and count."""
    lines = [_line(one, thread.citizen, oa) for one in reversed(thread.entries) if one.side is not Side.NOTE]
    return _page(lines, wish)


def recent_page(threads: Iterable[Thread], oa: Oa, wish: Mapping[str, Any]) -> list[dict[str, Any]]:
    """`GET /v2.0/oa/listrecentchat`: the latest message of every conversation."""
    lines = [line for thread in threads for line in conversation_page(thread, oa, {"count": 1})]
    return _page(sorted(lines, key=lambda line: -int(line["time"])), wish)


def _page(lines: list[dict[str, Any]], wish: Mapping[str, Any]) -> list[dict[str, Any]]:
    offset = max(0, _whole(wish.get("offset"), 0))
    count = min(PAGE, max(0, _whole(wish.get("count"), PAGE)))
    return lines[offset : offset + count]


def _whole(value: object, default: int) -> int:
    return int(value) if isinstance(value, int | str) and str(value).lstrip("-").isdecimal() else default


def _line(entry: Entry, citizen: str, oa: Oa) -> dict[str, Any]:
    from_citizen = entry.side is Side.CITIZEN
    return {
        "src": 1 if from_citizen else 0,
        "time": int(entry.at.timestamp() * 1000),
        "type": entry.attachment or "text",
        "message": entry.text,
        "message_id": entry.id,
        "from_id": citizen if from_citizen else oa.oa_id,
        "to_id": oa.oa_id if from_citizen else citizen,
        "from_display_name": "Người dân" if from_citizen else oa.name,
        "to_display_name": oa.name if from_citizen else "Người dân",
    }
