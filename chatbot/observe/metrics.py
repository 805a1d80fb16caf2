"""The closed list of metrics. An undeclared name cannot be used; labels never hold a citizen's id or text."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.exposition import generate_latest

disable_created_metrics()  # type: ignore[no-untyped-call]  # "…_created" would be names beside the closed list

TURN_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5)
ANSWER_BUCKETS = (0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300)


@dataclass(frozen=True, slots=True)
class Metrics:
    """Every metric of the program, on a registry of its own (tests make a fresh one)."""

    registry: CollectorRegistry
    events: Counter
    turns: Counter
    turn_seconds: Histogram
    answer_seconds: Histogram
    sends: Counter
    queue_depth: Gauge
    oldest_unanswered: Gauge
    signature_refused: Counter
    token_expires: Gauge
    secrets_masked: Counter
    alarm: Gauge

    def exposition(self) -> bytes:
        """The Prometheus text format."""
        return generate_latest(self.registry)


def make_metrics() -> Metrics:
    """All metrics, fresh, at zero."""
    registry = CollectorRegistry()
    return Metrics(
        registry=registry,
        events=Counter("chatbot_events", "Events accepted, by kind.", ["channel", "kind"], registry=registry),
        turns=Counter("chatbot_turns", "Turns, by outcome.", ["channel", "outcome"], registry=registry),
        turn_seconds=Histogram("chatbot_turn_seconds", "Work of one turn.", buckets=TURN_BUCKETS, registry=registry),
        answer_seconds=Histogram(
            "chatbot_answer_seconds", "Webhook to accepted send.", buckets=ANSWER_BUCKETS, registry=registry
        ),
        sends=Counter("chatbot_sends", "Attempts to send, by result.", ["channel", "result"], registry=registry),
        queue_depth=Gauge("chatbot_queue_depth", "Waiting items.", ["queue"], registry=registry),
        oldest_unanswered=Gauge(
            "chatbot_oldest_unanswered_seconds", "Age of the oldest event without a reply.", registry=registry
        ),
        signature_refused=Counter(
            "chatbot_signature_refused", "Webhooks with a bad signature.", ["channel"], registry=registry
        ),
        token_expires=Gauge(
            "chatbot_token_expires_seconds", "Until the access token expires.", ["channel"], registry=registry
        ),
        secrets_masked=Counter("chatbot_secrets_masked", "Secrets masked, by class.", ["kind"], registry=registry),
        alarm=Gauge("chatbot_alarm", "1 while an alarm stands.", ["name"], registry=registry),
    )
