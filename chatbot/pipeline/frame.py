"""What stands around a reply: the notice of the day, who is speaking, the warning, the line in English."""

from collections.abc import Iterator
from dataclasses import replace

from chatbot.dialogue import VIETNAM
from chatbot.model import Outcome, Part, Reply
from chatbot.pipeline.english import is_english
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
    around = (*_openings(work, setup), *work.before)
    session = replace(work.session, greeted=True, resume_offer=False)
    after = (*work.after, *_english(work, setup))
    if after and reply.outcome is Outcome.UNANSWERED_UNKNOWN:
        reply = _only_buttons(reply)
    if reply.outcome is Outcome.ANSWERED_EMERGENCY:
        around, after = (), (*after, *around)
    return work.remembers(session).ends(_framed(reply, around, after))


def _openings(work: Work, setup: Setup) -> Iterator[str]:
    say = setup.knowledge.phrases.say
    notice = setup.switches().notice
    if notice and _first_of_the_day(work):
        yield notice
    if not work.session.greeted and work.reply and work.reply.intent not in SPEAK_FOR_THEMSELVES:
        yield say(_hello(work))
    if work.session.resume_offer:
        yield say("human.resumed")


def _hello(work: Work) -> str:
    """Who warns of secrets anyway is introduced shortly; a citizen who writes English is told in English."""
    if is_english(work.event.text):
        return "english.hello"
    warned = bool(work.before) or (work.reply is not None and work.reply.outcome in WARNING)
    return "hello.short" if warned else "hello.automatic"


def _first_of_the_day(work: Work) -> bool:
    seen = work.turn.session.seen_at
    return seen is None or seen.astimezone(VIETNAM).date() != work.turn.now.astimezone(VIETNAM).date()


def _english(work: Work, setup: Setup) -> tuple[str, ...]:
    if not is_english(work.event.text) or work.session.slots.get("language") == "en":
        return ()
    return (setup.knowledge.phrases.say("english.essentials"),)


def _only_buttons(reply: Reply) -> Reply:
    """The reply without its Vietnamese text: the English line says what can be done."""
    return replace(reply, parts=(Part("", reply.buttons),))


def _framed(reply: Reply, before: tuple[str, ...], after: tuple[str, ...]) -> Reply:
    first, *rest = reply.parts
    opened = Part("\n\n".join(text for text in (*before, first.text) if text), first.buttons)
    *body, last = (opened, *rest)
    closed = Part("\n\n".join(text for text in (last.text, *after) if text), last.buttons)
    return replace(reply, parts=(*body, closed))
