"""What leaves: plain parts with buttons, an outcome, and where the facts come from."""

from dataclasses import dataclass
from datetime import date

from chatbot.model.action import Action
from chatbot.model.outcome import Outcome


@dataclass(frozen=True, slots=True)
class SayButton:
    """Comes back to us as its action; also works when its label is typed."""

    label: str
    action: Action


@dataclass(frozen=True, slots=True)
class LinkButton:
    """Opens a page of a registered domain."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class CallButton:
    """Calls a registered number; `phone` as people read it, e.g. 1900.9068."""

    label: str
    phone: str


Button = SayButton | LinkButton | CallButton


@dataclass(frozen=True, slots=True)
class Source:
    """The legal basis of an answer."""

    document: str
    place: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One message: a text and the buttons under it. Of any length: the renderer splits and numbers."""

    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a handler returns. No parts = stay silent. It has not been sent, and a handler never sends."""

    outcome: Outcome
    parts: tuple[Part, ...] = ()
    sources: tuple[Source, ...] = ()
    checked_on: date | None = None
    intent: str = ""

    @property
    def text(self) -> str:
        """All parts as one string, for logs of tests, `chatbot ask` and the console."""
        return "\n\n".join(part.text for part in self.parts)

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Every button of every part, in order."""
        return tuple(button for part in self.parts for button in part.buttons)
