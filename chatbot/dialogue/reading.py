"""What a message means at a state: one of its choices, a command, a way out, another question, or nothing clear."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rapidfuzz import fuzz

from chatbot.dialogue.flow_spec import Choice, FlowSpec, Kind, State, Target
from chatbot.dialogue.word_lists import Command, Word
from chatbot.dialogue.words import accented, bare, command, finished, fold, negated, without_thanks, word
from chatbot.model import Decision, Match

MOST_BUTTONS: Final = 5
SAME_LABEL: Final = 85.0
"""rapidfuzz ratio, 0 to 100, from which a typed text is the label."""
_SAME_MARKS: Final = 65.0
DONE: Final = "flow.done"
NOT_DONE: Final = "flow.not_done"
GO_ON: Final = "flow.go_on"
"""Among a choice's intents: "làm tiếp" means it."""
_ACTS: Final = "flow."
PERSON: Final = "human.request"
_COMMANDS: Final = {
    "flow.back": Command.BACK,
    "flow.cancel": Command.CANCEL,
    "flow.restart": Command.RESTART,
    "flow.repeat": Command.REPEAT,
    "flow.where": Command.WHERE,
}
_NUMBER: Final = re.compile(r"^(?:(?:so|chon|phim|cau|y)\s)?([1-9])(?: nhe| a| di| em)?$")
_ASIDE_WORDS: Final = 10
_LIKELY: Final = 0.4
"""Inside a flow this confidence is enough for a way that the flow itself has: the next message can turn back."""
_CLEAR: Final = 0.6
"""Below this confidence a short "không ... được" at a step is trouble with the step, not another question."""
_CLAUSE_WORDS: Final = 4
"""A text of so many words that the understanding finds ambiguous is a question, not a mistyped answer."""


class Meaning(StrEnum):
    """Which kind of answer it was."""

    CHOICE = "choice"  # `value` is the choice's name
    COMMAND = "command"  # `value` is the command
    TARGET = "target"  # `value` is where the intent leads
    PERSON = "person"
    NOT_YET = "not_yet"
    UNSURE = "unsure"
    ASIDE = "aside"  # a small question about the flow; `value` is the phrase that answers it
    ELSEWHERE = "elsewhere"  # a question that is not about this step; `value` is its intent or ""
    GO_ON = "go_on"  # no answer, only a wish to go on; `value` is the choice that this means here, or ""
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Reading:
    """The meaning, and what it points at."""

    meaning: Meaning
    value: str = ""


def read(text: str, match: Match, spec: FlowSpec, state: State, slots: Mapping[str, str]) -> Reading:
    """Read a typed text: number, label, the state's own words, commands, then the understanding."""
    choices = state.shown(slots)
    text = without_thanks(text)
    own = _own(text, choices)
    if own:
        return Reading(Meaning.CHOICE, own)
    said = _numbered_command(text, choices, state) or command(text)
    if said:
        return Reading(Meaning.COMMAND, said)
    return (
        _by_flow(fold(text), spec, state)
        or _short(text, choices)
        or _reported(text, match, spec, state, choices)
        or _understood(text, match, spec, state, choices)
        or _leftover(text, match, spec, state, choices)
    )


def spoken(text: str, choices: Mapping[str, Choice]) -> str:
    """The choice whose own words the text says; no number, and no "rồi" that may answer any question."""
    said = word(text)
    if said is Word.GO_ON:
        return _own(text, choices) or _meaning(GO_ON, choices)
    return "" if said or _NUMBER.match(fold(text)) else _own(text, choices)


def labelled(choices: Mapping[str, Choice]) -> dict[str, Choice]:
    """The choices that are shown as buttons, in order."""
    return {name: choice for name, choice in choices.items() if choice.label}


def _own(text: str, choices: Mapping[str, Choice]) -> str:
    folded = fold(text)
    number = _NUMBER.match(folded)
    shown = list(labelled(choices))
    if number and int(number[1]) <= len(shown):
        return shown[int(number[1]) - 1]
    return _by_label(text, choices) or _by_words(folded, choices)


def _numbered_command(text: str, choices: Mapping[str, Choice], state: State) -> Command | None:
    """The number of "Quay lại" or "Hủy", which follow the choices in a numbered list."""
    number = _NUMBER.match(fold(text))
    shown = [*labelled(choices), *state.commands][:MOST_BUTTONS]
    place = int(number[1]) - 1 if number else len(shown)
    return Command(shown[place]) if len(labelled(choices)) <= place < len(shown) else None


def _by_label(text: str, choices: Mapping[str, Choice]) -> str:
    folded, spoken = fold(text), accented(text)
    best, score = "", SAME_LABEL
    for name, choice in choices.items():
        for label in filter(None, (choice.label, choice.en)):
            alike = fuzz.ratio(folded, fold(label))
            if alike >= score and negated(folded) == negated(fold(label)) and _same_marks(spoken, folded, label):
                best, score = name, alike
    return best


