"""The schemas of the smaller content files: groups, acts, phrases, menu, background texts."""

from pydantic import Field, RootModel

from chatbot.knowledge.fields import Label, Name, Strict, Text
from chatbot.model import Action


class Group(Strict):
    """A group of policy topics, as the menu shows it."""

    title: Text
    label: Label


class Authority(Strict):
    """An agency that decides, and where to find it: the right door of a "wrong door" question."""

    name: Text
    where: Text


class GroupsFile(Strict):
    """`groups.yaml`."""

    groups: dict[Name, Group]
    authorities: dict[Name, Authority]


class Act(Strict):
    """An intent that is not a policy topic: a step of the reset, a channel question, small talk..."""

    title: Text
    """In citizens' words, for "ý anh/chị là…" choices."""
    label: Label
    policy: bool = False
    ask: tuple[Text, ...] = ()


class ActsFile(RootModel[dict[Name, Act]]):
    """`acts/<family>.yaml`: acts by name."""


class PhrasesFile(RootModel[dict[Text, Text | list[Text]]]):
    """`phrases.vi.yaml`: every sentence that is not policy, by key. A list holds variants; the first is the default."""


class MenuItem(Strict):
    """One line of the menu. `to`: `groups`, `group:<id>`, `human`, or the name of a topic or an act."""

    label: Label
    to: Text

    @property
    def action(self) -> Action:
        """What tapping the line does."""
        kind, _, name = self.to.partition(":")
        if self.to == "groups":
            return Action("menu", {"list": "groups"})
        if kind == "group":
            return Action("group", {"id": name})
        return Action("human") if self.to == "human" else Action("act", {"id": self.to})


class MenuFile(Strict):
    """`menu.yaml`."""

    main: tuple[MenuItem, ...] = Field(min_length=1)
    ice_breakers: tuple[MenuItem, ...] = ()


class BackgroundFile(RootModel[list[Text]]):
    """`background.yaml`: texts that no intent answers; they teach the model to be unsure."""
