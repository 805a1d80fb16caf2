"""`python -m chatbot.nlu INTENTS CACHE`: learns from the content into the cache, in a process of its own.

Learning takes a minute of one core and 300 MiB. Done by a process that serves citizens, it would hold up every answer
meanwhile (one interpreter runs one thread) and leave its memory twice as large for good.
"""

import os
import sys
from pathlib import Path
from typing import Final

from chatbot.knowledge import ContentError, load
from chatbot.nlu.understanding import load_understanding

MODEST: Final = 10
"""How much the process stands back behind those that answer (its niceness)."""


def main(intents: str, cache: str) -> int:
    """Exit status 1 when the content has errors: who uses it reads it too, and says which."""
    os.nice(MODEST)
    try:
        load_understanding(load(Path(intents)), Path(cache))
    except ContentError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
