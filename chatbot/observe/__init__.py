"""Logs, metrics and alarms: what the program says about itself, never about a citizen."""

from chatbot.observe.alarms import Alarms
from chatbot.observe.metrics import Metrics, make_metrics

__all__ = ["Alarms", "Metrics", "make_metrics"]
