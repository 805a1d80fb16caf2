"""Policy answers: the rule in force on the day that matters, with its law, its date and the ways on."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from chatbot.dialogue import UNHANDLED, Context, Handled, HandlerResult, Router
from chatbot.knowledge import Answer, AnswerStatus, Aspect, Faq, answer
from chatbot.knowledge.event_days import EventDays
from chatbot.knowledge.series import SeriesError
from chatbot.model import Action, Button, Outcome, Part, Reply, SayButton, Source, changed
from handlers import faq_text, menu, ways_on, when

router = Router("faq", priority=50)

GENERAL: Final = "procedure"
"""Topics about any benefit ("nộp trực tuyến", "lệ phí"): what follows still leans on the benefit before them."""
MOST_BUTTONS: Final = 5
PAID: Final = frozenset({"dong", "bhyt", "tunguyen"})
"""Benefits whose questions are about paying: "đóng trước 1/7/2025" is then the day that matters."""
FILED_TODAY: Final = frozenset({Aspect.PAPERS, Aspect.WHERE, Aspect.HOW, Aspect.PROCESSING_TIME, Aspect.CHANNEL})
"""What a follow-up about these asks is done now, by the rules of now."""


@router.action("faq")
def tapped(context: Context) -> HandlerResult:
    """A topic from a menu, a choice, or another day's version of the rule."""
    action = context.event.action
    faq = context.knowledge.faqs.get(action.args.get("id", "")) if action else None
    if faq is None:
        part = Part(context.say("faq.gone"), menu.main_buttons(context))
        return Reply(outcome=Outcome.ANSWERED_MENU, parts=(part,))
    return _answered(context, faq)


@router.otherwise
def asked(context: Context) -> HandlerResult:
    """A question that was understood as a topic."""
    faq = context.knowledge.faqs.get(context.match.intent)
    return _answered(context, faq) if faq else UNHANDLED


def _answered(context: Context, faq: Faq) -> Handled:
    event = _event(context, faq)
    sides = tuple(_sides(context, faq, event))
    text = faq_text.compose(context, sides, event)
    buttons = tuple(_buttons(context, sides, event))
    last = sides[-1]
    withheld = last.status is AnswerStatus.WITHHELD
    reply = Reply(
        outcome=Outcome.UNANSWERED_WITHHELD if withheld else Outcome.ANSWERED_FAQ,
        parts=(Part(text, buttons),),
        sources=tuple(_sources(sides)),
        checked_on=last.version.checked_on if last.version else None,
        intent=faq.id,
    )
    if faq.group == GENERAL:
        return Handled(reply, context.session)
    session, on = context.session, _kept(context, event)
    if (session.topic, session.topic_on) == (faq.id, on):
        return Handled(reply, session)
    return Handled(reply, changed(session, topic=faq.id, topic_on=on))


def _event(context: Context, faq: Faq) -> EventDays | None:
    """The days whose rule is given. Papers follow today's rule whenever the event was, unless a day is named."""
    event = when.event_of(context, paying=faq.benefit in PAID)
    if event is None or not when.remembered(context):
        return event
    known = faq.version_on(event.first) is not None
    return event if known and faq.aspect not in FILED_TODAY else None


def _kept(context: Context, event: EventDays | None) -> str:
    """The days that the next follow-up leans on."""
    if event is not None:
        return event.pack()
    return context.session.topic_on if when.remembered(context) else ""


def _sides(context: Context, faq: Faq, event: EventDays | None) -> Iterator[Answer]:
    """One answer, or two when the event's days lie on both sides of a change."""
    if event is None:
        yield _on(context, faq, context.today)
        return
    first, last = _on(context, faq, event.first), _on(context, faq, event.last)
    known = [side for side in (first, last) if side.version and side.status is not AnswerStatus.NO_RULE]
    if len(known) > 1 and first.since != last.since:
        yield first
    yield known[-1] if known else last


def _on(context: Context, faq: Faq, day: date) -> Answer:
    """The answer for a day; without a rule for it, the latest rule we do hold."""
    found = _filled(context, faq, day)
    if found is not None and found.version is not None:
        return found
    now = _filled(context, faq, context.today) or _filled(context, faq, faq.versions[-1].valid_from)
    if now is None or now.version is None:
        return Answer(faq=faq, status=AnswerStatus.WITHHELD, day=day, version=faq.versions[-1])
    kept = day == context.today or now.status is AnswerStatus.WITHHELD
    return changed(now, status=now.status if kept else AnswerStatus.NO_RULE, replaced_on=None)


def _filled(context: Context, faq: Faq, day: date) -> Answer | None:
    """None when a figure of the answer has no value on that day."""
    try:
        return answer(faq, day=day, today=context.today, series=context.knowledge.series)
    except SeriesError:
        return None


def _buttons(context: Context, sides: tuple[Answer, ...], event: EventDays | None) -> Iterator[Button]:
    """What people ask next, the other version of the rule, and "not what I meant"; five at most."""
    ways = list(_ways(context, sides, event))
    tail = [ways_on.not_mine(context)] if context.event.action is None else [ways_on.menu(context)]
    yield from (*ways[: MOST_BUTTONS - len(tail)], *tail)


def _ways(context: Context, sides: tuple[Answer, ...], event: EventDays | None) -> Iterator[Button]:
    last = sides[-1]
    if len(sides) == 1 and (other := _other_version(context, last, event)):
        yield other
    for way in last.faq.next:
        if way.to in context.knowledge:
            name = "faq" if way.to in context.knowledge.faqs else "act"
            yield SayButton(way.say, Action(name, {"id": way.to}))


def _other_version(context: Context, shown: Answer, event: EventDays | None) -> SayButton | None:
    if shown.version is None or shown.status in {AnswerStatus.NO_RULE, AnswerStatus.WITHHELD}:
        return None
    if shown.replaced_on is not None:
        return SayButton(context.say("button.today_rule"), _version(shown.faq, context.today))
    if shown.changed_on is not None and (event is None or event.first >= shown.changed_on):
        return SayButton(context.say("button.rule_before"), _version(shown.faq, shown.changed_on - timedelta(days=1)))
    return None


def _version(faq: Faq, day: date) -> Action:
    return Action("faq", {"id": faq.id, "on": day.isoformat()})


def _sources(sides: tuple[Answer, ...]) -> Iterator[Source]:
    for side in sides:
        for basis in side.version.basis if side.version else ():
            yield Source(document=basis.document, place=basis.place, url=basis.url)
