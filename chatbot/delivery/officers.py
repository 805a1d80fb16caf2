"""What officers answered while the bot was away is theirs. A platform's memory shows what the OA said, not who said it:
where it may have been a program it counts as nobody's, for a second answer does less harm than none."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from chatbot.channels.base import SentMessage
from chatbot.delivery.reconcile import comparable
from chatbot.model import Event, EventKind, changed

AT_ONCE: Final = timedelta(seconds=5)
"""An automatic answer follows a citizen's message so soon; a person reads first."""
EARLIER: Final = timedelta(hours=1)
"""Our sends are looked for from so long before the first message, whatever the clocks say."""


class OurWords(Protocol):
    """The part of the store that knows what this bot has said."""

    async def sends(self, conversation: str, since: datetime) -> Sequence[SentMessage]:
        """What we sent to the conversation since then, or may have."""

    async def echoes(self, conversation: str, since: datetime) -> Sequence[SentMessage]:
        """What the platform echoed as a program's."""


class Officers:
    """Tells an officer's words from a program's, over the pieces of one reading. `gives_back` knows the words that end
    a hold: they are an officer's however often they stand in chats."""

    def __init__(self, store: OurWords, gives_back: Callable[[str], bool]) -> None:
        self._store = store
        self._gives_back = gives_back
        self._chats: dict[str, set[str]] = defaultdict(set)

    async def words(self, events: Sequence[Event], since: datetime) -> list[Event]:
        """Those of the OA's words (ECHO_OURS) that an officer wrote, as ECHO_STAFF, oldest first. Raises StoreError."""
        self._remember(events)
        perhaps: dict[str, list[Event]] = defaultdict(list)
        answers = {one.key for one in _answers(events)}
        for one in _of_the_oa(events):
            if self._gives_back(one.text) or (one.key in answers and not self._is_repeated(one)):
                perhaps[one.conversation].append(one)
        written = [
            one for conversation, words in perhaps.items() for one in await self._not_ours(conversation, words, since)
        ]
        return [changed(one, kind=EventKind.ECHO_STAFF) for one in sorted(written, key=_at)]

    def _remember(self, events: Iterable[Event]) -> None:
        for one in _of_the_oa(events):
            self._chats[comparable(one.text)].add(one.conversation)

    def _is_repeated(self, one: Event) -> bool:
        """It stands in more than one chat: a greeting, a notice to all."""
        return len(self._chats[comparable(one.text)]) > 1

    async def _not_ours(self, conversation: str, words: Sequence[Event], since: datetime) -> list[Event]:
        sent = await self._store.sends(conversation, since - EARLIER)
        ids = {one.platform_id for one in (*sent, *await self._store.echoes(conversation, since - EARLIER))}
        texts = {comparable(one.text) for one in sent}
        return [one for one in words if one.platform_id not in ids and comparable(one.text) not in texts]


def _of_the_oa(events: Iterable[Event]) -> Iterator[Event]:
    return (one for one in events if one.kind is EventKind.ECHO_OURS)


def _answers(events: Iterable[Event]) -> Iterator[Event]:
    """The OA's messages that follow a citizen's, and not at once: a greeting follows none."""
    heard: dict[str, datetime] = {}
    for one in sorted(events, key=_at):
        if one.kind is not EventKind.ECHO_OURS:
            heard[one.conversation] = one.at
        elif one.conversation in heard and one.at - heard[one.conversation] > AT_ONCE:
            yield one


def _at(event: Event) -> datetime:
    return event.at
