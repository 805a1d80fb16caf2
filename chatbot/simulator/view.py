"""What a citizen's phone shows of a conversation: bubbles, buttons and the state of each message, as plain JSON."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from chatbot.simulator import messenger_rules, zalo_rules
from chatbot.simulator.messenger_profile import greeting, menu, questions
from chatbot.simulator.threads import Entry, Side, Thread

Json = dict[str, Any]

VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
START: Final[Json] = {"label": "Bắt đầu", "act": "start"}
FOLLOW: Final[Json] = {"label": "Quan tâm", "act": "follow"}
_ZALO_KINDS: Final = {"oa.open.url": "link", "oa.open.phone": "call", "oa.open.sms": "call"}
_MESSENGER_KINDS: Final = {"web_url": "link", "phone_number": "call"}


def zalo_view(thread: Thread) -> Json:
    """The conversation on Zalo: buttons as a list under the bubble; Zalo knows neither typing nor quick replies."""
    starters = [] if thread.entries else [FOLLOW]
    return _view(thread, _zalo_buttons, quick=[], starters=starters, hello="")


def messenger_view(thread: Thread, profile: Mapping[str, Any]) -> Json:
    """The conversation on Messenger: template buttons in the bubble, quick replies until the next message."""
    asked = [{"label": one["question"], "act": "ice", "place": place} for place, one in enumerate(questions(profile))]
    starters = [] if thread.entries else (asked or [START])
    view = _view(thread, _messenger_buttons, _quick_replies(thread), starters, greeting(profile))
    return {**view, "menu": [{"label": one["title"]} for one in menu(profile)]}


def _view(
    thread: Thread, buttons: Callable[[Entry], list[Json]], quick: list[Json], starters: list[Json], hello: str
) -> Json:
    return {
        "citizen": thread.citizen,
        "typing": thread.typing,
        "hello": hello,
        "bubbles": [_bubble(entry, buttons(entry)) for entry in thread.entries],
        "quick": quick,
        "starters": starters,
        "menu": [],
    }


def _bubble(entry: Entry, buttons: list[Json]) -> Json:
    return {
        "id": entry.id,
        "side": entry.side.value,
        "text": entry.text,
        "at": round(entry.at.timestamp() * 1000),
        "time": entry.at.astimezone(VIETNAM).strftime("%H:%M"),
        "state": entry.state.value,
        "attachment": entry.attachment,
        "buttons": buttons,
    }


def _zalo_buttons(entry: Entry) -> list[Json]:
    return [
        {"label": one["title"], "kind": _ZALO_KINDS.get(one["type"], "say"), "where": _where(one.get("payload"))}
        for one in zalo_rules.buttons(entry.message)
    ]


def _messenger_buttons(entry: Entry) -> list[Json]:
    return [
        {
            "label": one["title"],
            "kind": _MESSENGER_KINDS.get(one["type"], "say"),
            "where": one.get("url") or (one.get("payload", "") if one["type"] == "phone_number" else ""),
        }
        for one in messenger_rules.buttons(entry.message)
    ]


def _where(payload: object) -> str:
    """Where a link or call button leads; nothing for the others."""
    return str(payload.get("url") or payload.get("phone_code") or "") if isinstance(payload, Mapping) else ""


def _quick_replies(thread: Thread) -> list[Json]:
    said = [entry for entry in thread.entries if entry.side is not Side.NOTE]
    if not said:
        return []
    return [{"label": one["title"]} for one in said[-1].message.get("quick_replies", [])]
