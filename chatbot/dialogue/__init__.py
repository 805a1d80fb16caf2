"""How a conversation goes: who answers what (router), what a handler may touch (context), and guided flows (flow)."""

from chatbot.dialogue.context import VIETNAM, Context, Desk
from chatbot.dialogue.flow import Flow, Said
from chatbot.dialogue.flow_load import load_flows
from chatbot.dialogue.flow_result import Elsewhere, FlowLoopError, Why
from chatbot.dialogue.flows import Flows
from chatbot.dialogue.handled import Handled
from chatbot.dialogue.pronoun import address
from chatbot.dialogue.pronoun import detect as detect_pronoun
from chatbot.dialogue.router import UNHANDLED, Handler, HandlerResult, RegistrationError, Router, Routers, Unhandled

__all__ = [
    "UNHANDLED",
    "VIETNAM",
    "Context",
    "Desk",
    "Elsewhere",
    "Flow",
    "FlowLoopError",
    "Flows",
    "Handled",
    "Handler",
    "HandlerResult",
    "RegistrationError",
    "Router",
    "Routers",
    "Said",
    "Unhandled",
    "Why",
    "address",
    "detect_pronoun",
    "load_flows",
]
