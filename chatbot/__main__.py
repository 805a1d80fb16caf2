"""`python -m chatbot` and the `chatbot` command."""

import sys
from typing import Final

INTERRUPTED: Final = 130
"""As shells count a program that ended with Ctrl+C."""


def main() -> None:
    """Run the command line. Ctrl+C ends it without a word, also while the program is still being read."""
    try:
        from chatbot.cli.main import app

        app()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
