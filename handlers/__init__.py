"""What this bot does: one file per skill. `ROUTERS` is all of them, `EMERGENCY` the rule that precedes them."""

from typing import Final

from chatbot.dialogue import Router
from handlers import (
    account_data,
    complaint,
    emergency,
    fallback,
    faq,
    feedback,
    human,
    menu,
    official_channels,
    other_agency,
    password_reset,
    privacy,
    smalltalk,
    verify_channel,
)

ROUTERS: Final[tuple[Router, ...]] = (
    emergency.router,
    human.router,
    password_reset.router,
    privacy.router,
    verify_channel.router,
    complaint.router,
    official_channels.router,
    account_data.router,
    faq.router,
    menu.router,
    feedback.router,
    smalltalk.router,
    other_agency.router,
    fallback.router,
)
EMERGENCY: Final = emergency.emergency
