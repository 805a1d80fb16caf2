"""Is this number, address, page or application the agency's? The register answers; nothing is ever called safe."""

import re

from chatbot.dialogue import Context, Router
from chatbot.knowledge.mentions import Subject, asks_of_us
from chatbot.knowledge.verify import Judged, Verdict, judge
from chatbot.model import Outcome, Part, Reply
from handlers import ways_on

router = Router("verify_channel", priority=30)
_MOST = 3
"""Verdicts in one reply; the gravest come first."""
_BLANKS = re.compile(r"(1[89]00[ .\-]?\d{2}[ .\-]?\d{2}[ .\-]?)([xX*]{2})(?!\w)")
_REPORTED = frozenset({Verdict.KNOWN_FAKE, Verdict.LOOKALIKE, Verdict.NOT_OURS})


@router.intent("channel.verify_number", "channel.verify_site")
def verify(context: Context) -> Reply:
    """A verdict on everything that the text holds, or how to ask for one."""
    judged = judged_in(context)
    if not judged and asks_of_us(context.text):
        page = context.knowledge.official.page_by_id("facebook")
        return _reply(context, context.say("verify.this_page", handle=page.handle, name=page.name), reported=False)
    if not judged:
        line = context.knowledge.official.phone_by_id("hotline")
        return _reply(context, context.say("verify.nothing", hotline=line.display, cost=line.cost), reported=False)
    text = "\n".join((*verdicts(context, judged), context.say("verify.reminder")))
    return _reply(context, text, reported=any(one.verdict in _REPORTED for one in judged))


def judged_in(context: Context) -> tuple[Judged, ...]:
    """The verdicts on a text. A number with letters for its last digits ("19009966xx") is the warned group it names."""
    official = context.knowledge.official
    filled = _BLANKS.sub(lambda found: found[1] + "0" * len(found[2]), context.text)
    if filled != context.text:
        judged = judge(filled, official)
        if any(one.subject is Subject.PHONE and one.verdict is Verdict.KNOWN_FAKE for one in judged):
            return judged
    return judge(context.text, official)


def verdicts(context: Context, judged: tuple[Judged, ...]) -> tuple[str, ...]:
    """One sentence or two for each of the gravest verdicts, each said once."""
    return tuple(dict.fromkeys(verdict_text(context, one) for one in judged[:_MOST]))


def verdict_text(context: Context, judged: Judged) -> str:
    """The verdict in words: what it is, what differs, and where the genuine thing is."""
    official = context.knowledge.official
    line = official.phone_by_id("hotline")
    key = f"verify.{judged.subject}.{judged.verdict}"
    return context.say(
        f"{key}.{judged.why}" if judged.why else key,
        shown=judged.shown,
        name=judged.name,
        what=judged.what,
        warned=judged.warned,
        hotline=line.display,
        cost=line.cost,
        portal=official.site_by_id("portal").host,
        services=official.site_by_id("services").host,
        handle=official.page_by_id("facebook").handle,
        app=official.app_by_id("vssid").name,
        how=official.channels.reports[0].how,
    )


def _reply(context: Context, text: str, *, reported: bool) -> Reply:
    report = ways_on.known(context, "scam.report") if reported else ()
    return Reply(
        outcome=Outcome.ANSWERED_VERDICT,
        parts=(Part(text, (*report, ways_on.hotline(context), ways_on.menu(context))),),
        checked_on=context.knowledge.official.checked_on,
        intent=context.match.intent,
    )
