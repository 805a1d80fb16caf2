"""What becomes of an outbox row, as pure steps: after a crash, an attempt, a search for a doubtful send."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from chatbot.channels.base import SendResult, SendVerdict
from chatbot.delivery.reconcile import Finding
from chatbot.delivery.retry import backoff
from chatbot.storage.port import REQUEUED, OutboxStatus, Outgoing

MOST_RESENDS: Final = 2
"""Attempts of a payload whose fate the platform cannot tell: once more at most, then a person looks at it."""
UNTOLD: Final = "doubtful"
"""The error of a send that may have arrived; the rest of its answer goes on."""


def after_crash(row: Outgoing) -> Outgoing:
    """A send that was under way is doubtful."""
    return replace(row, status=OutboxStatus.DOUBTFUL) if row.status is OutboxStatus.SENDING else row


def after_send(row: Outgoing, result: SendResult, now: datetime) -> Outgoing:
    """The row after one attempt. The wait before the next is in the row, so that it outlives the process."""
    match result.verdict:
        case SendVerdict.SENT:
            return replace(row, status=OutboxStatus.SENT, platform_id=result.platform_id, error="")
        case SendVerdict.CLOSED | SendVerdict.HELD | SendVerdict.REFUSED:
            family = SendVerdict.REFUSED if result.verdict is SendVerdict.REFUSED else SendVerdict.CLOSED
            return replace(row, status=OutboxStatus.FAILED, error=f"{family.value} {result.code}")
        case SendVerdict.DOUBTFUL:
            return replace(row, status=OutboxStatus.DOUBTFUL, error=_noted(row, result.code))
        case SendVerdict.NOT_SENT | SendVerdict.PAUSED | SendVerdict.TOKEN:
            wait = result.retry_after or backoff(row.attempts)
            return replace(row, status=OutboxStatus.QUEUED, next_at=now + wait, error=_noted(row, result.code))


def after_finding(row: Outgoing, finding: Finding, platform_id: str, now: datetime) -> Outgoing:
    """The row of a doubtful send after the platform was asked. The first repeat is at once: the grace was a wait."""
    if finding is Finding.ARRIVED:
        return replace(row, status=OutboxStatus.SENT, platform_id=platform_id)
    if finding is Finding.UNKNOWN and row.attempts >= MOST_RESENDS:
        return replace(row, status=OutboxStatus.FAILED, error=UNTOLD)
    next_at = now + backoff(row.attempts) if row.attempts > 1 else None
    return replace(row, status=OutboxStatus.QUEUED, next_at=next_at)


def stops_the_rest(row: Outgoing) -> bool:
    """Did this part surely not arrive, so that what follows it in the answer would stand alone?"""
    return row.status is OutboxStatus.FAILED and row.error != UNTOLD


def same_answer(one: Outgoing, other: Outgoing) -> bool:
    """Are both parts of one turn's reply?"""
    return one.key.partition(":")[0] == other.key.partition(":")[0]


def is_first(row: Outgoing) -> bool:
    """Is it the first part of its answer?"""
    return row.key.endswith(":0")


def _noted(row: Outgoing, code: str) -> str:
    """The code; an operator's wish outlives it, as that payload is wanted however old it is."""
    return REQUEUED if row.error == REQUEUED else code
