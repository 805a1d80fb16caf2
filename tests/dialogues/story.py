"""The format of the conversation stories (`*.yaml` beside this file), and reading them with line numbers.

A story is a list of what the citizen does and what must come back; anybody who can write a list can write one:

    - story: "Bác Lan lấy lại mật khẩu"
      talk:
        - say: "bác quên mật khẩu vssid"      # or: tap: "Xong" · wait: 12m · send: image · open: true
          outcome: flow_step
          contains: ["hộp thư"]
          never: ["mã số của bác"]
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError

from chatbot.dialogue.context import VIETNAM
from chatbot.dialogue.flow_spec import Duration
from chatbot.knowledge import ContentError
from chatbot.knowledge.complain import complaints
from chatbot.knowledge.fields import MaybeEmpty, Strict, Text
from chatbot.knowledge.yaml_source import plain, read
from chatbot.model import Attachment, Outcome

FOLDER = Path(__file__).parent
Flag = Annotated[bool, BeforeValidator(plain)]
Outcomes = Annotated[tuple[Outcome, ...], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]


class Step(Strict):
    """One thing the citizen does, and what must come back.

    `say` types a text (several lines with `also`), `tap` a button by its label, `wait` lets time pass, `send` sends an
    attachment, `open` opens the chat, `withdraw` takes the consent back; `staff` is an officer writing from the
    platform's inbox. Expectations: `outcome` (one of), `state` ("" = no flow open), `contains`, `never` (pieces of the
    text, upper and lower case alike), `buttons` (labels that must be there), `erased`.
    """

    say: Text | None = None
    also: tuple[Text, ...] = ()
    tap: Text | None = None
    wait: Duration | None = None
    send: Attachment | None = None
    open: Flag = False
    staff: Text | None = None
    withdraw: Flag = False
    outcome: Outcomes = ()
    state: MaybeEmpty | None = None
    contains: tuple[Text, ...] = ()
    never: tuple[Text, ...] = ()
    buttons: tuple[Text, ...] = ()
    erased: Flag = False
    silent: Flag = False


class Story(Strict):
    """A whole conversation. `at` is the time in Viet Nam when it begins; `desk` whether officers can take over."""

    story: Text
    at: Text = "2026-11-23 09:00"
    desk: Annotated[str, Field(pattern="^(none|staffed)$")] = "none"
    never: tuple[Text, ...] = ()
    talk: tuple[Step, ...] = Field(min_length=1)

    @property
    def begins(self) -> datetime:
        """The beginning as an aware time."""
        return datetime.strptime(self.at, "%Y-%m-%d %H:%M").replace(tzinfo=VIETNAM)


class StoryFile(Strict):
    """A file of stories. `never` holds for every reply of every story in it."""

    never: tuple[Text, ...] = ()
    stories: tuple[Story, ...] = Field(min_length=1)


def stories() -> list[tuple[str, Story]]:
    """Every story of the folder with a readable name. Raises ContentError with file and line."""
    found: list[tuple[str, Story]] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        file = _load(path)
        found += [
            (f"{path.stem}: {story.story}", story.model_copy(update={"never": (*story.never, *file.never)}))
            for story in file.stories
        ]
    return found


def _load(path: Path) -> StoryFile:
    document = read(path, f"tests/dialogues/{path.name}")
    try:
        return StoryFile.model_validate(document.data)
    except ValidationError as error:
        raise ContentError(list(complaints(error, document))) from error
