"""A policy answer as one text: which rule, what it says, since when, who decides, and the law with its date."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from chatbot.dialogue import Context
from chatbot.knowledge import Answer, AnswerStatus, Faq, Version
from chatbot.knowledge.event_days import EventDays
from chatbot.knowledge.files import Authority
from handlers import own_case, when

FIGURE: Final = re.compile(r"\d[\d.,]*\s*(?:%|đồng|triệu|lần|tháng|ngày|năm|tuổi)")
"""A figure in an answer; an answer of low confidence that holds one is not shown."""
PLACE_END: Final = re.compile(r",| của | nơi ")
OUR_OFFICE: Final = "co_quan_bhxh"
OWN_DAYS: Final = re.compile(r"Dạ, (?:giai đoạn|trước|từ) ")
COURTESY: Final = re.compile(r"^Dạ,? ")


def compose(context: Context, sides: tuple[Answer, ...], event: EventDays | None) -> str:
    """The whole answer. Two sides are said one after the other, each with the days it is for."""
    last = sides[-1]
    if last.status is AnswerStatus.WITHHELD:
        return _withheld(context, last)
    body = _both(context, sides) if len(sides) > 1 else "\n".join(_one(context, last, event))
    return "\n\n".join((body, *_footer(context, sides)))


def _one(context: Context, shown: Answer, event: EventDays | None) -> Iterator[str]:
    worked = own_case.sums(context, shown)
    if worked and _same_again(context, shown, event):
        yield f"{_opening(worked).removesuffix('.')} ạ."
        return
    lead = _lead(context, shown, event)
    if lead:
        yield lead
    if worked:
        yield worked if lead else _opening(worked)
    yield _after_lead(shown.text) if lead or worked else shown.text
    if shown.replaced_on is not None:
        phrase = "faq.replaced_figures" if shown.new_figures else "faq.replaced"
        yield context.say(phrase, day=when.day_words(shown.replaced_on))
    elif shown.changed_on is not None and not _says(shown.text, shown.changed_on):
        phrase = "faq.changed_figures" if shown.new_figures else "faq.changed"
        yield context.say(phrase, day=when.day_words(shown.changed_on))


def _opening(worked: str) -> str:
    return f"Dạ, {worked[:1].lower()}{worked[1:]}"


def _same_again(context: Context, shown: Answer, event: EventDays | None) -> bool:
    """Does a follow-up ask for the very rule that was told last?"""
    same_days = (event.pack() if event else "") == context.session.topic_on
    return context.match.follow_up and same_days and context.session.topic == shown.faq.id


def _after_lead(text: str) -> str:
    """The answer after a sentence that said "Dạ" already."""
    bare = COURTESY.sub("", text)
    return bare[:1].upper() + bare[1:]


def _says(text: str, day: date) -> bool:
    """Does the answer itself name the day from which it holds?"""
    return any(form in text for form in _forms(day))


@lru_cache(maxsize=256)
def _forms(day: date) -> frozenset[str]:
    """The ways to write a day; the first of January is also its year."""
    written = {f"{day:%d/%m/%Y}", f"{day:%d}/{day.month}/{day.year}", f"{day.day}/{day.month}/{day.year}"}
    return frozenset(written | {f"năm {day.year}"} if (day.month, day.day) == (1, 1) else written)


def _lead(context: Context, shown: Answer, event: EventDays | None) -> str:
    """What the answer is for, when that is another day than today or the case just spoken of."""
    if _same_again(context, shown, event):
        return context.say("faq.same")
    if event is None:
        return ""
    said = when.said(context, event)
    if shown.status is AnswerStatus.NO_RULE:
        return context.say("faq.no_rule", when=said)
    if shown.replaced_on is not None:
        return _older(context, shown) if _tapped(context) else context.say("faq.past", when=said)
    again = context.match.follow_up and event.pack() == context.session.topic_on
    return context.say("faq.future", when=said) if event.first > context.today and not again else ""


def _older(context: Context, shown: Answer) -> str:
    """Until when the older rule held; "" when the answer opens with that itself."""
    if OWN_DAYS.match(shown.text):
        return ""
    return context.say("faq.before", day=when.day_words(_after(shown)))


def _tapped(context: Context) -> bool:
    """Was the older rule asked for by its button, rather than for an event?"""
    action = context.event.action
    return action is not None and action.name == "faq"


def _both(context: Context, sides: tuple[Answer, ...]) -> str:
    before, since = sides[0], sides[-1]
    change = when.day_words(since.since or since.day)
    return "\n".join(
        (
            context.say("faq.before", day=when.day_words(_after(before))),
            *filter(None, (own_case.sums(context, before),)),
            _after_lead(before.text),
            "",
            context.say("faq.since", day=change),
            *filter(None, (own_case.sums(context, since),)),
            _after_lead(since.text),
        )
    )


def _after(shown: Answer) -> date:
    """The first day after the last one for which the text holds."""
    return shown.until + timedelta(days=1) if shown.until else shown.day


def _footer(context: Context, sides: tuple[Answer, ...]) -> Iterator[str]:
    shown = sides[-1]
    version = shown.version
    if version is None:
        return
    if door := _door(context, shown.faq, shown.text):
        yield door
    if shown.stale:
        yield context.say("faq.stale", day=when.day_words(version.checked_on))
    yield context.say("faq.basis", law=_laws(sides), day=when.day_words(version.checked_on))


def _laws(sides: tuple[Answer, ...]) -> str:
    return "; ".join(dict.fromkeys(law(side.version) for side in sides if side.version))


def law(version: Version) -> str:
    """The first basis as people cite it: "Điều 64 Luật BHXH 41/2024/QH15"."""
    basis = version.basis[0]
    return f"{basis.place} {basis.document}".strip()


def _door(context: Context, faq: Faq, text: str) -> str:
    """Who decides when it is not the social insurance office, unless this or the last answer said so."""
    authority = context.knowledge.groups.authorities.get(faq.authority)
    before = context.knowledge.faqs.get(context.session.topic)
    told = before is not None and before.authority == faq.authority
    if faq.authority == OUR_OFFICE or authority is None or told or _names(text, authority):
        return ""
    return context.say("faq.door", name=authority.name, where=authority.where)


def _names(text: str, authority: Authority) -> bool:
    """The agency by its name, or by the place that stands first in `where`."""
    place = PLACE_END.split(authority.where, maxsplit=1)[0]
    return any(words.casefold() in text.casefold() for words in (authority.name, place))


def _withheld(context: Context, shown: Answer) -> str:
    """Known but not sure enough: the figures stay back, the law and the office are named."""
    authority = context.knowledge.groups.authorities[shown.faq.authority]
    cited = law(shown.version) if shown.version else ""
    if shown.text and not FIGURE.search(shown.text):
        rest = context.say("faq.withheld_rest", law=cited, where=authority.where)
        return f"{shown.text}\n\n{rest}"
    return context.say("faq.withheld", title=shown.faq.title, law=cited, where=authority.where)
