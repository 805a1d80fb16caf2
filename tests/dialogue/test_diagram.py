"""The drawing in docs/ is the flow that runs."""

from pathlib import Path

from chatbot.dialogue.diagram import mermaid
from chatbot.dialogue.flow_spec import FlowSpec

DRAWING = Path(__file__).parents[2] / "docs" / "flows" / "password_reset.md"


def test_the_drawing_is_current(spec: FlowSpec) -> None:
    """Otherwise: `chatbot flows --diagram` into the block of docs/flows/password_reset.md."""
    assert mermaid(spec) in DRAWING.read_text(encoding="utf-8")


def test_every_state_is_drawn(spec: FlowSpec) -> None:
    drawn = mermaid(spec)
    assert all(f'{name}"]' in drawn for name in spec.states)
