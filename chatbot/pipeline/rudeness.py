"""Insults that no example can teach one by one: they get the calm reply, not a list of topics, also inside a flow."""

import re
from typing import Final

from chatbot.model import Candidate, Decision, EventKind, Match, changed
from chatbot.pipeline.work import Setup, Work
from chatbot.privacy.shadow import shadow

ANGER: Final = "complaint.anger"

LONGEST: Final = 15
"""Words; a longer text says what it is about, rude or not."""
MARKED: Final = re.compile(
    r"\b(?:ngu (?:như|thế|quá|vậy|vl|vcl|xuẩn|ngốc|dốt)|đồ (?:ngu|điên|chó|rác)|quá ngu|(?:thằng|bị) điên|óc chó|chó má"
    r"|khốn nạn|vô dụng|vô tích sự|rác rưởi|mất dạy|(?:lũ|bọn|chúng) (?:mày|bay|chó|ăn hại)|ăn hại|ăn tiền của dân|hãm"
    r"|đm|đmm|dcm|đcm|đkm|vcl|cmm|clgt|địt|cút|câm (?:mồm|miệng)|con mẹ (?:mày|nó)|mẹ kiếp|mày (?:bị|là|ngu|điên))\b"
)
"""As written with marks; without them some of these are other words ("ngu" for "ngủ", "bo doi")."""
BARE: Final = re.compile(
    r"\b(?:do ngu|ngu (?:nhu bo|nhu cho|vl|vcl|the|qua)|oc cho|khon nan|vo dung|vo tich su|mat day|"
    r"(?:lu|bon|chung) may|an tien cua dan|an hai|dm|dmm|dcm|dkm|vcl|cmm|clgt|cam mom|may bi dien|do dien|bot ngu)\b"
)


def rudeness(work: Work, _setup: Setup) -> Work:
    """Take an insult that holds no clear question for anger."""
    clear = work.match.decision is Decision.ANSWER
    if work.event.kind is not EventKind.TEXT or clear or not is_rude(work.text):
        return work
    return changed(work, match=Match(candidates=(Candidate(ANGER, 1.0),), decision=Decision.ANSWER))


def is_rude(text: str) -> bool:
    """Is a short text an insult?"""
    lowered = text.casefold()
    if len(lowered.split()) > LONGEST:
        return False
    if MARKED.search(lowered):
        return True
    return lowered.isascii() and BARE.search(shadow(lowered)) is not None
