"""The Messenger profile API (reference, 3.3): what a Page shows beside the chat, with Meta's limits."""

from collections.abc import Mapping
from typing import Any, Final

from chatbot.simulator.messenger_rules import GraphRefusal

GREETING: Final = 160
ICE_BREAKERS: Final = 4
MENU_ITEMS: Final = 20
MENU_TITLE: Final = 30
KNOWN: Final = frozenset(
    {"get_started", "greeting", "ice_breakers", "persistent_menu", "whitelisted_domains", "commands"}
)


def refusal(wish: Mapping[str, Any], present: Mapping[str, Any]) -> GraphRefusal | None:
    """Why a change of the profile is refused; `present` is the profile as it is."""
    if surplus := sorted(set(wish) - KNOWN):
        return _invalid(f"param {surplus[0]} is unknown")
    if not wish:
        return _invalid("requires one of the params: get_started, greeting, persistent_menu, ice_breakers")
    if "persistent_menu" in wish and "get_started" not in {*wish, *present}:
        return _invalid("You must set a Get Started button if you also wish to use persistent menu")
    for name in ("greeting", "persistent_menu", "ice_breakers"):
        if name in wish and not any(one.get("locale") == "default" for one in wish[name]):
            return _invalid(f"{name} needs the locale default")
    return _greeting(wish) or _ice_breakers(wish) or _menu(wish)


def questions(profile: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The ice breakers of the default locale."""
    return _default(profile.get("ice_breakers"))


def menu(profile: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The items of the persistent menu of the default locale."""
    return _default(profile.get("persistent_menu"))


def greeting(profile: Mapping[str, Any]) -> str:
    """The greeting of the default locale."""
    texts = {one["locale"]: str(one["text"]) for one in profile.get("greeting", [])}
    return texts.get("vi_VN") or texts.get("default", "")


def _default(found: Any) -> list[Mapping[str, Any]]:
    return next((list(one["call_to_actions"]) for one in found or [] if one.get("locale") == "default"), [])


def _greeting(wish: Mapping[str, Any]) -> GraphRefusal | None:
    long = any(len(str(one.get("text", ""))) > GREETING for one in wish.get("greeting", []))
    return _invalid(f"greeting is longer than {GREETING} characters") if long else None


def _ice_breakers(wish: Mapping[str, Any]) -> GraphRefusal | None:
    found = questions(wish)
    if len(found) > ICE_BREAKERS:
        return _invalid(f"at most {ICE_BREAKERS} ice breakers")
    bad = any(not one.get("question") or not one.get("payload") for one in found)
    return _invalid("an ice breaker needs question and payload") if bad else None


def _menu(wish: Mapping[str, Any]) -> GraphRefusal | None:
    found = menu(wish)
    if len(found) > MENU_ITEMS:
        return _invalid(f"at most {MENU_ITEMS} menu items")
    bad = any(not 0 < len(str(one.get("title", ""))) <= MENU_TITLE for one in found)
    return _invalid(f"a menu title has 1 to {MENU_TITLE} characters") if bad else None


def _invalid(what: str) -> GraphRefusal:
    return GraphRefusal(100, f"(#100) {what}")
