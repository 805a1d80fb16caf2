"""What this bot does: one file per skill. `ROUTERS` is all of them in order of priority."""

from chatbot.dialogue import Router
from handlers import (
    account_data,
    complaint,
    fallback,
    faq,
    feedback,
    human,
    menu,
    official_channels,
    other_agency,
    privacy,
    smalltalk,
)

ROUTERS: tuple[Router, ...] = (
    human.router,
    privacy.router,
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
