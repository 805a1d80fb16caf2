"""The people behind the bot: when they are there, and where a conversation stands between them and the bot."""

from chatbot.desk.desk import OfficeDesk, make_desk
from chatbot.desk.hours import Hours, HoursError, read_hours
from chatbot.desk.standing import Standing, standing

__all__ = ["Hours", "HoursError", "OfficeDesk", "Standing", "make_desk", "read_hours", "standing"]
