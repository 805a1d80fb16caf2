"""Plays a story against the real pipeline, as one platform would carry it, with a clock that is moved by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from chatbot.channels.messenger import render as messenger
from chatbot.channels.zalo import render as zalo
from chatbot.model import (
    Action,
    ChannelName,
    Event,
    EventKind,
    Reply,
    SayButton,
    Session,
    Turn,
    TurnResult,
)
from chatbot.pipeline import Pipeline
from chatbot.privacy import protect
from tests.dialogues.story import Step, Story

RENDER: dict[ChannelName, Callable[[Reply], tuple[dict[str, Any], ...]]] = {
    ChannelName.ZALO: zalo.render,
    ChannelName.MESSENGER: messenger.render,
}


@dataclass
class Player:
    """One citizen on one channel."""

    pipeline: Pipeline
    channel: ChannelName
    now: datetime
    session: Session = field(default_factory=Session)
    last: TurnResult | None = None
    _keys: "count[int]" = field(default_factory=count)

    def play(self, story: Story) -> None:
        """Every step in order. Raises AssertionError that names the step."""
        for number, step in enumerate(story.talk, 1):
            if step.wait is not None:
                self.now += step.wait
            events = self._events(step)
            if not events:
                continue
            turn = Turn(session=self.session, events=events, now=self.now)
            self.last = self.pipeline.turn(turn)
            self.session = Session() if self.last.erase else self.last.session
            payloads = RENDER[self.channel](self.last.reply)
            _check(
                f"step {number} ({step.say or step.tap or step.send or step.staff})", step, story, self.last, payloads
            )

    def _events(self, step: Step) -> tuple[Event, ...]:
        if step.say is not None:
            return tuple(self._event(EventKind.TEXT, text=text) for text in (step.say, *step.also))
        if step.tap is not None:
            return (self._event(EventKind.ACTION, action=self._button(step.tap)),)
        if step.send is not None:
            return (self._event(EventKind.ATTACHMENT, attachments=(step.send,)),)
        if step.staff is not None:
            return (self._event(EventKind.ECHO_STAFF, text=step.staff),)
        if step.withdraw:
            return (self._event(EventKind.WITHDRAWN),)
        return (self._event(EventKind.OPENED),) if step.open else ()

    def _button(self, label: str) -> Action:
        assert self.last is not None, "nothing to tap yet"
        offered = {button.label: button.action for button in self.last.reply.buttons if isinstance(button, SayButton)}
        assert label in offered, f"no button '{label}', only {sorted(offered)}"
        again = Action.unpack(offered[label].pack())
        assert again is not None
        return again

    def _event(self, kind: EventKind, **fields: Any) -> Event:
        number = next(self._keys)
        event = Event(
            key=f"k{number}",
            channel=self.channel,
            conversation=f"{self.channel.value}:oa:citizen",
            kind=kind,
            at=self.now.astimezone(UTC),
            **fields,
        )
        return protect(event)


def _check(where: str, step: Step, story: Story, result: TurnResult, payloads: tuple[dict[str, Any], ...]) -> None:
    reply = result.reply
    shown = f"{where} -> {reply.outcome.value} [{result.session.state}] {reply.text!r} {_labels(reply)}"
    low = reply.text.casefold()
    assert bool(reply.parts) is not step.silent, shown
    assert not step.outcome or reply.outcome in step.outcome, shown
    assert step.state is None or result.session.state == step.state, shown
    assert result.erase is step.erased, shown
    for piece in step.contains:
        assert piece.casefold() in low, f"missing {piece!r}: {shown}"
    for piece in (*step.never, *story.never):
        assert piece.casefold() not in low, f"must not say {piece!r}: {shown}"
    for label in step.buttons:
        assert label in _labels(reply), f"no button {label!r}: {shown}"
    said = "".join(reply.text.split())
    carried = "".join(str(payloads).split())
    assert not said or len(payloads) >= 1, shown
    assert all(len(part.text) <= 2000 for part in reply.parts), shown
    assert not said or said[:20].replace("'", "") in carried.replace("'", "").replace("\\n", ""), shown


def _labels(reply: Reply) -> list[str]:
    return [button.label for button in reply.buttons]
