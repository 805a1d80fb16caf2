"""Is a message English? Told by little words, those first that are no Vietnamese syllables."""

import re
from functools import lru_cache
from typing import Final

from chatbot.nlu.syllables import is_syllable

WORD: Final = re.compile(r"[a-z']+")
LITTLE: Final = frozenset(
    re.findall(
        WORD,
        """a account age am an and are at can card could did do does don't english for foreigner forget forgot from get
        has have health hello help how i i'm i've if in insurance is it leave login many money month much my need
        no of on password pay pension please should so social sum that the there they this to want was we what when
        where which who why will with work working would year you your about
        before after benefit benefits birth certificate child claim company contract contribution contributions country
        document documents employee employer foreign hospital husband leaving lump maternity medical number office paid
        papers passport pregnant quit register registered reset retire retirement return sick sickness still
        speak understand unemployed unemployment vietnam vietnamese wife withdraw""",
    )
)
SHARE: Final = 0.5
FEWEST: Final = 2
REMEMBERED: Final = 1024
"""Texts, masked as ever, whose answer is kept: many people send the same."""


@lru_cache(maxsize=REMEMBERED)
def is_english(text: str) -> bool:
    """At least two English little words that Vietnamese cannot hold ("the can do" may be "thẻ cần do"), and at least
    half of all words English or foreign; letters with Vietnamese marks rule it out."""
    lowered = text.casefold()
    if not lowered.isascii() and any(letter.isalpha() and not letter.isascii() for letter in lowered):
        return False
    words = WORD.findall(lowered)
    telling = [word for word in words if word in LITTLE and not is_syllable(word)]
    foreign = sum(word in LITTLE or not is_syllable(word) for word in words)
    return len(telling) >= FEWEST and foreign >= SHARE * len(words)
