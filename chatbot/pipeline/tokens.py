"""The places where secrets were masked; the words around them are what is understood."""

import re
from typing import Final

from chatbot.model import SecretKind

TOKEN: Final = re.compile(
    r"\[(?:" + "|".join(kind.value for kind in SecretKind) + r")[^\]]*\](?:(?<=\[EMAIL\])@[\w.\-]+)?"
)
"""What `privacy` writes in place of a secret; the host that it leaves behind a masked e-mail says nothing either."""


def without_tokens(text: str) -> str:
    """The words around masked secrets."""
    return "\n".join(" ".join(line.split()) for line in TOKEN.sub(" ", text).splitlines()).strip()
