"""The real bot without its platforms: content, understanding, skills, flows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from chatbot.config import DeskConfig
from chatbot.desk import make_desk
from chatbot.dialogue import Desk, Flows, Routers, load_flows
from chatbot.knowledge import Knowledge, load
from chatbot.nlu import Understanding, load_understanding
from chatbot.pipeline import Pipeline, Switches
from chatbot.privacy import outbound_problems
from handlers import EMERGENCY, ROUTERS

ROOT = Path(__file__).parents[2]
WORKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
STAFFED = DeskConfig.model_validate({"staffed": True, "hours": dict.fromkeys(WORKDAYS, "08:00-12:00, 13:30-17:00")})


@dataclass(frozen=True, slots=True)
class Nobody:
    """No desk at all."""

    staffed: bool = False

    def is_open(self, now: datetime) -> bool:
        """Never."""
        return now.tzinfo is None


Bots = Callable[[str], Pipeline]


@pytest.fixture(scope="session")
def bots() -> Bots:
    """The pipeline with or without a staffed desk."""
    knowledge = load(ROOT / "intents")
    understanding = load_understanding(knowledge, ROOT / "var" / "model")
    made = {
        "none": _pipeline(knowledge, understanding, Nobody()),
        "staffed": _pipeline(knowledge, understanding, make_desk(STAFFED)),
    }
    return made.__getitem__


def _pipeline(knowledge: Knowledge, understanding: Understanding, desk: Desk) -> Pipeline:
    return Pipeline(
        knowledge=knowledge,
        understanding=understanding,
        routers=Routers(ROUTERS),
        flows=Flows(load_flows(knowledge), knowledge.phrases),
        desk=desk,
        switches=Switches,
        guard=lambda reply: outbound_problems(reply, knowledge.official),
        emergency=EMERGENCY,
        rate_limit_per_minute=1000,
        hold=timedelta(minutes=30),
    )
