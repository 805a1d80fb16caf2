"""The places where secrets were masked; the words around them are what is understood."""

import re
from functools import lru_cache
from typing import Final

from chatbot.model import SecretKind

TOKEN: Final = re.compile(
    r"\[(?:" + "|".join(kind.value for kind in SecretKind) + r")[^\]]*\](?:(?<=\[EMAIL\])@[\w.\-]+)?"
)
"""What `privacy` writes in place of a secret; the host that it leaves behind a masked e-mail says nothing either."""

_OWN_NAME: Final = (
    r"(?:stk|cccd|cmnd|cmt|sđt|sdt|số|so|thẻ|the|của (?:tôi|em|con|mẹ|ba)|cua (?:toi|em|con|me|ba)|là|la)"
)
NAMED: Final = re.compile(rf"(?:\b{_OWN_NAME}\s{{1,3}})+(?={TOKEN.pattern})", re.IGNORECASE)
"""The secret's own name before it; where a question stands beside, it would only draw the question away."""
REMEMBERED: Final = 1024
"""Texts, masked as ever, whose words are kept: each is asked for twice a turn, and many people send the same."""
QUESTION: Final = 4
"""Words that must be left for the name to go."""


@lru_cache(maxsize=REMEMBERED)
def without_tokens(text: str) -> str:
    """The words around masked secrets."""
    if "[" in text:
        around = TOKEN.sub(" ", text)
        asked = TOKEN.sub(" ", NAMED.sub(" ", text))
        text = asked if len(asked.split()) >= QUESTION else around
    return "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()
