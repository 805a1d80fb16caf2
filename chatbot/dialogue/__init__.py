"""How a conversation goes: who answers what (router), what a handler may touch (context), and guided flows (flow)."""

from chatbot.dialogue.context import VIETNAM, Context, Desk
from chatbot.dialogue.router import (
    UNHANDLED,
    Handled,
    Handler,
    HandlerResult,
    RegistrationError,
    Router,
    Routers,
    Unhandled,
)

__all__ = [
    "UNHANDLED",
    "VIETNAM",
    "Context",
    "Desk",
    "Handled",
    "Handler",
    "HandlerResult",
    "RegistrationError",
    "Router",
    "Routers",
    "Unhandled",
]
