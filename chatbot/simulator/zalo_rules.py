"""What Zalo refuses in a message (OA reference, 4.2-4.3): a renderer's mistake is answered as Zalo would."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

TEXT: Final = 2000
BUTTONS: Final = 5
TITLE: Final = 100
PAYLOAD: Final = 1000
QUERIES: Final = frozenset({"oa.query.show", "oa.query.hide"})
_KEYS: Final = frozenset({"text", "attachment", "quote_message_id"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Zalo's error code and text."""

    code: int
    message: str


def refusal(message: object) -> Refusal | None:
    """Why the message is refused, or None when it is fine."""
    if not isinstance(message, Mapping):
        return _invalid("message")
    if surplus := sorted(set(message) - _KEYS):
        return _invalid(f"message.{surplus[0]}")
    text = message.get("text")
    attachment = message.get("attachment")
    if text is None and attachment is None:
        return _invalid("message.text")
    if text is not None and (not isinstance(text, str) or not text.strip()):
        return _invalid("message.text")
    if isinstance(text, str) and len(text) > TEXT:
        return _too_much(f"message.text has {len(text)} characters")
    return None if attachment is None else _attachment(attachment, text)


def buttons(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The buttons of a message that passed."""
    attachment = message.get("attachment") or {}
    found = attachment.get("payload", {}).get("buttons", [])
    return list(found)


def _attachment(attachment: object, text: object) -> Refusal | None:
    if not isinstance(attachment, Mapping) or not isinstance(attachment.get("payload"), Mapping):
        return _invalid("message.attachment")
    payload: Mapping[str, Any] = attachment["payload"]
    if attachment.get("type") == "file":
        return None if payload.get("token") else _invalid("message.attachment.payload.token")
    if attachment.get("type") != "template":
        return Refusal(-233, "Message type is invalid or not supported")
    if "buttons" in payload and "template_type" not in payload:
        return _buttons(payload["buttons"], text)
    if payload.get("template_type") in {"media", "request_user_info"} and payload.get("elements"):
        return None
    return Refusal(-233, "Message type is invalid or not supported")


def _buttons(found: object, text: object) -> Refusal | None:
    if not isinstance(found, list) or not found:
        return _invalid("buttons")
    if not isinstance(text, str):
        return _invalid("message.text")
    if len(found) > BUTTONS:
        return _too_much(f"{len(found)} buttons")
    return next((problem for problem in map(_button, found) if problem), None)


def _button(button: object) -> Refusal | None:
    if not isinstance(button, Mapping):
        return _invalid("buttons")
    title = button.get("title")
    if not isinstance(title, str) or not title.strip():
        return _invalid("buttons.title")
    if len(title) > TITLE:
        return _too_much(f"buttons.title has {len(title)} characters")
    return _button_payload(button.get("type"), button.get("payload"))


def _button_payload(kind: object, payload: object) -> Refusal | None:
    if kind in QUERIES:
        if not isinstance(payload, str) or not payload:
            return _invalid("buttons.payload")
        return _too_much("buttons.payload") if len(payload) > PAYLOAD else None
    inside = payload if isinstance(payload, Mapping) else {}
    if kind == "oa.open.url":
        return None if str(inside.get("url", "")).startswith(("https://", "http://")) else _invalid("payload.url")
    if kind in {"oa.open.phone", "oa.open.sms"}:
        return None if str(inside.get("phone_code", "")).isdecimal() else _invalid("payload.phone_code")
    return _invalid("buttons.type")


def _invalid(field: str) -> Refusal:
    return Refusal(-201, f"{field} is invalid")


def _too_much(what: str) -> Refusal:
    return Refusal(-210, f"Parameter is over the limit: {what}")
