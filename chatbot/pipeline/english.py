"""Is a message English? Told by little words that are no Vietnamese syllables."""

import re
from typing import Final

WORD: Final = re.compile(r"[a-z']+")
LITTLE: Final = frozenset(
    re.findall(
        WORD,
        """account and are can card could did do does don't english for foreigner forget forgot from get has have health
        hello help how i'm i've if insurance is it login many money much my need of password pension please should that
        the there this want was what when where which who why will with would you your about""",
    )
)
SHARE: Final = 0.5
FEWEST: Final = 2


def is_english(text: str) -> bool:
    """At least two English little words, and at least half of all words; Vietnamese letters rule it out."""
    lowered = text.casefold()
    if any(letter.isalpha() and not letter.isascii() for letter in lowered):
        return False
    words = WORD.findall(lowered)
    known = sum(word in LITTLE for word in words)
    return known >= FEWEST and known >= SHARE * len(words)
