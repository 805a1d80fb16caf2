"""Understanding Vietnamese chat: from words to an intent, a decision and entities. Plain numpy and rapidfuzz."""

from chatbot.nlu.understanding import Understanding, load_understanding

__all__ = ["Understanding", "load_understanding"]
