"""The moves of a flow on the session: pure, one frozen session in, one out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from chatbot.dialogue.flow_spec import FlowSpec, Kind
from chatbot.model import Session, changed

SPOKE: Final = "spoke"
"""The stamp of the flow's last word; silence is measured from it."""
PENDING: Final = "pending"
"""The slot with the state that an aside interrupted."""
UNCLEAR: Final = "unclear"
REPEATED: Final = "repeated"
FAILURES: Final = "failures"


def begun(session: Session, spec: FlowSpec, slots: Mapping[str, str]) -> Session:
    """The session at the very beginning of the flow."""
    return changed(left(session), flow=spec.id, flow_version=spec.version, slots=dict(slots))


def left(session: Session) -> Session:
    """The session without any flow."""
    return changed(
        session,
        flow="",
        flow_version=0,
        state="",
        slots={},
        stamps={},
        fails={},
        trail=(),
        paused_by="",
        digressions=0,
    )


def arrived(session: Session, spec: FlowSpec, name: str, now: datetime) -> Session:
    """The session standing at a state: trail, pending state, counters and the moment."""
    state = spec.states[name]
    fails = dict(session.fails)
    if name != session.state:
        fails.pop(UNCLEAR, None)
        fails.pop(REPEATED, None)
    slots = dict(session.slots) | state.sets
    if state.kind is Kind.ASIDE and session.state != name and not _is_aside(session.state, spec):
        slots[PENDING] = session.state
    stamps = dict(session.stamps) | {SPOKE: now}
    if state.stamp:
        stamps[state.stamp] = now
    trail = walked(session.trail, name) if state.kind is Kind.STEP else session.trail
    return changed(session, state=name, flow_version=spec.version, slots=slots, stamps=stamps, fails=fails, trail=trail)


def walked(trail: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The trail with the state at its end; a state walked before cuts off what came after it."""
    return (*trail[: trail.index(name)], name) if name in trail else (*trail, name)


def counted(session: Session, key: str) -> Session:
    """One more on a counter."""
    return changed(session, fails={**session.fails, key: session.fails.get(key, 0) + 1})


def forgotten(session: Session, *keys: str) -> Session:
    """Counters back to nought."""
    return changed(session, fails={key: count for key, count in session.fails.items() if key not in keys})


def chosen(session: Session, sets: Mapping[str, str], stamp: str | None, now: datetime) -> Session:
    """The slots and the stamp of a choice."""
    stamps = {**session.stamps, stamp: now} if stamp else session.stamps
    return changed(session, slots={**session.slots, **sets}, stamps=stamps, digressions=0)


def returned(session: Session) -> Session:
    """Other questions are over."""
    return changed(session, digressions=0)


def spoke(session: Session, now: datetime) -> Session:
    """The flow said something and stays where it is."""
    return changed(session, stamps={**session.stamps, SPOKE: now})


def silence_began(session: Session) -> datetime | None:
    """When the flow spoke last."""
    return session.stamps.get(SPOKE)


def _is_aside(name: str, spec: FlowSpec) -> bool:
    return name in spec.states and spec.states[name].kind is Kind.ASIDE
