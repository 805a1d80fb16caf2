"""Faults on demand: the next calls to a platform answer wrongly, in one of the ways that real platforms do."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum


class Operation(StrEnum):
    """What a call to the platform is for; a fault waits for its operation."""

    SEND = "send"
    SIGNAL = "signal"
    TOKEN = "token"  # noqa: S105 - the name of an operation
    HISTORY = "history"
    OTHER = "other"


class FaultKind(StrEnum):
    """What goes wrong. The `accept_then_` kinds do the work first and only lose the answer."""

    ERROR_500 = "error_500"
    CLOSE = "close"
    HANG = "hang"
    GARBAGE = "garbage"
    CODE = "code"
    ACCEPT_THEN_500 = "accept_then_500"
    ACCEPT_THEN_DROP = "accept_then_drop"
    ACCEPT_THEN_HALF = "accept_then_half"
    ACCEPT_THEN_HANG = "accept_then_hang"

    @property
    def accepts(self) -> bool:
        """Does the platform act before it fails?"""
        return self.value.startswith("accept_then_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One call that goes wrong. `code`, `subcode` and `message` are the platform's, for FaultKind.CODE."""

    kind: FaultKind
    code: int = 0
    subcode: int = 0
    message: str = ""


@dataclass(slots=True)
class Faults:
    """The faults that wait, per operation, in the order they were asked for."""

    waiting: dict[Operation, deque[Fault]] = field(default_factory=dict)

    def next(
        self,
        kind: FaultKind,
        *,
        code: int = 0,
        subcode: int = 0,
        message: str = "",
        times: int = 1,
        operation: Operation = Operation.SEND,
    ) -> None:
        """Let the next `times` calls of an operation go wrong."""
        fault = Fault(kind=kind, code=code, subcode=subcode, message=message)
        self.waiting.setdefault(operation, deque()).extend([fault] * times)

    def take(self, operation: Operation) -> Fault | None:
        """The fault of this call, or None when it should go well."""
        queue = self.waiting.get(operation)
        return queue.popleft() if queue else None

    def clear(self) -> None:
        """Forget every fault that still waits."""
        self.waiting.clear()
