"""What Meta refuses in a Send API call (Messenger reference, 3.1-3.2 and 5), so that a renderer's mistake is seen.

One difference is on purpose: Meta silently cuts a quick reply's title after 20 characters; here it is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

TEXT: Final = 2000
TEMPLATE_TEXT: Final = 640
TEMPLATE_BUTTONS: Final = 3
ELEMENTS: Final = 10
QUICK_REPLIES: Final = 13
TITLE: Final = 20
PAYLOAD: Final = 1000
ACTIONS: Final = frozenset({"typing_on", "typing_off", "mark_seen"})
TYPES: Final = frozenset({"RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY"})
MEDIA: Final = frozenset({"image", "audio", "video", "file"})
_PHONE = re.compile(r"\+\d{6,15}")


@dataclass(frozen=True, slots=True)
class GraphRefusal:
    """Meta's error: code, subcode (0 = none) and text."""

    code: int
    message: str
    subcode: int = 0


def refusal(body: Mapping[str, Any]) -> GraphRefusal | None:
    """Why a call to /messages is refused, or None when it is fine."""
    message, action = body.get("message"), body.get("sender_action")
    if message is not None and action is not None:
        return GraphRefusal(100, "(#100) Message cannot be sent along with a sender_action", 2018014)
    if action is not None:
        return None if action in ACTIONS else _invalid("sender_action is not one of typing_on, typing_off, mark_seen")
    if body.get("messaging_type") not in TYPES:
        return _invalid("param messaging_type must be one of RESPONSE, UPDATE, MESSAGE_TAG, UTILITY")
    if body["messaging_type"] == "MESSAGE_TAG" and body.get("tag") != "HUMAN_AGENT":
        return _invalid("param tag: this message tag is no longer supported")
    if not isinstance(message, Mapping):
        return _invalid("The parameter message is required")
    return _message(message)


def buttons(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The buttons of a button template that passed."""
    return list((message.get("attachment") or {}).get("payload", {}).get("buttons", []))


def text_of(message: Mapping[str, Any]) -> str:
    """The words of a message, a template's included."""
    return str(message.get("text") or (message.get("attachment") or {}).get("payload", {}).get("text", ""))


def _message(message: Mapping[str, Any]) -> GraphRefusal | None:
    text, attachment = message.get("text"), message.get("attachment")
    if (text is None) == (attachment is None):
        return _invalid("message needs either text or attachment")
    if text is not None and (not isinstance(text, str) or not text.strip()):
        return _invalid("message[text] must not be empty")
    if isinstance(text, str) and len(text) > TEXT:
        return _longer("message[text]", TEXT)
    if len(str(message.get("metadata", ""))) > PAYLOAD:
        return _longer("message[metadata]", PAYLOAD)
    problem = _attachment(attachment) if attachment is not None else None
    return problem or _quick_replies(message.get("quick_replies"))


def _quick_replies(found: object) -> GraphRefusal | None:
    if found is None:
        return None
    if not isinstance(found, list) or not 0 < len(found) <= QUICK_REPLIES:
        return _longer("message[quick_replies]", QUICK_REPLIES)
    return next((problem for problem in map(_quick_reply, found) if problem), None)


def _quick_reply(one: object) -> GraphRefusal | None:
    if not isinstance(one, Mapping) or one.get("content_type") not in {"text", "user_phone_number", "user_email"}:
        return _invalid("message[quick_replies][content_type] is invalid")
    if one["content_type"] != "text":
        return None
    return _labelled(one, "message[quick_replies]")


def _labelled(one: Mapping[str, Any], where: str) -> GraphRefusal | None:
    """A title of 1 to 20 characters and a payload of 1 to 1000."""
    title, payload = one.get("title"), one.get("payload")
    if not isinstance(title, str) or not title.strip():
        return _invalid(f"{where}[title] is required")
    if len(title) > TITLE:
        return _longer(f"{where}[title]", TITLE)
    if not isinstance(payload, str) or not payload:
        return _invalid(f"{where}[payload] is required")
    return _longer(f"{where}[payload]", PAYLOAD) if len(payload) > PAYLOAD else None


def _attachment(attachment: object) -> GraphRefusal | None:
    payload = attachment.get("payload") if isinstance(attachment, Mapping) else None
    if not isinstance(attachment, Mapping) or not isinstance(payload, Mapping):
        return _invalid("message[attachment] is invalid")
    if attachment.get("type") in MEDIA:
        return None if payload.get("url") or payload.get("attachment_id") else _invalid("attachment[url] is required")
    if attachment.get("type") != "template":
        return _invalid("message[attachment][type] is invalid")
    if payload.get("template_type") == "generic":
        elements = payload.get("elements")
        fits = isinstance(elements, list) and 0 < len(elements) <= ELEMENTS
        return None if fits else _longer("elements", ELEMENTS)
    if payload.get("template_type") != "button":
        return _invalid("payload[template_type] is invalid")
    return _button_template(payload)


def _button_template(payload: Mapping[str, Any]) -> GraphRefusal | None:
    text, found = payload.get("text"), payload.get("buttons")
    if not isinstance(text, str) or not text.strip():
        return _invalid("payload[text] is required")
    if len(text) > TEMPLATE_TEXT:
        return _longer("payload[text]", TEMPLATE_TEXT)
    if not isinstance(found, list) or not 0 < len(found) <= TEMPLATE_BUTTONS:
        return _longer("payload[buttons]", TEMPLATE_BUTTONS)
    return next((problem for problem in map(_button, found) if problem), None)


def _button(button: object) -> GraphRefusal | None:
    if not isinstance(button, Mapping):
        return _invalid("payload[buttons] is invalid")
    kind = button.get("type")
    if kind == "postback":
        return _labelled(button, "payload[buttons]")
    if kind == "web_url":
        https = str(button.get("url", "")).startswith(("https://", "http://"))
        return (
            _labelled({**button, "payload": "-"}, "payload[buttons]") if https else _invalid("buttons[url] is invalid")
        )
    if kind == "phone_number":
        if not _PHONE.fullmatch(str(button.get("payload", ""))):
            return _invalid("buttons[payload]: a phone number must begin with + and the country code")
        return _labelled(button, "payload[buttons]")
    return _invalid("buttons[type] is invalid")


def _invalid(what: str) -> GraphRefusal:
    return GraphRefusal(100, f"(#100) {what}")


def _longer(what: str, limit: int) -> GraphRefusal:
    return GraphRefusal(100, f"(#100) Length of param {what} must be less than or equal to {limit}")
