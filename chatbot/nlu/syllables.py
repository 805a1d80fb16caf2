"""The shape of a Vietnamese syllable without diacritics, and what telex and VNI keys leave of it."""

import re
from functools import lru_cache
from typing import Final

from chatbot.nlu.letters import WORDS_REMEMBERED, fold_word

_ONSET = r"(?:b|ch|c|d|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|q|r|s|th|tr|t|v|x)?"
_RIME = (
    r"(?:a(?:c|ch|i|m|n|ng|nh|o|p|t|u|y)?|e(?:c|m|n|ng|nh|ch|o|p|t|u)?|i(?:a|ch|ec|em|en|eng|ep|et|eu|m|n|nh|p|t|u)?"
    r"|o(?:a|ac|ach|ai|am|an|ang|anh|ao|at|ay|c|e|en|eo|et|i|m|n|ng|p|t)?"
    r"|u(?:a|an|ang|at|ay|c|e|ech|enh|i|m|n|ng|oc|oi|om|on|ong|op|ot|ou|p|t|u|y|ya|ych|yen|yet|ynh|yt|yu|o)?"
    r"|y(?:em|en|eng|et|eu)?)"
)
_SHORTEST: Final = 3
_LONGEST: Final = 9
_SYLLABLE = re.compile(f"{_ONSET}{_RIME}$")
_TONE = re.compile(r"^(.*?[aeiouyw][a-z]*?)([sfrxj])([a-z]*)$")
_LATE_SHAPE = re.compile(r"([aeo])((?:ch|ng|nh|[cmnpt]|[iuoy])?)(\1|w)$")
_PAIRS = ((re.compile("aa|aw"), "a"), (re.compile("ee"), "e"), (re.compile("oo|ow"), "o"), (re.compile("uw"), "u"))


@lru_cache(maxsize=WORDS_REMEMBERED)
def is_syllable(word: str) -> bool:
    """Could this folded token be one Vietnamese syllable? Every native one passes."""
    return bool(_SYLLABLE.match(word))


def long_coda(word: str) -> str:
    """The syllable whose last n was left out, as in chats: "thág" is "tháng", "mih" is "minh"; else ""."""
    full = f"{word[:-1]}n{word[-1:]}"
    return full if word[-1:] in {"g", "h"} and len(word) >= _SHORTEST and is_syllable(fold_word(full)) else ""


def telex_bare(word: str) -> str:
    """The bare syllable of what looks like raw telex keys ("nghir" -> "nghi", "ddoongs" -> "dong"), else ""."""
    if not _SHORTEST <= len(word) <= _LONGEST or not word.isascii() or not word.isalpha():
        return ""
    tone = _TONE.match(word)
    bare = tone.group(1) + tone.group(3) if tone else word
    if bare.startswith("d") and (bare.startswith("dd") or bare.endswith("d")):
        bare = bare[1:] if bare.startswith("dd") else bare[:-1]
    for pattern, letter in _PAIRS:
        bare = pattern.sub(letter, bare)
    bare = _LATE_SHAPE.sub(r"\1\2", bare).replace("w", "")
    return bare if bare != word and is_syllable(bare) else ""


def vni_bare(word: str) -> str:
    """The bare syllable of raw VNI keys ("d9o6ng1" -> "dong"), else ""."""
    bare = re.sub("[1-9]", "", word)
    return bare if bare != word and is_syllable(bare) else ""
