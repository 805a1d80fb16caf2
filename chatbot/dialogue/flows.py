"""All flows: which one a session or a button belongs to."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from chatbot.dialogue.flow import Flow, Said
from chatbot.dialogue.flow_result import Elsewhere, Why
from chatbot.dialogue.flow_session import left
from chatbot.dialogue.flow_spec import FlowSpec
from chatbot.dialogue.flow_voice import ACTION
from chatbot.dialogue.handled import Handled
from chatbot.knowledge.phrases import Phrases
from chatbot.model import Action, Match, Reply, Session


class Flows:
    """The flows by name. Without arguments: none at all."""

    def __init__(self, specs: Mapping[str, FlowSpec] = MappingProxyType({}), phrases: Phrases | None = None) -> None:
        spoken = phrases or Phrases({})
        self._flows = {name: Flow(spec, spoken) for name, spec in specs.items()}

    def __getitem__(self, name: str) -> Flow:
        return self._flows[name]

    def __contains__(self, name: object) -> bool:
        return name in self._flows

    def of(self, session: Session, action: Action | None = None) -> Flow | None:
        """The flow that takes this turn: the button's, else the one the session is in."""
        if action is not None and action.name == ACTION:
            return self._flows.get(action.args.get("flow", "")) or self._flows.get(session.flow)
        return self._flows.get(session.flow)

    def turn(self, session: Session, said: Said, now: datetime) -> Handled | Elsewhere | None:
        """Give the turn to its flow; None when no flow is concerned."""
        flow = self.of(session, said.action)
        if flow is not None:
            return flow.turn(session, said, now)
        if said.action is not None:
            return None
        opened = ((flow, flow.entrance.opened_by(said.text)) for flow in self._flows.values())
        return next((flow.enter(session, now, text=said.text, at=state) for flow, state in opened if state), None)

    def lead_in(self, session: Session, text: str, match: Match, now: datetime) -> Handled | None:
        """Enter the flow into which nearly everything leads that an unclear text may mean; None when there is none."""
        ways = ((flow, flow.entrance.way_in(text, match)) for flow in self._flows.values() if not session.flow)
        return next((flow.enter(session, now, text=text, at=state) for flow, state in ways if state), None)

    def after(self, session: Session, answer: Reply, now: datetime, why: Why = Why.QUESTION) -> Handled:
        """Put the pending question under an answer; unchanged when no flow is active."""
        flow = self.of(session)
        return flow.after(session, answer, now, why) if flow else Handled(answer, session)

    def pause(self, session: Session, reason: str) -> Session:
        """Let an active flow wait; unchanged when there is none."""
        flow = self.of(session)
        return flow.pause(session, reason) if flow else session

    def gone(self, session: Session) -> Session:
        """A session in a flow that this version of the program no longer has is set free."""
        return left(session) if session.flow and session.flow not in self._flows else session