def _same_marks(spoken: str, folded: str, label: str) -> bool:
    """ "đúng" is not the button "Dừng", though both fold to "dung"; a text without marks may be either."""
    return spoken == folded or " " in spoken or fuzz.ratio(spoken, accented(label)) >= _SAME_MARKS


def _by_words(folded: str, choices: Mapping[str, Choice]) -> str:
    best, length = "", 0
    whole = bare(folded)
    for name, choice in choices.items():
        for words in (fold(line) for line in choice.also):
            size = len(words.split())
            inside = size > 1 and f" {words} " in f" {folded} " and (negated(words) or not negated(folded))
            if (words in (whole, folded) or inside) and size > length:
                best, length = name, size
    return best


def _short(text: str, choices: Mapping[str, Choice]) -> Reading | None:
    match word(text):
        case Word.YES:
            return _taken(DONE, choices, Meaning.UNCLEAR)
        case Word.NO:
            return _taken(NOT_DONE, choices, Meaning.NOT_YET)
        case Word.GO_ON:
            return Reading(Meaning.GO_ON, _meaning(GO_ON, choices))
        case Word.WAIT:
            return Reading(Meaning.NOT_YET)
        case Word.UNSURE:
            return Reading(Meaning.UNSURE)
        case None:
            return None


def _reported(text: str, match: Match, spec: FlowSpec, state: State, choices: Mapping[str, Choice]) -> Reading | None:
    """ "Em bấm gửi rồi": done; not "số điện thoại đổi rồi", which is known to lead somewhere."""
    leads = (state.on | spec.anywhere).get(match.intent, Target.STAY) != Target.STAY
    if not finished(fold(text)) or (leads and match.decision is Decision.ANSWER):
        return None
    return _taken(DONE, choices, Meaning.UNCLEAR)


def _taken(intent: str, choices: Mapping[str, Choice], otherwise: Meaning) -> Reading:
    name = _meaning(intent, choices)
    return Reading(Meaning.CHOICE, name) if name else Reading(otherwise)


def _understood(text: str, match: Match, spec: FlowSpec, state: State, choices: Mapping[str, Choice]) -> Reading | None:
    if match.decision is not Decision.ANSWER:
        return None
    intent = match.intent
    name = _meaning(intent, choices)
    if name and not (intent == DONE and negated(fold(text))):
        return Reading(Meaning.CHOICE, name)
    if intent == PERSON:
        return Reading(Meaning.PERSON)
    if intent in _COMMANDS:
        return Reading(Meaning.COMMAND, _COMMANDS[intent])
    if intent in (DONE, NOT_DONE):
        return Reading(Meaning.NOT_YET if intent == NOT_DONE else Meaning.UNCLEAR)
    target = state.on.get(intent) or spec.anywhere.get(intent)
    return Reading(Meaning.TARGET, target) if target else Reading(Meaning.ELSEWHERE, intent)


def _leftover(text: str, match: Match, spec: FlowSpec, state: State, choices: Mapping[str, Choice]) -> Reading:
    folded = fold(text)
    likely = match.decision is Decision.ASK and match.confidence >= _LIKELY
    own = _meaning(match.intent, choices) if likely else ""
    if own and match.intent not in (DONE, NOT_DONE):
        return Reading(Meaning.CHOICE, own)
    if likely and spec.anywhere.get(match.intent, Target.STAY) != Target.STAY:
        return Reading(Meaning.TARGET, spec.anywhere[match.intent])
    if match.decision is Decision.ASK and spec.anywhere.get(match.intent) == Target.STAY:
        return Reading(Meaning.UNCLEAR)
    refused = negated(folded) and len(folded.split()) <= _CLAUSE_WORDS + 2
    asks = match.decision is Decision.ASK and len(folded.split()) >= _CLAUSE_WORDS
    doubtful = refused and match.confidence < _CLEAR and (state.step or state.kind is not Kind.STEP)
    if asks and not match.intent.startswith(_ACTS) and not doubtful:
        return Reading(Meaning.ELSEWHERE, match.intent)
    if refused or (asks and match.intent == NOT_DONE):
        return _taken(NOT_DONE, choices, Meaning.NOT_YET)
    return Reading(Meaning.UNCLEAR)


def _by_flow(folded: str, spec: FlowSpec, state: State) -> Reading | None:
    """The flow's own words: a small question, "không biết" in the state's words, a shortcut."""
    if len(folded.split()) > _ASIDE_WORDS:
        return None
    if state.unsure and _has(folded, state.unsure.also):
        return Reading(Meaning.UNSURE)
    asked = next((aside.say for aside in spec.asides if _has(folded, aside.words)), "")
    if asked:
        return Reading(Meaning.ASIDE, asked)
    led = next((shortcut.go for shortcut in spec.shortcuts if _has(folded, shortcut.words)), "")
    return Reading(Meaning.TARGET, led) if led else None


def _has(folded: str, words: tuple[str, ...]) -> bool:
    refused = negated(folded)
    return any(f" {line} " in f" {folded} " and (negated(line) or not refused) for line in map(fold, words))


def _meaning(intent: str, choices: Mapping[str, Choice]) -> str:
    return next((name for name, choice in choices.items() if intent in choice.intent), "")
