"""What the bot knows: loaded from `intents/`, checked, and asked by handlers. Nothing here decides what to say."""

from chatbot.knowledge.answer import Answer, AnswerStatus, answer
from chatbot.knowledge.faq import Aspect, Confidence, Faq, Risk, Version
from chatbot.knowledge.load import Knowledge, load
from chatbot.knowledge.problem import ContentError, Problem, Severity

__all__ = [
    "Answer",
    "AnswerStatus",
    "Aspect",
    "Confidence",
    "ContentError",
    "Faq",
    "Knowledge",
    "Problem",
    "Risk",
    "Severity",
    "Version",
    "answer",
    "load",
]
