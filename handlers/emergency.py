"""Danger first: a citizen who is being cheated, or was, and all about fraud (reset-flow specification, section 6.2)."""

import re
from functools import lru_cache
from typing import Final

from chatbot.dialogue import UNHANDLED, Context, Handled, Router, Unhandled
from chatbot.knowledge.mentions import Subject
from chatbot.knowledge.verify import Verdict
from chatbot.model import Action, Candidate, Decision, Match, Outcome, Part, Reply, SayButton
from chatbot.privacy.shadow import clean, shadow
from handlers import ways_on
from handlers.danger import danger, is_bait, is_confession, is_dear_call, is_denial, is_paid_line
from handlers.verify_channel import judged_in, verdicts

router = Router("emergency", priority=10)
_REMEMBERED: Final = 1024
"""Texts, masked as ever, that are kept without marks: many people send the same."""
SAFETY: Final = "safety"
"""Action of the one question after the first aid: `safety?given=yes|no|unsure`."""
_PAID_SERVICE: Final = Match(candidates=(Candidate("scam.paid_service", 1.0),), decision=Decision.ANSWER)
_DEAR_CALL: Final = Match(candidates=(Candidate("scam.victim_money", 1.0),), decision=Decision.ANSWER)
_PASSWORD: Final = re.compile(r"\b(?:mat khau|mk|vssid|dang nhap)\b")
_MONEY_BACK: Final = re.compile(
    r"\b(?:lay|doi|thu hoi)\s(?:\w+\s){0,2}(?:lai )?tien\b(?! (?:bao hiem|bhxh|bhyt|vien phi|thua))"
    r"|\btien\s(?:\w+\s){0,4}(?:lay|doi) lai\b"
)
_ASKED_FOR: Final = re.compile(
    r"\b(?:doi|bao|yeu cau|bat|keu|bieu|xin)\s(?:\w+\s){0,3}(?:dua|doc|gui|cung cap|chup|cho|nhap|anh"
    r"|cccd|can cuoc|otp)\b"
)
_GAVE: Final = re.compile(r"\b(?:roi|lo|trot|da|vua|nham)\b")


def emergency(context: Context) -> Handled | Match | Unhandled:
    """The rule that looks at every message before understanding and before an open flow."""
    folded = _folded(context)
    if "tien" in folded and _MONEY_BACK.search(folded) and _in_first_aid(context):
        return Handled(money_back(context), context.session)
    first_aid = danger(folded)
    if first_aid is None and is_confession(folded) and _was_warned(context):
        first_aid = "safety.victim"
    if first_aid is not None:
        return Handled(_first_aid(context, first_aid), context.session)
    if is_denial(folded) and _was_warned(context):
        return Handled(_spared(context), context.session)
    if is_dear_call(folded):
        return _DEAR_CALL
    return _PAID_SERVICE if is_bait(folded) else UNHANDLED


@router.intent("scam.victim_money")
def money_lost(context: Context) -> Reply:
    """Stop, bank, police; a dear line gets the genuine number instead, a plea for the money the honest sentence."""
    folded = _folded(context)
    if is_paid_line(folded) or _mentions_paid_line(context):
        return paid_line(context)
    first_aid = danger(folded)
    if first_aid is None and _MONEY_BACK.search(folded):
        return money_back(context)
    return _first_aid(context, first_aid or "safety.victim")


@router.intent("scam.victim_data")
def data_given(context: Context) -> Reply:
    """First aid, then whether a code or a password is out. What was only asked for gets advice instead."""
    folded = _folded(context)
    if danger(folded) is None and _ASKED_FOR.search(folded) and not _GAVE.search(folded):
        return _advice(context, "scam.call")
    return _first_aid(context, danger(_folded(context)) or "safety.victim")


@router.action(SAFETY)
def after_first_aid(context: Context) -> Reply:
    """What the answer to "đã cho mã OTP chưa" means; not knowing counts as yes."""
    action = context.event.action
    given = action is None or action.args.get("given") != "no"
    vneid = context.knowledge.official.phone_by_id("vneid").display
    advice = context.say("safety.given", vneid=vneid) if given else context.say("safety.not_given")
    last = Part(
        "\n".join((context.say("safety.recovery"), _report(context))), (_reset(context), ways_on.person(context))
    )
    return _reply(context, Part(advice), last)


def money_back(context: Context) -> Reply:
    """Nobody can promise the money back: the bank, the police, and who promises it is a cheat too."""
    text = "\n".join((context.say("safety.money_back"), context.say("safety.recovery")))
    return _reply(context, Part(text, (_report_button(context), ways_on.person(context))))


