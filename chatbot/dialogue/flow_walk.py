"""Walking through a flow: arriving at states, turning back, stopping, asking again."""

from datetime import datetime
from typing import Final

from chatbot.dialogue import flow_session as moves
from chatbot.dialogue.flow_result import Elsewhere, FlowLoopError, Why
from chatbot.dialogue.flow_spec import ANSWER, Age, Aged, FlowSpec, Kind, State, Target, fits
from chatbot.dialogue.flow_voice import Voice
from chatbot.dialogue.handled import Handled
from chatbot.dialogue.reading import PERSON
from chatbot.dialogue.word_lists import Command
from chatbot.model import Outcome, Session, changed

TOLD: Final = "told"
"""The slot that tells that the citizen heard of "quay lại" and "hủy": not every step has room for these buttons."""
KEPT: Final = frozenset({"language", "foreigner", TOLD})
"""Slots that a restart keeps."""
MOST_HOPS: Final = 12
GENTLE: Final = 2
"""Gentle re-asks before the explanation, and before a way out."""


class Walk:
    """One flow's ways from state to state. Every method is pure: a session in, a session and a reply out."""

    def __init__(self, spec: FlowSpec, voice: Voice) -> None:
        self.spec = spec
        self.voice = voice

    def choose(self, session: Session, name: str, now: datetime) -> Handled | Elsewhere:
        """Take a choice of the current state."""
        choice = self.spec.states[session.state].choices[name]
        session = moves.chosen(session, choice.sets, choice.stamp, now)
        return self.arrive(session, choice.go, now, self._said(choice.note, session))

    def arrive(
        self, session: Session, target: str, now: datetime, notes: tuple[str, ...] = (), *, counting: bool = True
    ) -> Handled | Elsewhere:
        """Go to a state (or a special target) and speak; pass on through states that only say something."""
        texts = list(notes)
        for _ in range(MOST_HOPS):
            if target not in self.spec.states:
                return self._special(session, target, now, tuple(texts))
            state = self.spec.states[target]
            session = self._count(session, target) if counting else session
            onward = self._redirect(session, target, state, now)
            if onward is not None:
                texts += self._said(onward.note, session)
                target = onward.go or self.spec.start
                continue
            session = moves.arrived(session, self.spec, target, now)
            texts += [*self._age_note(state, session, now), self.voice.full(state, session)]
            if state.step and TOLD not in session.slots:
                session = changed(session, slots={**session.slots, TOLD: "yes"})
                texts.append(self.voice.phrase("flow.commands", session))
            if not state.then:
                reply = self.voice.reply(texts, self.voice.buttons(state, session), state.outcome)
                return Handled(reply, moves.left(session) if state.final else session)
            target = state.then
        raise FlowLoopError(f"flow '{self.spec.id}' turns in circles at '{target}'")

    def _special(self, session: Session, target: str, now: datetime, notes: tuple[str, ...]) -> Handled | Elsewhere:
        if target.startswith(ANSWER):
            final = self.spec.states[session.state].final
            there = moves.left(session) if final else session
            return Elsewhere(session=there, why=Why.BUTTON, intent=target.removeprefix(ANSWER))
        match Target(target):
            case Target.BACK:
                return self._back(session, now, notes)
            case Target.STAY:
                return self._stay(session, now, notes)
            case Target.RESUME:
                before = session.slots.get(moves.PENDING, self.spec.start)
                return self.arrive(session, before, now, notes, counting=False)
            case Target.RESTART:
                return self._restart(session, now)
            case Target.CANCEL:
                return self._end(session, (*notes, *self._said(self.spec.cancelled, session)), Outcome.FLOW_CANCELLED)
            case Target.END:
                return self._end(session, (*notes, *self._said(self.spec.farewell, session)), Outcome.FLOW_DONE)
            case Target.HANDOFF:
                return self.to_person(session, now)

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
        return self._said(aged.note if aged else None, session)

    def _count(self, session: Session, name: str) -> Session:
        session = moves.counted(session, _at(name))
        return moves.counted(session, moves.FAILURES) if self.spec.states[name].kind is Kind.FAILURE else session

    def command(self, session: Session, order: Command, now: datetime) -> Handled | Elsewhere:
        """Obey back, cancel, restart, repeat, where and help."""
        session = moves.returned(session)
        match order:
            case Command.BACK:
                return self._back(session, now)
            case Command.CANCEL:
                return self._cancel(session, now)
            case Command.RESTART:
                return self._restart(session, now)
            case Command.REPEAT:
                session = moves.counted(session, moves.REPEATED)
                return self._simpler(session, now, with_person=session.fails[moves.REPEATED] > GENTLE)
            case Command.HELP:
                return self._simpler(session, now, with_person=True)
            case Command.WHERE:
                state = self.spec.states[session.state]
                key = "flow.where" if state.step else "flow.where_unnumbered"
                return self.again(session, now, self.voice.phrase(key, session, n=state.number))

    def _restart(self, session: Session, now: datetime) -> Handled | Elsewhere:
        kept = {key: value for key, value in session.slots.items() if key in KEPT}
        fresh = moves.begun(session, self.spec, kept)
        return self.arrive(fresh, self.spec.start, now, self._said("flow.restarted", fresh))

    def _back(self, session: Session, now: datetime, notes: tuple[str, ...] = ()) -> Handled | Elsewhere:
        on_trail = session.trail[-1:] == (session.state,)
        walked = session.trail[:-1] if on_trail else session.trail
        if not walked and not on_trail:
            return self.arrive(session, self.spec.start, now, notes)
        if not walked:
            return self.again(session, now, self.voice.phrase("flow.no_way_back", session))
        state = self.spec.states[walked[-1]]
        key = "flow.back_note" if state.step else "flow.back_note_unnumbered"
        session = moves.arrived(changed(session, trail=walked[:-1]), self.spec, walked[-1], now)
        note = "\n\n".join((*notes, self.voice.phrase(key, session, n=state.number)))
        return self.again(session, now, note, Outcome.FLOW_STEP)

    def _cancel(self, session: Session, now: datetime) -> Handled | Elsewhere:
        rule = self.spec.cancel
        deep = any(
            self.spec.states[name].number >= rule.from_step for name in session.trail if name in self.spec.states
        )
        asking = deep and session.state != rule.ask
        return self.arrive(session, rule.ask if asking else Target.CANCEL, now)

    def again(self, session: Session, now: datetime, note: str, outcome: Outcome = Outcome.FLOW_REASKED) -> Handled:
        """Ask the current state again after a note."""
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

    def unsure(self, session: Session, now: datetime) -> Handled | Elsewhere:
        """ "Không biết": explain once, then take the way for those who do not know."""
        unsure = self.spec.states[session.state].unsure
        if unsure is None:
            return self._simpler(session, now, with_person=True)
        key = f"unsure.{session.state}"
        session = moves.counted(session, key)
        if session.fails[key] > 1:
            return self.arrive(session, unsure.then, now)
        return self.again(session, now, self.voice.phrase(unsure.say, session))

    def go_on(self, session: Session, now: datetime) -> Handled | Elsewhere:
        """ "Làm tiếp" where something must be answered first: said once, then as any unclear text."""
        if session.fails.get(moves.UNCLEAR):
            return self.unclear(session, now)
        asked = moves.counted(moves.returned(session), moves.UNCLEAR)
        return self.again(asked, now, self.voice.phrase("flow.answer_first", session))

    def unclear(self, session: Session, now: datetime) -> Handled | Elsewhere:
        """Two gentle re-asks, then the explanation, then a person or another way."""
        state = self.spec.states[session.state]
        if state.otherwise:
            return self.arrive(session, state.otherwise, now)
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

    def renewed(self, session: Session, now: datetime) -> Handled | Elsewhere:
        """The state is unknown to this version of the flow: begin again, friendly."""
        fresh = moves.begun(session, self.spec, {})
        return self.arrive(fresh, self.spec.start, now, (self.voice.phrase("flow.renewed", fresh),))

    def to_person(self, session: Session, now: datetime) -> Elsewhere:
        """Pass on to a person; meanwhile the citizen stands where other ways are shown."""
        waiting = moves.arrived(session, self.spec, self.spec.person, now)
        return Elsewhere(session=waiting, why=Why.PERSON, intent=PERSON)

    def _end(self, session: Session, texts: tuple[str, ...], outcome: Outcome) -> Handled:
        return Handled(self.voice.reply(texts, (), outcome), moves.left(session))

    def _said(self, key: str | None, session: Session) -> tuple[str, ...]:
        return (self.voice.phrase(key, session),) if key else ()


def _at(name: str) -> str:
    return f"at.{name}"


def _aged(age: Age | None, session: Session, now: datetime) -> Aged | None:
    stamped = session.stamps.get(age.stamp) if age else None
    if age is None or stamped is None:
        return None
    passed = [after for after in age.after if now - stamped >= after]
    return age.after[max(passed)] if passed else None
