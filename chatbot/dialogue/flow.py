"""The engine of guided flows: session, what was said, now -> next session and reply. Pure; it never writes first."""

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from chatbot.dialogue import flow_session as moves
from chatbot.dialogue.flow_entry import ENGLISH, LANGUAGE, Entrance
from chatbot.dialogue.flow_result import Elsewhere, FlowLoopError, Why
from chatbot.dialogue.flow_spec import FlowSpec, Kind, Target
from chatbot.dialogue.flow_voice import ACTION, Voice
from chatbot.dialogue.flow_walk import Walk
from chatbot.dialogue.handled import Handled
from chatbot.dialogue.reading import NOT_DONE, Meaning, Reading, read, spoken
from chatbot.dialogue.word_lists import Command
from chatbot.dialogue.words import fold
from chatbot.knowledge.phrases import Phrases
from chatbot.model import (
    Action,
    Button,
    CallButton,
    Decision,
    LinkButton,
    Match,
    Outcome,
    Part,
    Reply,
    SayButton,
    Session,
    changed,
)
from chatbot.nlu.english import is_english

ACT: Final = "act"
"""A button that says an intent as if it had been typed; `Said.match` holds it."""
_CONTINUE: Final = ("lam tiep", "tiep tuc", "lay lai mat khau", "quay lai lam tiep")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What arrived: a text (masked) with what the understanding made of it, or a tapped button."""

    text: str = ""
    action: Action | None = None
    match: Match = field(default_factory=Match)


class Flow:
    """One flow, ready to talk."""

    def __init__(self, spec: FlowSpec, phrases: Phrases) -> None:
        self.spec = spec
        self.voice = Voice(spec, phrases)
        self.entrance = Entrance(spec)
        self._walk = Walk(spec, self.voice)

    def enter(self, session: Session, now: datetime, *, intent: str = "", text: str = "", at: str = "") -> Handled:
        """Begin at the state that the first message leads to (or `at`), with the slots it already fills."""
        target = at or self.spec.anywhere.get(intent, self.spec.start)
        target = self.spec.start if target in set(Target) else target
        fresh = moves.begun(session, self.spec, self.entrance.heard(text))
        opening = self.spec.opening if target == self.spec.start else self.spec.opening_short
        return self._spoken(self._walk.arrive(fresh, target, now, (self.voice.phrase(opening, fresh),)))

    def begin(self, session: Session, now: datetime, before: str) -> Handled:
        """Begin at the first question, after a sentence of somebody else's."""
        fresh = moves.begun(session, self.spec, {})
        return self._spoken(self._walk.arrive(fresh, self.spec.start, now, (before,)))

    def turn(self, session: Session, said: Said, now: datetime) -> Handled | Elsewhere:
        """One message of the citizen. A tapped button is obeyed whatever its age; a typed label falls under silence."""
        if said.action is not None and said.action.name != ACT:
            return self._tapped(session, said.action, now, typed=bool(said.text))
        silence = self._silence(session, now)
        if silence >= self.spec.expires:
            return Elsewhere(session=moves.left(session), why=Why.EXPIRED)
        if session.paused_by:
            if not self._goes_on(said):
                return Elsewhere(session=session, why=Why.PAUSED)
            return self.resume(session, now)
        if session.state not in self.spec.states:
            return self._walk.renewed(session, now)
        if LANGUAGE not in session.slots and is_english(said.text):
            session = changed(session, slots={**session.slots, LANGUAGE: ENGLISH})
        reading = self._reading(session, said)
        return self._after_silence(session, said.text, reading, silence, now) or self._obey(session, reading, now)

    def after(self, session: Session, answer: Reply, now: datetime, why: Why = Why.QUESTION) -> Handled:
        """Put the pending question under an answer that others gave. Choices of a clarification stay untouched.

        A warning (a secret was masked, a picture came) is passed with `Why.BUTTON`: it does not count as a digression.
        """
        if self._silence(session, now) >= self.spec.expires:
            return Handled(answer, moves.left(session))
        if session.state not in self.spec.states or answer.outcome is Outcome.CLARIFY_CHOICES or session.paused_by:
            return Handled(answer, session)
        if why is Why.QUESTION:
            session = changed(session, digressions=session.digressions + 1)
        if session.digressions >= self.spec.digressions.limit:
            session = moves.arrived(changed(session, digressions=0), self.spec, self.spec.digressions.ask, now)
        state = self.spec.states[session.state]
        lines = [self.voice.pending(state, session)]
        if why is Why.PERSON:
            lines = [self.voice.phrase("flow.meanwhile", session)]
        elif state.age and state.age.away and why is Why.QUESTION:
            lines.append(self.voice.phrase(state.age.away, session))
        last = Part("\n\n".join(lines), self._without_person(self.voice.buttons(state, session), session, why))
        labels = {button.label for button in last.buttons}
        parts = (*(Part(part.text, _kept(part.buttons, labels)) for part in answer.parts), last)
        digressed = why is Why.QUESTION and answer.outcome.family == "answered"
        outcome = Outcome.FLOW_DIGRESSED if digressed else answer.outcome
        return Handled(changed(answer, parts=parts, outcome=outcome), moves.spoke(session, now))

    def pause(self, session: Session, reason: str) -> Session:
        """Danger comes first: the flow waits where it is. `reason` is "scam" or "human"."""
        return changed(session, paused_by=reason)

    def resume(self, session: Session, now: datetime) -> Handled | Elsewhere:
        """Go on where the flow stopped, or from the start."""
        awake = changed(session, paused_by="")
        if awake.flow != self.spec.id or awake.state not in self.spec.states:
            return self.enter(awake, now)
        note = self.voice.phrase("flow.resumed", awake)
        return self._walk.arrive(awake, awake.state, now, (note,), counting=False)

    def _reading(self, session: Session, said: Said) -> Reading:
        """What was said at this state. A typed number that the last reply's buttons explain is not read once more."""
        text = said.text if said.action is None else ""
        opened = self.entrance.opened_by(text)
        if opened is not None and opened != self.spec.start:
            return Reading(Meaning.TARGET, opened)
        if opened is not None:
            aside = self.spec.states[session.state].kind is Kind.ASIDE
            return Reading(Meaning.TARGET, Target.RESUME) if aside else Reading(Meaning.COMMAND, Command.WHERE)
        return read(text, said.match, self.spec, self.spec.states[session.state], session.slots)

    def _tapped(self, session: Session, action: Action, now: datetime, *, typed: bool) -> Handled | Elsewhere:
        if action.name != ACTION:
            person = action.name == "human"
            return self._walk.to_person(session, now) if person else Elsewhere(session=session, why=Why.BUTTON)
        name = action.args.get("state", "")
        if not {"choice", "command", "to"} & set(action.args):
            return self.resume(session, now)
        if name not in self.spec.states:
            return self._walk.renewed(session, now)
        if session.flow != self.spec.id:
            session = moves.begun(session, self.spec, {})
        silence = self._silence(session, now) if typed else timedelta()
        session = changed(session, state=name, paused_by="")
        reading = self._tap_meaning(session, action)
        return self._after_silence(session, "", reading, silence, now) or self._obey(session, reading, now)

    def _tap_meaning(self, session: Session, action: Action) -> Reading:
        choice, order, to = (action.args.get(key, "") for key in ("choice", "command", "to"))
        if choice in self.spec.states[session.state].shown(session.slots):
            return Reading(Meaning.CHOICE, choice)
        if order in set(Command):
            return Reading(Meaning.COMMAND, order)
        return Reading(Meaning.TARGET, to) if to in self.spec.states else Reading(Meaning.COMMAND, Command.REPEAT)

    def _after_silence(
        self, session: Session, text: str, reading: Reading, silence: timedelta, now: datetime
    ) -> Handled | Elsewhere | None:
        rules = [rule for rule in self.spec.resume if silence >= rule.after and rule.ask != session.state]
        if not rules:
            return None
        rule = max(rules, key=lambda rule: rule.after)
        if reading == Reading(Meaning.COMMAND, Command.CANCEL):
            return self._walk.arrive(session, Target.CANCEL, now)
        if rule.unless_answered and reading.meaning in (Meaning.CHOICE, Meaning.TARGET):
            return None
        asked = moves.arrived(session, self.spec, rule.ask, now)
        if chosen := spoken(text, self.spec.states[rule.ask].shown(session.slots)):
            return self._walk.choose(asked, chosen, now)
        if reading.meaning is Meaning.ELSEWHERE:
            return Elsewhere(session=asked, why=Why.QUESTION, intent=reading.value)
        return self._walk.arrive(session, rule.ask, now) if reading.meaning is not Meaning.PERSON else None

    def _obey(self, session: Session, reading: Reading, now: datetime) -> Handled | Elsewhere:
        match reading.meaning:
            case Meaning.CHOICE:
                return self._walk.choose(session, reading.value, now)
            case Meaning.COMMAND:
                return self._walk.command(session, Command(reading.value), now)
            case Meaning.TARGET:
                return self._towards(session, reading.value, now)
            case Meaning.PERSON:
                return self._walk.to_person(session, now)
            case Meaning.GO_ON:
                return self._go_on(session, reading.value, now)
            case Meaning.ELSEWHERE:
                return Elsewhere(session=session, why=Why.QUESTION, intent=reading.value)
            case Meaning.NOT_YET | Meaning.UNSURE | Meaning.ASIDE | Meaning.UNCLEAR:
                return self._stay(session, reading, now)

    def _stay(self, session: Session, reading: Reading, now: datetime) -> Handled | Elsewhere:
        """No answer that leads on: the question is asked again, after what the text calls for."""
        if reading.meaning is Meaning.ASIDE:
            answer = self.voice.reply((self.voice.phrase(reading.value, session),), (), Outcome.ANSWERED_CHANNEL)
            return self.after(session, answer, now)
        if reading.meaning is Meaning.NOT_YET:
            return self._walk.again(session, now, self.voice.phrase("flow.take_your_time", session))
        unsure = reading.meaning is Meaning.UNSURE
        return self._walk.unsure(session, now) if unsure else self._walk.unclear(session, now)

    def _go_on(self, session: Session, name: str, now: datetime) -> Handled | Elsewhere:
        """ "Làm tiếp": the way on where the state has one, else back to the step, else the question once more.

        After another question it means the step that was left for it.
        """
        state = self.spec.states[session.state]
        if state.step and session.digressions:
            return self._walk.again(moves.returned(session), now, self.voice.phrase("flow.resumed", session))
        if name:
            return self._walk.choose(session, name, now)
        before = self.spec.states.get(session.trail[-1]) if session.trail else None
        if state.kind in (Kind.DETOUR, Kind.FAILURE) and before and before.step:
            return self._walk.command(session, Command.BACK, now)
        return self._walk.go_on(session, now)

    def _towards(self, session: Session, target: str, now: datetime) -> Handled | Elsewhere:
        still = self._still(session, target)
        if still:
            return self._walk.choose(session, still, now)
        return self._walk.arrive(moves.returned(session), target, now)

    def _still(self, session: Session, target: str) -> str:
        """The trouble of this very state told once more: its choice for "no better", so that nobody hears it twice."""
        state = self.spec.states[session.state]
        if target != session.state or state.kind is Kind.STEP:
            return ""
        return next((name for name, choice in state.shown(session.slots).items() if NOT_DONE in choice.intent), "")

    def _without_person(self, buttons: tuple[Button, ...], session: Session, why: Why) -> tuple[Button, ...]:
        if why is not Why.PERSON:
            return buttons
        choices = self.spec.states[session.state].choices
        asking = {name for name, choice in choices.items() if choice.go == Target.HANDOFF}
        return tuple(
            button
            for button in buttons
            if not (isinstance(button, SayButton) and button.action.args.get("choice") in asking)
        )

    def _silence(self, session: Session, now: datetime) -> timedelta:
        began = moves.silence_began(session)
        return now - began if began else timedelta()

    def _goes_on(self, said: Said) -> bool:
        asked = said.match.decision is Decision.ANSWER and self.spec.anywhere.get(said.match.intent) == Target.STAY
        return asked or any(words in fold(said.text) for words in _CONTINUE)

    def _spoken(self, result: Handled | Elsewhere) -> Handled:
        if isinstance(result, Elsewhere):
            raise FlowLoopError(f"flow '{self.spec.id}' leads away before it said anything")
        return result


def _kept(buttons: tuple[Button, ...], labels: Set[str]) -> tuple[Button, ...]:
    """Links and calls of an answer, none of them named as a way of the flow is ("Gọi 1900.9068")."""
    return tuple(one for one in buttons if isinstance(one, LinkButton | CallButton) and one.label not in labels)
