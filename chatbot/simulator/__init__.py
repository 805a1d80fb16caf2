"""The two platforms played locally as real HTTP servers, for tests and for the page at /simulator."""

from chatbot.simulator.account import Echoes, Receipts, Sent
from chatbot.simulator.acts import Platforms
from chatbot.simulator.courier import ZALO_LADDER, Delivery
from chatbot.simulator.explain import Explain, TurnView, turn_view
from chatbot.simulator.faults import Fault, FaultKind, Faults, Operation
from chatbot.simulator.messenger_api import MessengerAccount
from chatbot.simulator.messenger_platform import MessengerPlatform
from chatbot.simulator.pages import add_simulator
from chatbot.simulator.simulator import Simulator
from chatbot.simulator.zalo_api import Endpoint, ZaloAccount
from chatbot.simulator.zalo_platform import ZaloPlatform

__all__ = [
    "ZALO_LADDER",
    "Delivery",
    "Echoes",
    "Endpoint",
    "Explain",
    "Fault",
    "FaultKind",
    "Faults",
    "MessengerAccount",
    "MessengerPlatform",
    "Operation",
    "Platforms",
    "Receipts",
    "Sent",
    "Simulator",
    "TurnView",
    "ZaloAccount",
    "ZaloPlatform",
    "add_simulator",
    "turn_view",
]
