"""How a flow speaks: the sentence of a state in the citizen's language and path, and its buttons. Five at most."""

from collections.abc import Iterable
from typing import Final

from chatbot.dialogue.flow_entry import ENGLISH, LANGUAGE
from chatbot.dialogue.flow_spec import FlowSpec, State
from chatbot.dialogue.reading import MOST_BUTTONS, labelled
from chatbot.knowledge.phrases import Phrases
from chatbot.model import Action, Button, Outcome, Part, Reply, SayButton, Session

ACTION: Final = "flow"


class Voice:
    """The sentences and buttons of one flow."""

    def __init__(self, spec: FlowSpec, phrases: Phrases) -> None:
        self._spec = spec
        self._phrases = phrases

    def phrase(self, key: str, session: Session, **slots: object) -> str:
        """A sentence; `<key>.en` when the citizen writes English and we have it."""
        english = f"{key}.{ENGLISH}"
        spoken = english if session.slots.get(LANGUAGE) == ENGLISH and english in self._phrases else key
        return self._phrases.say(spoken, 0, **slots)

    def full(self, state: State, session: Session) -> str:
        """What the state says."""
        if isinstance(state.say, str):
            return self.phrase(state.say, session)
        slot, by_value = next(iter(state.say.items()))
        key = by_value.get(session.slots.get(slot, "")) or next(iter(by_value.values()))
        return self.phrase(key, session)

    def simpler(self, state: State, session: Session) -> str:
        """The same in fewer and easier words."""
        return self.phrase(state.simpler, session) if state.simpler else self.full(state, session)

    def pending(self, state: State, session: Session) -> str:
        """One line that leads back to the state after something else was answered."""
        short = self.phrase(state.short, session) if state.short else ""
        if not short:
            return self.full(state, session)
        key = "flow.back_to_step" if state.step else "flow.back_to"
        return self.phrase(key, session, n=state.number, short=short)

    def numbered(self, state: State, session: Session) -> str:
        """The choices as a numbered list, for whoever sees no buttons."""
        labels = (button.label for button in self.buttons(state, session))
        return ";\n".join(f"{number}. {label}" for number, label in enumerate(labels, 1))

    def buttons(self, state: State, session: Session) -> tuple[Button, ...]:
        """The state's choices, then "Quay lại" and "Hủy" under a numbered step while there is room."""
        own = [
            SayButton(self._label(choice.label or "", choice.en, session), self._action(session, choice=name))
            for name, choice in labelled(state.shown(session.slots)).items()
        ]
        return (*own, *self._more(state, session))[:MOST_BUTTONS]

    def person(self, session: Session) -> SayButton:
        """The way to a person."""
        return SayButton(self.phrase("flow.label_person", session), Action("human"))

    def other_way(self, session: Session) -> SayButton:
        """The way to the flow's other exits."""
        return SayButton(self.phrase("flow.label_other_way", session), self._action(session, to=self._spec.failures.go))

    def reply(self, texts: Iterable[str], buttons: tuple[Button, ...], outcome: Outcome) -> Reply:
        """One message of several short paragraphs."""
        return Reply(outcome=outcome, parts=(Part("\n\n".join(filter(None, texts)), buttons),))

    def _more(self, state: State, session: Session) -> Iterable[SayButton]:
        for order in state.commands:
            yield SayButton(self.phrase(f"flow.label_{order}", session), self._action(session, command=order))

    def _label(self, label: str, english: str | None, session: Session) -> str:
        return english if english and session.slots.get(LANGUAGE) == ENGLISH else label

    def _action(self, session: Session, **args: str) -> Action:
        return Action(ACTION, {"flow": self._spec.id, "state": session.state, **args})
