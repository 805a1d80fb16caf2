"""The engine of guided flows: session, what was said, now -> next session and reply. Pure; it never writes first."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from chatbot.dialogue import flow_session as moves
from chatbot.dialogue.flow_spec import ANSWER, Age, Aged, FlowSpec, Kind, State, Target, fits
from chatbot.dialogue.flow_voice import ACTION, Voice
from chatbot.dialogue.handled import Handled
from chatbot.dialogue.reading import PERSON, Meaning, Reading, read
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
)

ACT: Final = "act"
"""A button that says an intent as if it had been typed; `Said.match` holds it."""
MOST_HOPS: Final = 12
GENTLE: Final = 2
"""Gentle re-asks before the explanation, and before a way out."""
_CONTINUE: Final = ("lam tiep", "tiep tuc", "lay lai mat khau", "quay lai lam tiep")


class FlowLoopError(Exception):
    """A flow leads round and round without saying anything: a mistake in its file."""


class Why(StrEnum):
    """Why somebody else has the word."""

    QUESTION = "question"  # the citizen asked something else
    BUTTON = "button"  # a button leads to an answer of the knowledge
    PERSON = "person"  # the citizen wants a person
    EXPIRED = "expired"  # silent for so long that the flow is over: greet as new
    PAUSED = "paused"  # danger comes first; the flow waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What arrived: a text (masked) with what the understanding made of it, or a tapped button."""

    text: str = ""
    action: Action | None = None
    match: Match = field(default_factory=Match)


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The flow passes the word on. `intent` is what to answer, or "" for whatever the text or the button means.

    Answer it, then call `Flow.after(session, answer, now, why)`; not for EXPIRED and PAUSED.
    """

    session: Session
    why: Why
    intent: str = ""


class Flow:
    """One flow, ready to talk."""

    def __init__(self, spec: FlowSpec, phrases: Phrases) -> None:
        self.spec = spec
        self.voice = Voice(spec, phrases)

    def enter(self, session: Session, now: datetime, *, intent: str = "", text: str = "") -> Handled:
        """Begin at the state that the first message leads to, with the slots it already fills."""
        folded = f" {fold(text)} "
        slots: dict[str, str] = {}
        for heard in self.spec.heard:
            if any(f" {fold(words)} " in folded for words in heard.words):
                slots |= heard.sets
        target = self.spec.anywhere.get(intent, self.spec.start)
        target = self.spec.start if target in set(Target) else target
        fresh = moves.begun(session, self.spec, slots)
        opening = self.spec.opening if target == self.spec.start else self.spec.opening_short
        return self._spoken(self._arrive(fresh, target, now, (self.voice.phrase(opening, fresh),)))

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
            return self._renewed(session, now)
        reading = read(said.text, said.match, self.spec, self.spec.states[session.state], session.slots)
        return self._after_silence(session, reading, silence, now) or self._obey(session, reading, now)

    def after(self, session: Session, answer: Reply, now: datetime, why: Why = Why.QUESTION) -> Handled:
        """Put the pending question under an answer that others gave. Choices of a clarification stay untouched.

        A warning (a secret was masked, a picture came) is passed with `Why.BUTTON`: it does not count as a digression.
        """
        if self._silence(session, now) >= self.spec.expires:
            return Handled(answer, moves.left(session))
        if session.state not in self.spec.states or answer.outcome is Outcome.CLARIFY_CHOICES or session.paused_by:
            return Handled(answer, session)
        if why is Why.QUESTION:
            session = replace(session, digressions=session.digressions + 1)
        if session.digressions >= self.spec.digressions.limit:
            session = moves.arrived(replace(session, digressions=0), self.spec, self.spec.digressions.ask, now)
        state = self.spec.states[session.state]
        lines = [self.voice.pending(state, session)]
        if why is Why.PERSON:
            lines = [self.voice.phrase("flow.meanwhile", session)]
        elif state.age and state.age.away and why is Why.QUESTION:
            lines.append(self.voice.phrase(state.age.away, session))
        last = Part("\n\n".join(lines), self._without_person(self.voice.buttons(state, session), session, why))
        parts = (*(Part(part.text, _kept(part.buttons)) for part in answer.parts), last)
        digressed = why is Why.QUESTION and answer.outcome.family == "answered"
        outcome = Outcome.FLOW_DIGRESSED if digressed else answer.outcome
        return Handled(replace(answer, parts=parts, outcome=outcome), moves.spoke(session, now))

    def pause(self, session: Session, reason: str) -> Session:
        """Danger comes first: the flow waits where it is. `reason` is "scam" or "human"."""
        return replace(session, paused_by=reason)

    def resume(self, session: Session, now: datetime) -> Handled | Elsewhere:
        """Go on where the flow stopped, or from the start."""
        awake = replace(session, paused_by="")
        if awake.flow != self.spec.id or awake.state not in self.spec.states:
            return self.enter(awake, now)
        note = self.voice.phrase("flow.resumed", awake)
        return self._arrive(awake, awake.state, now, (note,), counting=False)

    def _tapped(self, session: Session, action: Action, now: datetime, *, typed: bool) -> Handled | Elsewhere:
        if action.name != ACTION:
            person = action.name == "human"
            return self._to_person(session, now) if person else Elsewhere(session=session, why=Why.BUTTON)
        name = action.args.get("state", "")
        if not {"choice", "command", "to"} & set(action.args):
            return self.resume(session, now)
        if name not in self.spec.states:
            return self._renewed(session, now)
        if session.flow != self.spec.id:
            session = moves.begun(session, self.spec, {})
        silence = self._silence(session, now) if typed else timedelta()
        session = replace(session, state=name, paused_by="")
        reading = self._tap_meaning(session, action)
        return self._after_silence(session, reading, silence, now) or self._obey(session, reading, now)

    def _tap_meaning(self, session: Session, action: Action) -> Reading:
        choice, order, to = (action.args.get(key, "") for key in ("choice", "command", "to"))
        if choice in self.spec.states[session.state].shown(session.slots):
            return Reading(Meaning.CHOICE, choice)
        if order in set(Command):
            return Reading(Meaning.COMMAND, order)
        return Reading(Meaning.TARGET, to) if to in self.spec.states else Reading(Meaning.COMMAND, Command.REPEAT)

    def _after_silence(
        self, session: Session, reading: Reading, silence: timedelta, now: datetime
    ) -> Handled | Elsewhere | None:
        rules = [rule for rule in self.spec.resume if silence >= rule.after and rule.ask != session.state]
        if not rules:
            return None
        rule = max(rules, key=lambda rule: rule.after)
        if rule.unless_answered and reading.meaning in (Meaning.CHOICE, Meaning.TARGET):
            return None
        if reading.meaning is Meaning.ELSEWHERE:
            asked = moves.arrived(session, self.spec, rule.ask, now)
            return Elsewhere(session=asked, why=Why.QUESTION, intent=reading.value)
        return self._arrive(session, rule.ask, now) if reading.meaning is not Meaning.PERSON else None

    def _obey(self, session: Session, reading: Reading, now: datetime) -> Handled | Elsewhere:
        match reading.meaning:
            case Meaning.CHOICE:
                return self._choose(session, reading.value, now)
            case Meaning.COMMAND:
                return self._command(session, Command(reading.value), now)
            case Meaning.TARGET:
                return self._arrive(replace(session, digressions=0), reading.value, now)
            case Meaning.PERSON:
                return self._to_person(session, now)
            case Meaning.NOT_YET:
                return self._again(session, now, self.voice.phrase("flow.take_your_time", session))
            case Meaning.UNSURE:
                return self._unsure(session, now)
            case Meaning.ELSEWHERE:
                return Elsewhere(session=session, why=Why.QUESTION, intent=reading.value)
            case Meaning.UNCLEAR:
                return self._unclear(session, now)

    def _choose(self, session: Session, name: str, now: datetime) -> Handled | Elsewhere:
        choice = self.spec.states[session.state].choices[name]
        session = moves.chosen(session, choice.sets, choice.stamp, now)
        notes = (self.voice.phrase(choice.note, session),) if choice.note else ()
        return self._arrive(session, choice.go, now, notes)

    def _arrive(
        self, session: Session, target: str, now: datetime, notes: tuple[str, ...] = (), *, counting: bool = True
    ) -> Handled | Elsewhere:
        texts = list(notes)
        for _ in range(MOST_HOPS):
            if target not in self.spec.states:
                return self._special(session, target, now, tuple(texts))
            state = self.spec.states[target]
            session = self._count(session, target) if counting else session
            onward = self._redirect(session, target, state, now)
            if onward is not None:
                texts += [self.voice.phrase(onward.note, session)] if onward.note else []
                target = onward.go or self.spec.start
                continue
            session = moves.arrived(session, self.spec, target, now)
            texts += [*self._age_note(state, session, now), self.voice.full(state, session)]
            if not state.then:
                return Handled(self.voice.reply(texts, self.voice.buttons(state, session), state.outcome), session)
            target = state.then
        raise FlowLoopError(f"flow '{self.spec.id}' turns in circles at '{target}'")

    def _special(self, session: Session, target: str, now: datetime, notes: tuple[str, ...]) -> Handled | Elsewhere:
        if target.startswith(ANSWER):
            return Elsewhere(session=session, why=Why.BUTTON, intent=target.removeprefix(ANSWER))
        match Target(target):
            case Target.BACK:
                return self._back(session, now)
            case Target.STAY:
                return self._stay(session, now, notes)
            case Target.RESUME:
                before = session.slots.get(moves.PENDING, self.spec.start)
                return self._arrive(session, before, now, notes, counting=False)
            case Target.CANCEL:
                return self._end(session, (self.voice.phrase(self.spec.cancelled, session),), Outcome.FLOW_CANCELLED)
            case Target.END:
                return self._end(session, (*notes, self.voice.phrase(self.spec.farewell, session)), Outcome.FLOW_DONE)
            case Target.HANDOFF:
                return self._to_person(session, now)

    def _redirect(self, session: Session, name: str, state: State, now: datetime) -> Aged | None:
        visits = session.fails.get(_at(name), 0)
        again = [times for times in state.again if times <= visits]
        if again:
            return Aged(go=state.again[max(again)])
        rule = self.spec.failures
        if state.kind is Kind.FAILURE and session.fails.get(moves.FAILURES, 0) >= rule.limit:
            return Aged(go=rule.go)
        skip = next((skip for skip in state.skip_if if fits(skip.when, session.slots)), None)
        if skip is not None:
            return Aged(go=skip.go)
        aged = _aged(state.age, session, now)
        return aged if aged and aged.go else None

    def _age_note(self, state: State, session: Session, now: datetime) -> tuple[str, ...]:
        aged = _aged(state.age, session, now)
        return (self.voice.phrase(aged.note, session),) if aged and aged.note else ()

    def _count(self, session: Session, name: str) -> Session:
        session = moves.counted(session, _at(name))
        return moves.counted(session, moves.FAILURES) if self.spec.states[name].kind is Kind.FAILURE else session

    def _command(self, session: Session, order: Command, now: datetime) -> Handled | Elsewhere:
        session = replace(session, digressions=0)
        match order:
            case Command.BACK:
                return self._back(session, now)
            case Command.CANCEL:
                return self._cancel(session, now)
            case Command.RESTART:
                kept = {key: value for key, value in session.slots.items() if key == "language"}
                fresh = moves.begun(session, self.spec, kept)
                return self._arrive(fresh, self.spec.start, now, (self.voice.phrase("flow.restarted", fresh),))
            case Command.REPEAT:
                session = moves.counted(session, moves.REPEATED)
                return self._simpler(session, now, with_person=session.fails[moves.REPEATED] > GENTLE)
            case Command.HELP:
                return self._simpler(session, now, with_person=True)
            case Command.WHERE:
                state = self.spec.states[session.state]
                key = "flow.where" if state.step else "flow.where_unnumbered"
                return self._again(session, now, self.voice.phrase(key, session, n=state.number))

    def _back(self, session: Session, now: datetime) -> Handled | Elsewhere:
        walked = session.trail[:-1] if session.trail[-1:] == (session.state,) else session.trail
        if not walked:
            return self._again(session, now, self.voice.phrase("flow.no_way_back", session))
        state = self.spec.states[walked[-1]]
        key = "flow.back_note" if state.step else "flow.back_note_unnumbered"
        session = moves.arrived(replace(session, trail=walked[:-1]), self.spec, walked[-1], now)
        return self._again(session, now, self.voice.phrase(key, session, n=state.number), Outcome.FLOW_STEP)

    def _cancel(self, session: Session, now: datetime) -> Handled | Elsewhere:
        rule = self.spec.cancel
        deep = any(
            self.spec.states[name].number >= rule.from_step for name in session.trail if name in self.spec.states
        )
        asking = deep and session.state != rule.ask
        return self._arrive(session, rule.ask if asking else Target.CANCEL, now)

    def _again(self, session: Session, now: datetime, note: str, outcome: Outcome = Outcome.FLOW_REASKED) -> Handled:
        state = self.spec.states[session.state]
        texts = (note, self.voice.full(state, session))
        return Handled(self.voice.reply(texts, self.voice.buttons(state, session), outcome), moves.spoke(session, now))

    def _stay(self, session: Session, now: datetime, notes: tuple[str, ...]) -> Handled:
        state = self.spec.states[session.state]
        texts = (*notes, self.voice.pending(state, session) if notes else self.voice.full(state, session))
        reply = self.voice.reply(texts, self.voice.buttons(state, session), state.outcome)
        return Handled(reply, moves.spoke(session, now))

    def _simpler(self, session: Session, now: datetime, *, with_person: bool) -> Handled:
        state = self.spec.states[session.state]
        buttons = self.voice.buttons(state, session)
        if with_person:
            buttons = (*buttons[:4], self.voice.person(session))
        reply = self.voice.reply((self.voice.simpler(state, session),), buttons, Outcome.FLOW_REASKED)
        return Handled(reply, moves.spoke(session, now))

    def _unsure(self, session: Session, now: datetime) -> Handled | Elsewhere:
        unsure = self.spec.states[session.state].unsure
        if unsure is None:
            return self._simpler(session, now, with_person=True)
        key = f"unsure.{session.state}"
        session = moves.counted(session, key)
        if session.fails[key] > 1:
            return self._arrive(session, unsure.then, now)
        return self._again(session, now, self.voice.phrase(unsure.say, session))

    def _unclear(self, session: Session, now: datetime) -> Handled | Elsewhere:
        state = self.spec.states[session.state]
        if state.otherwise:
            return self._arrive(session, state.otherwise, now)
        session = moves.counted(moves.spoke(session, now), moves.UNCLEAR)
        times, buttons = session.fails[moves.UNCLEAR], self.voice.buttons(state, session)
        if times <= GENTLE:
            key = "flow.unclear" if times == 1 else "flow.unclear_again"
            texts = (self.voice.phrase(key, session), self.voice.numbered(state, session))
        elif times == GENTLE + 1:
            texts = (self.voice.phrase("flow.explained", session), self.voice.simpler(state, session))
            buttons = (*buttons[:4], self.voice.person(session))
        else:
            texts = (self.voice.phrase("flow.stuck", session), "")
            buttons = (self.voice.person(session), self.voice.other_way(session))
        return Handled(self.voice.reply(texts, buttons, Outcome.FLOW_REASKED), session)

    def _renewed(self, session: Session, now: datetime) -> Handled | Elsewhere:
        fresh = moves.begun(session, self.spec, {})
        return self._arrive(fresh, self.spec.start, now, (self.voice.phrase("flow.renewed", fresh),))

    def _to_person(self, session: Session, now: datetime) -> Elsewhere:
        waiting = moves.arrived(session, self.spec, self.spec.person, now)
        return Elsewhere(session=waiting, why=Why.PERSON, intent=PERSON)

    def _end(self, session: Session, texts: tuple[str, ...], outcome: Outcome) -> Handled:
        return Handled(self.voice.reply(texts, (), outcome), moves.left(session))

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


def _at(name: str) -> str:
    return f"at.{name}"


def _aged(age: Age | None, session: Session, now: datetime) -> Aged | None:
    stamped = session.stamps.get(age.stamp) if age else None
    if age is None or stamped is None:
        return None
    passed = [after for after in age.after if now - stamped >= after]
    return age.after[max(passed)] if passed else None


def _kept(buttons: tuple[Button, ...]) -> tuple[Button, ...]:
    return tuple(button for button in buttons if isinstance(button, LinkButton | CallButton))