def paid_line(context: Context) -> Reply:
    """A dear line: the genuine number, no more calls, where to report."""
    official = context.knowledge.official
    line, how = official.phone_by_id("hotline"), official.channels.reports[0].how
    text = context.say("safety.paid_line", hotline=line.display, cost=line.cost, how=how)
    wanted = (_reset(context),) if _PASSWORD.search(_folded(context)) else ()
    return Reply(
        outcome=Outcome.ANSWERED_VERDICT,
        parts=(Part(text, (*wanted, ways_on.hotline(context), ways_on.menu(context))),),
        checked_on=official.checked_on,
        intent=context.match.intent,
    )


@router.intent("scam.call", "scam.sms", "scam.fake_site", "scam.fake_app", "scam.paid_service")
def suspicion(context: Context) -> Reply:
    """Nothing lost yet: what the agency never does, with the verdict on whatever the text names."""
    return _advice(context, context.match.intent)


def _advice(context: Context, fraud: str) -> Reply:
    official = context.knowledge.official
    line = official.phone_by_id("hotline")
    advice = context.say(
        f"safety.{fraud.removeprefix('scam.')}",
        hotline=line.display,
        cost=line.cost,
        portal=official.site_by_id("portal").host,
        services=official.site_by_id("services").host,
        national=official.site_by_id("national_services").host,
        app=official.app_by_id("vssid").name,
    )
    told = verdicts(context, judged_in(context))
    installed = (context.say("safety.fake_app_installed"),) if fraud == "scam.fake_app" else ()
    texts = (*told, advice, *installed)
    parts = [Part(text) for text in texts[:-1]]
    return _reply(
        context, *parts, Part(texts[-1], (_report_button(context), _lost_button(context), ways_on.menu(context)))
    )


@router.intent("scam.report")
def report(context: Context) -> Reply:
    """Where fraud is reported, free of charge."""
    return _reply(context, Part(_report(context), (ways_on.hotline(context), ways_on.menu(context))))


def _first_aid(context: Context, key: str) -> Reply:
    question = Part(
        context.say("safety.ask_given"),
        tuple(
            SayButton(context.say(f"safety.button.{name}"), Action(SAFETY, {"given": given}))
            for name, given in (("given", "yes"), ("not_given", "no"), ("unsure", "unsure"))
        ),
    )
    return _reply(context, Part(context.say(key)), question)


def _spared(context: Context) -> Reply:
    """Nothing was given yet: how it stays so, and where to report."""
    return _reply(context, Part(context.say("safety.not_given"), (_report_button(context), ways_on.menu(context))))


def _was_warned(context: Context) -> bool:
    """Did the last reply warn of a fraud and ask whether something was lost?"""
    offered = (Action.unpack(offer.payload) for offer in context.session.offers)
    asked = {action.args.get("id") for action in offered if action is not None}
    return {"scam.report", "scam.victim_money"} <= asked


def _in_first_aid(context: Context) -> bool:
    """Did the last reply ask the question after the first aid, or follow its answer?"""
    offered = (Action.unpack(offer.payload) for offer in context.session.offers)
    return any(action and (action.name == SAFETY or action.args.get("id") == "scam.report") for action in offered)


def _report(context: Context) -> str:
    official = context.knowledge.official
    line = official.phone_by_id("hotline")
    return context.say(
        "safety.report",
        how=official.channels.reports[0].how,
        site=official.site_by_id("fake_site_reports").host,
        hotline=line.display,
        cost=line.cost,
    )


def _reply(context: Context, *parts: Part) -> Reply:
    return Reply(
        outcome=Outcome.ANSWERED_EMERGENCY,
        parts=parts,
        checked_on=context.knowledge.official.checked_on,
        intent=context.match.intent,
    )


def _reset(context: Context) -> SayButton:
    """Back to the open guided reset where it stopped, or its start."""
    return SayButton(context.say("safety.button.reset"), Action("flow", {"flow": "password_reset"}))


def _report_button(context: Context) -> SayButton:
    return SayButton(context.say("safety.button.report"), Action("act", {"id": "scam.report"}))


def _lost_button(context: Context) -> SayButton:
    return SayButton(context.say("safety.button.lost"), Action("act", {"id": "scam.victim_money"}))


def _mentions_paid_line(context: Context) -> bool:
    found = judged_in(context)
    return any(one.subject is Subject.PHONE and one.verdict is Verdict.KNOWN_FAKE for one in found)


def _folded(context: Context) -> str:
    return _plain(context.text)


@lru_cache(maxsize=_REMEMBERED)
def _plain(text: str) -> str:
    return " ".join(shadow(clean(text)).split())
