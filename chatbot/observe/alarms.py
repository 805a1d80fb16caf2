"""Alarms: an ERROR line with `alarm=`, a gauge, and (in the console) a banner. Raised once, cleared once."""

from dataclasses import dataclass, field

from chatbot.observe import log
from chatbot.observe.metrics import Metrics


@dataclass(slots=True)
class Alarms:
    """The alarms that stand now, by name, with a sentence for a person."""

    metrics: Metrics
    standing: dict[str, str] = field(default_factory=dict)

    def raise_(self, name: str, detail: str) -> None:
        """Raise it; a standing alarm only changes its sentence."""
        if name not in self.standing:
            log.alarm_raised(name, detail)
        self.standing[name] = detail
        self.metrics.alarm.labels(name).set(1)

    def clear(self, name: str) -> None:
        """Take it back."""
        if self.standing.pop(name, None) is not None:
            log.alarm_cleared(name)
            self.metrics.alarm.labels(name).set(0)
