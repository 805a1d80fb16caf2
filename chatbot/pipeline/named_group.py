"""One or two words that only name a benefit ("hưu", "thai sản", "bhyt"): its topics are shown instead of a guess."""

from typing import Final

from rapidfuzz import fuzz

from chatbot.knowledge import Knowledge
from chatbot.nlu.normalize import fold

MOST_WORDS: Final = 4
PAIR: Final = 2
SAME_NAME: Final = 88
"""rapidfuzz ratio of folded texts from which a typed name is the group's."""


def named_group(text: str, knowledge: Knowledge) -> str:
    """The group that the whole text names, or ""."""
    typed = fold(text).strip(" ?.!")
    if not typed or len(typed.split()) > MOST_WORDS:
        return ""
    for group_id, group in knowledge.groups.groups.items():
        if any(_is(typed, name) for name in (*group.title.split(","), *group.label.split(","))):
            return group_id
    return ""


def _is(typed: str, written: str) -> bool:
    """The name itself, its initials ("bhyt"), or the first word of a two-word name ("hưu" for "hưu trí")."""
    name = fold(written)
    words = name.split()
    initials = "".join(word[0] for word in words) if len(words) > PAIR else ""
    return fuzz.ratio(typed, name) >= SAME_NAME or typed == initials or (len(words) == PAIR and typed == words[0])
