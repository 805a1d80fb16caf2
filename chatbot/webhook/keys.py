"""Typed keys of what the web application holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from aiohttp import web

from chatbot.channels.base import ChannelSet
from chatbot.model import ChannelName, Event
from chatbot.observe import Alarms, Metrics


class Intake(Protocol):
    """Where events go. Raises IntakeBusyError when they cannot be on disk in time."""

    async def accept(self, events: Sequence[Event]) -> None:
        """Return when every event is on disk."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Is the program fit for traffic? `reasons` say why not; `warnings` do not take it out of service."""

    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Everything the routes need."""

    channels: ChannelSet
    intake: Intake
    protect: Callable[[Event], Event]
    metrics: Metrics
    alarms: Alarms
    readiness: Callable[[], "Readiness"]
    now: Callable[[], datetime]
    budget_s: float
    read_timeout_s: float
    doubted_at: dict[ChannelName, datetime] = field(default_factory=dict)
    """Of each channel the first request with a wrong signature since the last right one."""


EDGE = web.AppKey("edge", Edge)
