"""The running bot: everything in one process, or one of many that take in or answer."""

from chatbot.serve.bot import Bot, Duty, Listener, open_bot
from chatbot.serve.chores import Rhythm
from chatbot.serve.signals import until_signalled

__all__ = ["Bot", "Duty", "Listener", "Rhythm", "open_bot", "until_signalled"]
