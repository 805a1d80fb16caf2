"""What an operator can turn off without a deploy, and the notice that precedes the first answer of the day."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from chatbot.model import ChannelName


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """The switches of one moment. `topics` holds topic ids, intents or groups that are not answered at present."""

    bot_on: bool = True
    channels: Mapping[str, bool] = field(default_factory=dict)
    topics: frozenset[str] = frozenset()
    notice: str = ""

    def speaks_on(self, channel: ChannelName) -> bool:
        """Does the bot answer on this channel?"""
        return self.bot_on and self.channels.get(channel.value, True)

    def covers(self, *names: str) -> bool:
        """Is one of these names (a topic, its group, an intent) switched off?"""
        return not self.topics.isdisjoint(names)
