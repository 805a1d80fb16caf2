"""The ways into a flow: which words open it, at which state, and what they already tell."""

import re
from typing import Final

from chatbot.dialogue.flow_spec import FlowSpec, Target
from chatbot.dialogue.word_lists import FILLERS
from chatbot.dialogue.words import fold
from chatbot.model import Decision, Match
from chatbot.nlu.english import is_english

LANGUAGE: Final = "language"
ENGLISH: Final = "en"
_NEARLY_ALL: Final = 0.9
"""Share of what an unclear text may mean that must lead into the flow; less when the text names what it is for."""
_MOST: Final = 0.6
_ENOUGH: Final = 0.5
_LIKELY: Final = 0.8
"""Confidence from which an unclear text enters where its best meaning leads; below, it is asked the first question."""


class Entrance:
    """How one flow is entered."""

    def __init__(self, spec: FlowSpec) -> None:
        self.spec = spec
        self._opens = tuple(f" {fold(words)} " for words in spec.opens)
        loose = (r" (?:\w+ ){0,2}".join(fold(words).split(" ", 1)) for words in spec.opens)
        self._named = re.compile(rf"\b(?:{'|'.join(loose)})\b")

    def heard(self, text: str) -> dict[str, str]:
        """The slots that a first message fills, its language among them."""
        folded = f" {fold(text)} "
        slots = {LANGUAGE: ENGLISH} if is_english(text) else {}
        for heard in self.spec.heard:
            if any(_told(f" {fold(words)} ", folded) for words in heard.words):
                slots |= heard.sets
        return slots

    def opened_by(self, text: str) -> str | None:
        """The state at which the message opens this flow, or None when it says more than words that change nothing."""
        folded = f" {fold(text)} "
        opening = self._opening(folded)
        if opening is None:
            return None
        ways = [(f" {words} ", way.go) for way in self.spec.opens_for for words in map(fold, way.words)]
        for words, state in (*ways, (opening, self.spec.start)):
            rest = folded.replace(words, " ").replace(opening, " ")
            if words in folded and FILLERS.issuperset(rest.split()):
                return state
        return None

    def way_in(self, text: str, match: Match) -> str | None:
        """The state at which an unclear text enters all the same: when nearly everything that it may mean leads into
        this flow, the flow's own questions sort it out. None when it is better asked back about."""
        leads = self.spec.anywhere
        if match.decision is not Decision.ASK or match.intent not in leads:
            return None
        within = sum(one.confidence for one in match.candidates if one.intent in leads)
        named = self._named.search(fold(text)) is not None
        share = within / sum(one.confidence for one in match.candidates)
        if share < (_MOST if named else _NEARLY_ALL) or within < _ENOUGH:
            return None
        target = leads[match.intent]
        if target not in set(Target) and match.confidence >= _LIKELY:
            return target
        return self.spec.start if named or target in set(Target) else None

    def _opening(self, folded: str) -> str | None:
        return next((words for words in self._opens if words in folded), None)


def _told(words: str, folded: str) -> bool:
    return words in folded and not any(f" {no}{words}" in folded for no in ("khong", "chua", "het"))
