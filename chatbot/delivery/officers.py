"""What officers answered while the bot was away is theirs. A platform's memory shows what the OA said, not who said it:
where it may have been a program it counts as nobody's, for a second answer does less harm than none."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from chatbot.channels.base import SentMessage
from chatbot.delivery.reconcile import comparable
from chatbot.model import Event, EventKind, changed

AT_ONCE: Final = timedelta(seconds=5)
"""An automatic answer follows a citizen's message so soon; a person reads first."""
EARLIER: Final = timedelta(hours=1)
"""Our sends are looked for from so long before the first message, whatever the clocks say."""
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class OurWords(Protocol):
    """The part of the store that knows what this bot has said."""

    async def sends(self, conversation: str, since: datetime) -> Sequence[SentMessage]:
        """What we sent to the conversation since then, or may have."""

    async def echoes(self, conversation: str, since: datetime) -> Sequence[SentMessage]:
        """What the platform echoed as a program's."""


async def by_officers(events: Sequence[Event], store: OurWords, since: datetime) -> list[Event]:
    """Those of the OA's words (ECHO_OURS) that an officer wrote, as ECHO_STAFF, oldest first. Raises StoreError."""
    repeated = _said_to_several(events)
    perhaps: dict[str, list[Event]] = defaultdict(list)
    for one in _in_their_own_time(events):
        if comparable(one.text) not in repeated:
            perhaps[one.conversation].append(one)
    written: list[Event] = []
    for conversation, words in perhaps.items():
        sent = await store.sends(conversation, since - EARLIER)
        ids = {one.platform_id for one in (*sent, *await store.echoes(conversation, since - EARLIER))}
        texts = {comparable(one.text) for one in sent}
        written += [one for one in words if one.platform_id not in ids and comparable(one.text) not in texts]
    return [changed(one, kind=EventKind.ECHO_STAFF) for one in sorted(written, key=_at)]


def _said_to_several(events: Iterable[Event]) -> Collection[str]:
    """What stands in more than one chat: a greeting, a notice to all."""
    chats: dict[str, set[str]] = defaultdict(set)
    for one in events:
        if one.kind is EventKind.ECHO_OURS:
            chats[comparable(one.text)].add(one.conversation)
    return {words for words, where in chats.items() if len(where) > 1}


def _in_their_own_time(events: Iterable[Event]) -> Iterator[Event]:
    """The OA's messages that do not follow a citizen's at once."""
    heard: dict[str, datetime] = {}
    for one in sorted(events, key=_at):
        if one.kind is not EventKind.ECHO_OURS:
            heard[one.conversation] = one.at
        elif one.at - heard.get(one.conversation, _NEVER) > AT_ONCE:
            yield one


def _at(event: Event) -> datetime:
    return event.at
