"""`python -m chatbot` and the `chatbot` command."""

from chatbot.cli.main import app


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
