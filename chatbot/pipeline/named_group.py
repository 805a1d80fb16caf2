"""One or two words that only name a benefit ("hưu", "thai sản", "bhyt"): its topics are shown instead of a guess."""

from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from chatbot.knowledge import Knowledge
from chatbot.nlu.normalize import fold

MOST_WORDS: Final = 4
PAIR: Final = 2
SAME_NAME: Final = 88
"""rapidfuzz ratio of folded texts from which a typed name is the group's."""
REMEMBERED: Final = 512
"""Names of groups whose spellings are kept."""


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
    name, short = _spellings(written)
    return typed == short or fuzz.ratio(typed, name) >= SAME_NAME


@lru_cache(maxsize=REMEMBERED)
def _spellings(written: str) -> tuple[str, str]:
    """The name itself, and its initials ("bhyt") or the first word of a two-word name ("hưu" for "hưu trí")."""
    name = fold(written)
    words = name.split()
    if len(words) == PAIR:
        return name, words[0]
    return name, "".join(word[0] for word in words) if len(words) > PAIR else ""
