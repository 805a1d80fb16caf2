"""The words a guided flow is written in (`intents/flows/*.yaml`): states, choices, where they lead. No expressions."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from chatbot.dialogue.word_lists import Command
from chatbot.knowledge.fields import Label, MaybeEmpty, Name, Strict, Text
from chatbot.knowledge.yaml_source import plain
from chatbot.model import Outcome

ANSWER: Final = "answer:"
_DURATION: Final = re.compile(r"^(\d+)([mhd])$")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


class Target(StrEnum):
    """Where a choice may lead besides a state's name (and `answer:<intent>`)."""

    BACK = "back"  # the step before
    STAY = "stay"  # the same state, asked again
    RESUME = "resume"  # the state that an aside interrupted
    RESTART = "restart"
    CANCEL = "cancel"
    END = "end"
    HANDOFF = "handoff"


class Kind(StrEnum):
    """What a state is to "quay lại" and to the count of failures."""

    STEP = "step"  # on the trail: "quay lại" returns here
    DETOUR = "detour"  # a way round; not on the trail
    FAILURE = "failure"  # a detour that counts towards the escalation rule
    ASIDE = "aside"  # a question about the flow itself (stop? go on?); remembers the state it interrupted


def _duration(value: Any) -> Any:
    found = _DURATION.match(str(value))
    if found is None:
        raise ValueError(f"khoảng thời gian {str(value)!r} phải viết dạng 5m, 2h hoặc 7d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_several)]
Values = Annotated[tuple[MaybeEmpty, ...], BeforeValidator(_several)]
"""Values of a slot; "" stands for a slot not yet filled."""
Count = Annotated[int, BeforeValidator(plain), Field(ge=1)]
Flag = Annotated[bool, BeforeValidator(plain)]
BySlot = Annotated[dict[Name, dict[Text, Text]], Field(min_length=1, max_length=1)]
"""One phrase key per value of one slot: `{path: {app: reset.step1.app, web: reset.step1.web}}`."""


class Choice(Strict):
    """One way on. Without a label it is only heard, never shown. `only` limits it to values of slots."""

    label: Label | None = None
    en: Label | None = None
    also: tuple[Text, ...] = ()
    intent: Names = ()
    only: dict[Name, Values] = Field(default={})
    sets: dict[Name, Text] = Field(default={}, alias="set")
    stamp: Name | None = None
    note: Text | None = None
    go: Text


class Unsure(Strict):
    """What "không biết" gets: an explanation the first time, another state the second."""

    say: Text
    then: Text
    also: tuple[Text, ...] = ()


class Aged(Strict):
    """What an old stamp changes: a note before the text, or another state instead."""

    note: Text | None = None
    go: Text | None = None


class Age(Strict):
    """How old a stamp may grow, and the note that a digression adds while it counts."""

    stamp: Name
    after: dict[Duration, Aged]
    away: Text | None = None


class Skip(Strict):
    """Pass this state by when a slot already holds one of these values."""

    when: dict[Name, Values]
    go: Text


class State(Strict):
    """One thing said and the answers it may get. `then` says it and passes on in the same reply."""

    kind: Kind = Kind.STEP
    step: Annotated[str, Field(pattern=r"^\d/\d$")] | None = None
    say: Text | BySlot
    short: Text | None = None
    simpler: Text | None = None
    choices: dict[Name, Choice] = Field(default={})
    on: dict[Name, Text] = Field(default={})
    sets: dict[Name, Text] = Field(default={}, alias="set")
    stamp: Name | None = None
    skip_if: tuple[Skip, ...] = ()
    unsure: Unsure | None = None
    again: dict[int, Text] = Field(default={})
    age: Age | None = None
    otherwise: Text | None = None
    then: Text | None = None
    outcome: Outcome = Outcome.FLOW_STEP
    final: Flag = False
    """The goal is reached: the flow ends here, though its buttons still work."""

    @property
    def number(self) -> int:
        """The n of `step: n/5`, or 0."""
        return int(self.step.split("/")[0]) if self.step else 0

    @property
    def commands(self) -> tuple[Command, ...]:
        """What a numbered step offers besides its choices, while there is room for buttons."""
        if not self.step:
            return ()
        return (Command.BACK, Command.CANCEL) if self.number > 1 else (Command.CANCEL,)

    def shown(self, slots: Mapping[str, str]) -> dict[str, Choice]:
        """The choices that these slots allow, heard-only ones too."""
        return {name: choice for name, choice in self.choices.items() if fits(choice.only, slots)}


class Silence(Strict):
    """A silence after which the first message is met with a question; `unless_answered` lets a clear answer pass."""

    after: Duration
    ask: Name
    unless_answered: Flag = False


class Cancel(Strict):
    """Stopping: from `from_step` on the bot asks once."""

    ask: Name
    from_step: Count


class Failures(Strict):
    """The escalation rule: this many failures in one conversation lead to `go`."""

    limit: Count
    go: Name


class Digressions(Strict):
    """After this many other questions in a row the bot asks whether to go on."""

    limit: Count
    ask: Name


class Heard(Strict):
    """Slots that the words of the very first message already fill."""

    words: tuple[Text, ...]
    sets: dict[Name, Text] = Field(alias="set")


class Aside(Strict):
    """A small question about the flow that one line answers, whatever the state."""

    words: tuple[Text, ...]
    say: Text


class Shortcut(Strict):
    """Words that lead to a state from wherever the citizen stands: "gọi tổng đài đi"."""

    words: tuple[Text, ...]
    go: Name


class FlowSpec(Strict):
    """A whole flow. `anywhere` leads from an intent to a state, inside the flow and on the way in."""

    id: Name
    version: Count
    title: Text
    start: Name
    opening: Text
    """Phrase key said first at `start`; `opening_short` when the first message already leads to another state."""
    opening_short: Text
    opens: tuple[Text, ...] = ()
    """Whole messages that open the flow without any understanding: what the bot itself tells people to write."""
    opens_for: tuple[Shortcut, ...] = ()
    """Words beside those that lead to another state than the first: "cho con tôi"."""
    expires: Duration
    farewell: Text
    cancelled: Text
    person: Name
    """The state in which a citizen waits who asked for a person."""
    cancel: Cancel
    failures: Failures
    digressions: Digressions
    resume: tuple[Silence, ...] = ()
    heard: tuple[Heard, ...] = ()
    asides: tuple[Aside, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    anywhere: dict[Name, Text] = Field(default={})
    states: dict[Name, State] = Field(min_length=1)

    def targets(self) -> Iterator[tuple[str, str]]:
        """Every (state, target) pair, for drawing and checking; flow-wide ones come from the state ""."""
        for name, state in self.states.items():
            yield from ((name, target) for target in _targets(state))
        for target in (self.start, self.person, self.cancel.ask, self.failures.go, self.digressions.ask):
            yield "", target
        yield from (("", silence.ask) for silence in self.resume)
        yield from (("", shortcut.go) for shortcut in (*self.shortcuts, *self.opens_for))
        yield from (("", target) for target in self.anywhere.values())


def fits(wanted: Mapping[str, tuple[str, ...]], slots: Mapping[str, str]) -> bool:
    """Do the slots hold one of the wanted values each?"""
    return all(slots.get(slot, "") in values for slot, values in wanted.items())


def _targets(state: State) -> Iterator[str]:
    yield from (choice.go for choice in state.choices.values())
    yield from state.on.values()
    yield from (skip.go for skip in state.skip_if)
    yield from state.again.values()
    yield from (aged.go for aged in (state.age.after.values() if state.age else ()) if aged.go)
    yield from (target for target in (state.otherwise, state.then, state.unsure and state.unsure.then) if target)
