"""The page's taps and texts, carried out on a simulated platform. Unknown or impossible wishes raise BadActError."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from chatbot.simulator import messenger_rules, zalo_rules
from chatbot.simulator.courier import Delivery
from chatbot.simulator.messenger_events import ATTACHMENTS
from chatbot.simulator.messenger_platform import MessengerPlatform
from chatbot.simulator.messenger_profile import menu, questions
from chatbot.simulator.zalo_platform import ZaloPlatform

LONGEST: Final = 8000
"""Characters a citizen may send at once; the platforms do not cut at their outbound limits."""


class BadActError(ValueError):
    """The page asked for something that its phone could not do."""


@dataclass(frozen=True, slots=True)
class Platforms:
    """Both platforms."""

    zalo: ZaloPlatform
    messenger: MessengerPlatform


def new_citizen(prefix: str) -> str:
    """An id of the platform's length, in digits."""
    return prefix + "".join(secrets.choice("0123456789") for _ in range(16))


async def act(platforms: Platforms, wish: object) -> Delivery:
    """Do what the page asks: `channel`, `citizen`, `act` and what the act needs. Raises BadActError."""
    if not isinstance(wish, Mapping):
        raise BadActError("not an object")
    citizen = wish.get("citizen")
    if not isinstance(citizen, str) or not citizen.isdecimal() or len(citizen) > 20:  # noqa: PLR2004 - ids have 17-19
        raise BadActError("citizen is not an id")
    if wish.get("channel") == "zalo":
        return await _zalo(platforms.zalo, citizen, wish)
    if wish.get("channel") == "messenger":
        return await _messenger(platforms.messenger, citizen, wish)
    raise BadActError("channel is zalo or messenger")


async def _zalo(zalo: ZaloPlatform, citizen: str, wish: Mapping[str, Any]) -> Delivery:
    match wish.get("act"):
        case "text":
            return await zalo.text(citizen, _text(wish))
        case "staff":
            return await zalo.staff(citizen, _text(wish))
        case "attachment":
            return await zalo.attachment(citizen, _attachment(wish))
        case "follow" | "start":
            return await zalo.follow(citizen)
        case "leave":
            return await zalo.unfollow(citizen)
        case "tap":
            button = _pick(zalo_rules.buttons(_message(zalo, citizen, wish)), wish)
            return await _tap_zalo(zalo, citizen, button)
    raise BadActError("Zalo does not know this act")


async def _tap_zalo(zalo: ZaloPlatform, citizen: str, button: Mapping[str, Any]) -> Delivery:
    if button["type"] not in zalo_rules.QUERIES:
        raise BadActError("this button sends nothing")
    shown = str(button["payload"]) if button["type"] == "oa.query.show" else ""
    return await zalo.tap(citizen, str(button["payload"]), shown=shown, label=str(button["title"]))


async def _messenger(messenger: MessengerPlatform, citizen: str, wish: Mapping[str, Any]) -> Delivery:
    match wish.get("act"):
        case "text":
            return await messenger.text(citizen, _text(wish))
        case "staff":
            return await messenger.staff(citizen, _text(wish))
        case "attachment":
            return await messenger.attachment(citizen, _attachment(wish))
        case "start" | "follow":
            return await messenger.get_started(citizen)
        case "leave":
            await messenger.block(citizen)
            return Delivery(200, 0)
        case "ice" | "quick" | "menu" | "tap":
            return await _choose(messenger, citizen, wish)
    raise BadActError("Messenger does not know this act")


async def _choose(messenger: MessengerPlatform, citizen: str, wish: Mapping[str, Any]) -> Delivery:
    """One of the things that Messenger offers to tap."""
    profile = messenger.api.profile
    match wish["act"]:
        case "ice":
            question = _pick(questions(profile), wish)
            return await messenger.postback(citizen, str(question["question"]), str(question["payload"]))
        case "quick":
            reply = _pick(_message(messenger, citizen, wish).get("quick_replies", []), wish)
            return await messenger.quick_reply(citizen, str(reply["title"]), str(reply["payload"]))
        case "menu":
            button = _pick(menu(profile), wish)
        case _:
            button = _pick(messenger_rules.buttons(_message(messenger, citizen, wish)), wish)
    if button["type"] != "postback":
        raise BadActError("this button sends nothing")
    return await messenger.postback(citizen, str(button["title"]), str(button["payload"]))


def _text(wish: Mapping[str, Any]) -> str:
    text = wish.get("text")
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
        raise BadActError("text is empty or too long")
    return text.strip()


def _attachment(wish: Mapping[str, Any]) -> str:
    kind = wish.get("kind")
    if kind not in ATTACHMENTS:
        raise BadActError("unknown attachment")
    return str(kind)


def _message(platform: ZaloPlatform | MessengerPlatform, citizen: str, wish: Mapping[str, Any]) -> Mapping[str, Any]:
    """The bot's message that holds the button."""
    entry = platform.threads.of(citizen).entry(str(wish.get("message", "")))
    if entry is None:
        raise BadActError("no such message")
    return entry.message


def _pick(several: list[Mapping[str, Any]], wish: Mapping[str, Any]) -> Mapping[str, Any]:
    place = wish.get("place")
    if not isinstance(place, int) or not 0 <= place < len(several):
        raise BadActError("no such button")
    return several[place]
