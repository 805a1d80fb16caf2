"""What stands around a reply: the notice of the day, who is speaking, the warning, the line in English."""

from collections.abc import Iterator

from chatbot.dialogue import VIETNAM
from chatbot.model import Outcome, Part, Reply, changed
from chatbot.nlu.english import is_english
from chatbot.pipeline.work import Setup, Work

SPEAK_FOR_THEMSELVES = frozenset({"smalltalk.greeting", "smalltalk.who_are_you", "privacy.erase"})
"""Replies that already say who speaks, or after which nobody is known any more."""

WARNING = frozenset({Outcome.REFUSED_SECRET, *(outcome for outcome in Outcome if outcome.family == "flow")})
"""Replies that tell not to send numbers and codes themselves."""


def frame(work: Work, setup: Setup) -> Work:
    """Put the sentences around the reply. Silence stays silence; danger comes first, everything else after it."""
    reply = work.reply
    if reply is None or not reply.parts:
        return work
    english = is_english(work.event.text)
    around = (*_openings(work, setup, english=english), *work.before)
    after = (*work.after, *_essentials(work, setup)) if english else work.after
    if after and reply.outcome is Outcome.UNANSWERED_UNKNOWN:
        reply = _only_buttons(reply)
    if reply.outcome is Outcome.ANSWERED_EMERGENCY:
        around, after = (), (*after, *around)
    framed = _framed(reply, around, after)
    return work if framed is reply else work.ends(framed)


def _openings(work: Work, setup: Setup, *, english: bool) -> Iterator[str]:
    say = setup.knowledge.phrases.say
    notice = setup.switches().notice
    if notice and _first_of_the_day(work):
        yield notice
    if not work.session.greeted and work.reply and work.reply.intent not in SPEAK_FOR_THEMSELVES:
        yield say("english.hello" if english else _hello(work))
    if work.session.resume_offer:
        yield say("human.resumed")


def _hello(work: Work) -> str:
    """Who warns of secrets anyway is introduced shortly."""
    warned = bool(work.before) or (work.reply is not None and work.reply.outcome in WARNING)
    return "hello.short" if warned else "hello.automatic"


def _first_of_the_day(work: Work) -> bool:
    seen = work.turn.session.seen_at
    return seen is None or seen.astimezone(VIETNAM).date() != work.turn.now.astimezone(VIETNAM).date()


def _essentials(work: Work, setup: Setup) -> tuple[str, ...]:
    if work.session.slots.get("language") == "en":
        return ()
    return (setup.knowledge.phrases.say("english.essentials"),)


def _only_buttons(reply: Reply) -> Reply:
    """The reply without its Vietnamese text: the English line says what can be done."""
    return changed(reply, parts=(Part("", reply.buttons),))


def _framed(reply: Reply, before: tuple[str, ...], after: tuple[str, ...]) -> Reply:
    if not before and not after:
        return reply
    first, *rest = reply.parts
    opened = Part("\n\n".join(text for text in (*before, first.text) if text), first.buttons)
    *body, last = (opened, *rest)
    closed = Part("\n\n".join(text for text in (last.text, *after) if text), last.buttons)
    return changed(reply, parts=(*body, closed))
