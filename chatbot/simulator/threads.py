"""What both sides of a simulated conversation see: the platform's memory, read by its history and by the page."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any


class Side(StrEnum):
    """Who wrote an entry. NOTE is a line of the app itself ("Đã quan tâm")."""

    CITIZEN = "citizen"
    BOT = "bot"
    STAFF = "staff"
    NOTE = "note"


class State(StrEnum):
    """How far a message came."""

    SENDING = "sending"
    SENT = "sent"
    SEEN = "seen"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One message or note. `message` is the platform's own JSON of a message that the bot sent."""

    id: str
    side: Side
    at: datetime
    text: str = ""
    message: Mapping[str, Any] = field(default_factory=dict)
    attachment: str = ""
    state: State = State.SENT


@dataclass(slots=True)
class Thread:
    """One citizen's conversation with the account. `met_at` is the last act that opens the platform's window."""

    citizen: str
    entries: list[Entry] = field(default_factory=list)
    met_at: datetime | None = None
    blocked: bool = False
    typing: bool = False

    def entry(self, number: str) -> Entry | None:
        """The entry with this id."""
        return next((one for one in self.entries if one.id == number), None)

    def seen_by_bot(self) -> None:
        """The account has read what the citizen wrote."""
        for one in self.entries:
            if one.side is Side.CITIZEN:
                self.mark(one.id, State.SEEN)

    def delivered(self, number: str, *, accepted: bool) -> None:
        """The webhook of a citizen's message was answered; one that is read already stays so."""
        entry = self.entry(number)
        if entry is not None and entry.state is State.SENDING:
            self.mark(number, State.SENT if accepted else State.FAILED)

    def mark(self, number: str, state: State) -> None:
        """Change the state of an entry; an unknown one is left alone."""
        self.entries = [replace(one, state=state) if one.id == number else one for one in self.entries]


@dataclass(slots=True)
class Threads:
    """All conversations of one platform, and a way to wait for the next change."""

    by_citizen: dict[str, Thread] = field(default_factory=dict)
    version: int = 0
    _waiters: set[asyncio.Future[None]] = field(default_factory=set)

    def of(self, citizen: str) -> Thread:
        """The citizen's thread, begun when there is none."""
        return self.by_citizen.setdefault(citizen, Thread(citizen))

    def add(self, citizen: str, entry: Entry) -> None:
        """Append an entry and wake whoever waits."""
        self.of(citizen).entries.append(entry)
        self.touch()

    def touch(self) -> None:
        """Something changed: wake whoever waits."""
        self.version += 1
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def beyond(self, version: int) -> int:
        """The version as soon as it is greater than `version`."""
        while self.version <= version:
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.add(waiter)
            try:
                await waiter
            finally:
                self._waiters.discard(waiter)
        return self.version
