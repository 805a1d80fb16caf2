"""Typed keys of what the web application holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aiohttp import web

from chatbot.channels.base import ChannelSet
from chatbot.model import Event
from chatbot.observe import Alarms, Metrics


class Intake(Protocol):
    """Where events go. Raises IntakeBusyError when they cannot be on disk in time."""

    async def accept(self, events: Sequence[Event]) -> None:
        """Return when every event is on disk."""


class IntakeBusyError(Exception):
    """The queue is full or the disk too slow: the platform must try again."""


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


EDGE = web.AppKey("edge", Edge)
