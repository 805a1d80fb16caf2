"""What the bot knows: loaded from `intents/`, checked, and asked by handlers. Nothing here decides what to say."""

from chatbot.knowledge.answer import Answer, AnswerStatus, answer
from chatbot.knowledge.faq import Aspect, Confidence, Faq, Risk, Version
from chatbot.knowledge.load import Examined, Knowledge, examine, load
from chatbot.knowledge.problem import ContentError, Problem, Severity

__all__ = [
    "Answer",
    "AnswerStatus",
    "Aspect",
    "Confidence",
    "ContentError",
    "Examined",
    "Faq",
    "Knowledge",
    "Problem",
    "Risk",
    "Severity",
    "Version",
    "answer",
    "examine",
    "load",
]
