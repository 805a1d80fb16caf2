"""The real flow and phrases, and a conversation with it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatbot.dialogue import Elsewhere, Flow, Handled, Said, load_flows
from chatbot.dialogue.flow_spec import FlowSpec
from chatbot.knowledge import Knowledge, load
from chatbot.model import Action, Candidate, Decision, Match, Reply, SayButton, Session

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def sure(intent: str) -> Match:
    """A match that is answered."""
    return Match(candidates=(Candidate(intent, 0.97),), decision=Decision.ANSWER)


def torn(intent: str, confidence: float = 0.3) -> Match:
    """A match that is asked back about."""
    return Match(candidates=(Candidate(intent, confidence),), decision=Decision.ASK)


class Talk:
    """One citizen inside one flow."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.now = NOW
        self.session = Session()
        self.reply: Reply | None = None
        self.passed: Elsewhere | None = None

    def enter(self, intent: str = "reset.start", text: str = "") -> "Talk":
        """The first message."""
        return self._took(self.flow.enter(self.session, self.now, intent=intent, text=text))

    def say(self, text: str, match: Match | None = None) -> "Talk":
        """The citizen types."""
        return self._took(self.flow.turn(self.session, Said(text=text, match=match or Match()), self.now))

    def tap(self, *labels: str) -> "Talk":
        """The citizen taps buttons of the reply before, one after the other."""
        for label in labels:
            assert self.reply is not None
            actions = {button.label: button.action for button in self.reply.buttons if isinstance(button, SayButton)}
            self._took(self.flow.turn(self.session, Said(action=actions[label]), self.now))
        return self

    def push(self, **args: str) -> "Talk":
        """A button of another time or of another's making."""
        return self._took(self.flow.turn(self.session, Said(action=Action("flow", args)), self.now))

    def wait(self, **how_long: float) -> "Talk":
        """Time passes."""
        self.now += timedelta(**how_long)
        return self

    def answered(self, answer: Reply) -> "Talk":
        """Somebody else answered what the flow passed on."""
        assert self.passed is not None
        return self._took(self.flow.after(self.session, answer, self.now, self.passed.why))

    @property
    def text(self) -> str:
        """What the bot said last."""
        return self.reply.text if self.reply else ""

    @property
    def labels(self) -> list[str]:
        """The buttons it showed."""
        return [button.label for button in self.reply.buttons] if self.reply else []

    def _took(self, result: Handled | Elsewhere) -> "Talk":
        self.session = result.session
        self.passed = result if isinstance(result, Elsewhere) else None
        self.reply = result.reply if isinstance(result, Handled) else None
        return self


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """All content."""
    return load(ROOT / "intents")


@pytest.fixture(scope="session")
def spec(knowledge: Knowledge) -> FlowSpec:
    """The password reset."""
    return load_flows(knowledge)["password_reset"]


@pytest.fixture
def talk(spec: FlowSpec, knowledge: Knowledge) -> Talk:
    """A fresh conversation."""
    return Talk(Flow(spec, knowledge.phrases))


@pytest.fixture
def at_code(talk: Talk) -> Talk:
    """A conversation at step 4, the code just sent."""
    talk.enter().tap("Còn mở được", "Trên điện thoại", "Xong", "Xong", "Thấy mã rồi")
    assert talk.session.state == "type_code"
    return talk
