"""The day that matters: where it comes from (the text, the button, the last question), and how it is said back."""

from datetime import date, timedelta
from functools import lru_cache

from chatbot.dialogue import Context
from chatbot.knowledge.event_days import EventDays, asks_about_today, event_days, tet_days


def event_of(context: Context, *, paying: bool = False) -> EventDays | None:
    """The event's days: from the text, from the button, or from the last question that this one follows up.

    None stands for today: also for "năm nay", which in the year of a change would bring two rules and an old one first.
    `paying` tells that the topic is about contributions, whose days are then the event's.
    """
    tapped = EventDays.unpack(context.event.action.args.get("on", "")) if context.event.action else None
    if tapped is not None:
        return tapped
    period = context.match.entities.period
    if period is not None:
        now = period.first <= context.today <= period.last and asks_about_today(context.text)
        return None if now else event_days(context.text, period, context.today, paying=paying)
    return EventDays.unpack(context.session.topic_on) if remembered(context) else None


def remembered(context: Context) -> bool:
    """Do the event's days come from the last question, on which this one leans?"""
    own = context.match.entities.period is not None or asks_about_today(context.text)
    return context.match.follow_up and context.event.action is None and not own


def said(context: Context, event: EventDays) -> str:
    """The event's time in words: "ngày 15/5/2025", "tháng 5/2025", "năm 2025"."""
    first, last = event.first, event.last
    if first == last:
        return context.say("when.day", day=day_words(first))
    if first.day == 1 and last == _month_end(first):
        return context.say("when.month", month=first.month, year=first.year)
    if first == date(first.year, 1, 1) and last == date(first.year, 12, 31):
        return context.say("when.year", year=first.year)
    if (first, last) == tet_days(first.year):
        return context.say("when.tet", year=first.year)
    return context.say("when.span", first=day_words(first), last=day_words(last))


@lru_cache(maxsize=256)
def day_words(day: date) -> str:
    """A day as Vietnamese official texts write it, with noughts before days and before January and February only."""
    return f"{day:%d/%m/%Y}" if day.month <= 2 else f"{day:%d}/{day.month}/{day.year}"  # noqa: PLR2004


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
