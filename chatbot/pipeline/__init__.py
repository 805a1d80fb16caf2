"""What happens to every turn: one file per step, in the order that `turn.py` lists."""

from chatbot.pipeline.ports import Reader
from chatbot.pipeline.switches import Switches
from chatbot.pipeline.turn import Pipeline
from chatbot.pipeline.work import Emergency, Guard, nobody_in_danger

__all__ = ["Emergency", "Guard", "Pipeline", "Reader", "Switches", "nobody_in_danger"]
