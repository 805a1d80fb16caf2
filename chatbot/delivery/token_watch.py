"""The health of Zalo's grant, told while there is time: an alarm and a warning, never a 503."""

from datetime import timedelta
from typing import Final

from chatbot.channels.zalo.grant import TokenState
from chatbot.channels.zalo.tokens import ZaloTokens
from chatbot.observe import Alarms, Metrics

WARN_BEFORE: Final = timedelta(days=14)
"""A refresh token lives three months and is renewed every day; so near its end something has been wrong for weeks."""
NAME: Final = "zalo_token"


def tell(tokens: ZaloTokens, metrics: Metrics, alarms: Alarms) -> None:
    """Set the gauges (`zalo`: access token, `zalo_refresh`: refresh token) and raise or clear the alarm."""
    left, renewable = tokens.expires_in_seconds(), tokens.renewable_for_seconds()
    metrics.token_expires.labels("zalo").set(left)
    metrics.token_expires.labels("zalo_refresh").set(renewable)
    if tokens.state is not TokenState.GOOD:
        alarms.raise_(NAME, f"Zalo's grant is {tokens.state.value}: run `chatbot connect zalo` before answers stop.")
    elif renewable and renewable < WARN_BEFORE.total_seconds():
        days = int(renewable // timedelta(days=1).total_seconds())
        alarms.raise_(NAME, f"Zalo's refresh token dies in {days} days: run `chatbot connect zalo` before that.")
    elif tokens.trouble:
        alarms.raise_(NAME, f"Zalo's grant: {tokens.trouble}.")
    elif not left:
        alarms.raise_(NAME, "There is no access token of Zalo's: is its OAuth address reachable?")
    else:
        alarms.clear(NAME)
