"""May this payload still go out? The platform's window and the age policy decide, never a number of attempts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum

from chatbot.channels.base import ChannelSet, Window
from chatbot.storage.port import REQUEUED, Age, Outgoing, Store


class Fate(Enum):
    """What the clock says."""

    SEND = "send"
    EXPIRED = "expired"  # the platform's window is over: the platform would refuse it, or charge for it
    STALE = "stale"  # the citizen has waited too long: an apology instead of an answer out of the blue


class Deadlines:
    """Judges payloads. The age of one that was just made is known; of others, and before a refusal, the store tells."""

    def __init__(
        self, store: Store, channels: ChannelSet, now: Callable[[], datetime], *, stale_after: timedelta
    ) -> None:
        self._store = store
        self._channels = channels
        self._now = now
        self._stale_after = stale_after
        self._ages: dict[str, Age] = {}

    def know(self, row: Outgoing, age: Age) -> None:
        """The age of a payload that was just made."""
        self._ages[row.key] = age

    def forget(self, row: Outgoing) -> None:
        """It is settled."""
        self._ages.pop(row.key, None)

    def age(self, row: Outgoing) -> Age:
        """What is known without asking."""
        return self._ages.get(row.key, Age())

    async def fate(self, row: Outgoing) -> Fate:
        """Raises StoreError when the store had to be asked and does not tell."""
        window = self._channels[row.channel].window
        known = self._ages.get(row.key)
        if known is not None and self._judge(row, known, window) is Fate.SEND:
            return Fate.SEND
        self._ages[row.key] = told = await self._store.age(row, window.opened_by)
        return self._judge(row, told, window)

    def _judge(self, row: Outgoing, age: Age, window: Window) -> Fate:
        now = self._now()
        if age.heard_at is not None and now - age.heard_at > window.length:
            return Fate.EXPIRED
        wanted = age.urgent or row.error == REQUEUED
        return Fate.STALE if self._grew_old(age, now) and not wanted else Fate.SEND

    def _grew_old(self, age: Age, now: datetime) -> bool:
        """Old by now, and not when it was made: the turn of an old question has said what is to be said of its age."""
        if age.asked_at is None or now - age.asked_at <= self._stale_after:
            return False
        return age.made_at is None or age.made_at - age.asked_at <= self._stale_after
