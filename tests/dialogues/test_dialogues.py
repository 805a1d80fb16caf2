"""Every story, on both platforms."""

import pytest

from chatbot.model import ChannelName
from tests.dialogues.conftest import Bots
from tests.dialogues.player import Player
from tests.dialogues.story import Story, stories

STORIES = stories()


@pytest.mark.parametrize("channel", [ChannelName.ZALO, ChannelName.MESSENGER], ids=str)
@pytest.mark.parametrize("story", [story for _, story in STORIES], ids=[name for name, _ in STORIES])
def test_story(story: Story, channel: ChannelName, bots: Bots) -> None:
    """What the citizen does leads to what the story says."""
    Player(bots(story.desk), channel, story.begins).play(story)
