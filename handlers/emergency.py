"""Danger first: a citizen who is being cheated, or was, and everything about fraud. Reset-flow specification, section 6.2."""

import re
from typing import Final

from chatbot.dialogue import UNHANDLED, Context, Handled, Router, Unhandled
from chatbot.knowledge.mentions import Subject
from chatbot.knowledge.verify import Verdict, judge
from chatbot.model import Action, Outcome, Part, Reply, SayButton
from chatbot.privacy.shadow import clean, shadow
from handlers import ways_on
from handlers.verify_channel import verdicts

router = Router("emergency", priority=10)
SAFETY: Final = "safety"
"""Action of the one question after the first aid: `safety?given=yes|no|unsure`."""

_SOMEBODY: Final = r"(?:no|ho|nguoi|thang|con do|bon|ke|ong|ba|anh|chi|co|chu|ben|tai khoan|stk|so|mot|1|hoi|page|trang|nhan vien|can bo|shop)"
_PAST: Final = r"(?:da|vua|lo|lo tay|trot|tro|nho|moi|roi|bi|dai|ngu|lam)"
_MONEY: Final = re.compile(
    r"\bbi lua\b(?! khong\b| ko\b| dao khong\b)|\blua (?:mat|het|lay|duoc|roi|toi|em|minh|me|bo)\b|\bmat (?:sach|het|trang|toi|roi)\b.{0,12}\btien\b"
    r"|\bmat (?:sach |het |luon |toi |gan |hon )?(?:\d[\d.,]*\s?(?:k|tr|trieu|ty|nghin|ngan|dong|d|cu|chai)\b|may (?:trieu|chuc)|tien (?:roi|oan|trong))"
    rf"|\b{_PAST}\s(?:\w+\s){{0,2}}(?:chuyen|ck|nop|gui|dong|dat coc|nap)\s(?:khoan|tien|coc|phi|le phi)?\s?(?:\w+\s){{0,3}}cho {_SOMEBODY}\b"
    r"|\b(?:chuyen khoan|chuyen tien|ck|dat coc|nop tien|chuyen)\s(?:\w+\s){0,3}(?:roi|mat roi)\s?(?:$|gio|lam sao|thi|phai|huhu|ma)"
    r"|\b(?:tai khoan|the|tien|ngan hang)\s(?:\w+\s){0,4}(?:bi tru|bi rut|bi mat|bay mat|bien mat|khong canh)"
    r"|\b(?:no|ho|bon no|ke gian|lua dao)\s(?:\w+\s){0,3}(?:lay|rut|chuyen) (?:het|sach|mat)"
)
_DATA: Final = re.compile(
    r"\b(?:dua|doc|cho|gui|cung cap|noi|bao|khai)\s(?:\w+\s){0,4}(?:otp|mat khau|mk|ma xac (?:nhan|thuc)|can cuoc|cccd|so the|\[\w+\])"
    r"\s?(?:\w+\s){0,4}cho (?:no|ho|nguoi (?:la|ta|goi|do|khac|xung|tu xung)|thang|bon|ke|can bo|cong an|nhan vien|ben)\b"
    r"|\b(?:da|lo|trot|vua|lo tay)\s(?:\w+\s){0,2}cho (?:no|ho|nguoi (?:la|ta|do|goi)|thang|bon|ke)\s(?:\w+\s){0,4}(?:otp|mat khau|mk|ma xac|can cuoc|cccd|\[\w+\])"
    r"|\b(?:cho|dua|doc)\s(?:ma )?otp (?:mat )?roi|\b(?:lo|trot|lo tay|lo dai)\s(?:\w+\s){0,2}(?:bam|nhan|click|kich|an|mo|vao|quet)\s(?:\w+\s){0,3}(?:link|duong dan|ma qr|trang)"
    r"|\b(?:lo|trot|lo tay)\s(?:\w+\s){0,2}(?:dua|doc|cho|gui|cung cap|nhap|khai|chup)\b"
)
_REMOTE: Final = re.compile(
    r"\b(?:tai|cai|cai dat)\s(?:\w+\s){0,3}(?:app|ung dung|apk|phan mem|file)\s(?:\w+\s){0,2}(?:la\b(?! gi)|no gui|ho gui|nguoi la|tu link|gia|apk)"
    r"|\b(?:lo|trot)\s(?:\w+\s){0,2}(?:tai|cai)\b|(?:dang |bi )(?:\w+\s){0,3}dieu khien (?:tu xa|dien thoai|may)"
    r"|dien thoai (?:\w+\s){0,2}bi (?:chiem|dieu khien|khoa man hinh)|\b(?:teamviewer|anydesk|ultraview\w*)\b.{0,40}\b(?:roi|cai|bat|bao)\b"
)
_THREAT: Final = re.compile(
    rf"\b{_SOMEBODY}\s(?:\w+\s){{0,4}}(?:doa|de doa|ham doa)\b|\bbi (?:doa|de doa|ham doa)\b|\bdoa (?:bat|khoa|cat|kien|phat|dua)"
    r"|\b(?:no|ho|bon no)\s(?:\w+\s){0,2}bat\s(?:\w+\s){0,3}(?:dong|nop|chuyen)\s(?:phi|tien|khoan|phat|coc|them)"
)
_HARMLESS: Final = re.compile(
    r"\b(?:so|tranh|phong|keo|de khong|co|lieu|neu|nho|chua|khong|ko)\s(?:\w+\s){0,2}bi (?:lua|mat|tru|doa)|\bchua (?:\w+\s){0,3}(?:chuyen|mat|dua|bam|cho|bi|doc|gui)"
    r"|\bmat tien (?:khong|ko|k|hong|gi)|\bmat (?:phi|bao nhieu|may)|\b(?:bhxh|co quan|cong ty|luong huu|che do|thai san|that nghiep)\s(?:\w+\s){0,4}(?:chuyen|chi|tra)\b"
)
_PAID_LINE: Final = re.compile(
    r"\b(?:goi|bam|tong dai)\b.{0,40}\b1[89]00.{0,60}\b(?:mat|ton|tru|tinh|het)\b|\b1[89]00.{0,60}\b(?:mat|ton|bi tru|tru|het)\b"
    r"|\bgoi (?:tong dai|so|hotline)\b.{0,40}\b(?:mat|ton|bi tru|het)\s(?:\w+\s){0,2}(?:\d|tien|may)"
)


def looks_like_emergency(folded: str) -> bool:
    """Does a text (lower case, no diacritics) tell of a fraud that happens or has happened to its writer?

    A line that was only dear to call is not one: see `is_paid_line`.
    """
    return _danger(folded) is not None


def is_paid_line(folded: str) -> bool:
    """Did the writer call a dear number that passes for ours?"""
    return _PAID_LINE.search(folded) is not None and re.search(r"chuyen (?:khoan|tien)|\bck\b|otp", folded) is None


def _danger(folded: str) -> str | None:
    """The first aid that fits, as a phrase's key."""
    if is_paid_line(folded):
        return None
    if _REMOTE.search(folded):
        return "safety.remote"
    rest = _HARMLESS.sub(" ", folded)
    if _MONEY.search(rest) or _DATA.search(rest):
        return "safety.victim"
    return "safety.threatened" if _THREAT.search(rest) else None


def emergency(context: Context) -> Handled | Unhandled:
    """The rule that looks at every message before understanding and before an open flow."""
    first_aid = _danger(_folded(context))
    return Handled(_first_aid(context, first_aid), context.session) if first_aid else UNHANDLED


@router.intent("scam.victim_money")
def money_lost(context: Context) -> Reply:
    """Stop, bank, police; a dear line gets the genuine number instead."""
    if is_paid_line(_folded(context)) or _mentions_paid_line(context):
        return paid_line(context)
    return _first_aid(context, _danger(_folded(context)) or "safety.victim")


@router.intent("scam.victim_data")
def data_given(context: Context) -> Reply:
    """First aid, then whether a code or a password is out."""
    return _first_aid(context, _danger(_folded(context)) or "safety.victim")


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


def paid_line(context: Context) -> Reply:
    """A dear line: the genuine number, no more calls, where to report."""
    official = context.knowledge.official
    line, how = official.phone_by_id("hotline"), official.channels.reports[0].how
    text = context.say("safety.paid_line", hotline=line.display, cost=line.cost, how=how)
    return Reply(
        outcome=Outcome.ANSWERED_VERDICT,
        parts=(Part(text, (ways_on.hotline(context), ways_on.menu(context))),),
        checked_on=official.checked_on,
        intent=context.match.intent,
    )


@router.intent("scam.call", "scam.sms", "scam.fake_site", "scam.fake_app", "scam.paid_service")
def suspicion(context: Context) -> Reply:
    """Nothing lost yet: what the agency never does, with the verdict on whatever the text names."""
    official = context.knowledge.official
    line = official.phone_by_id("hotline")
    advice = context.say(
        f"safety.{context.match.intent.removeprefix('scam.')}",
        hotline=line.display,
        cost=line.cost,
        portal=official.site_by_id("portal").host,
        services=official.site_by_id("services").host,
        national=official.site_by_id("national_services").host,
        app=official.app_by_id("vssid").name,
    )
    told = verdicts(context, judge(context.text, official))
    installed = (context.say("safety.fake_app_installed"),) if context.match.intent == "scam.fake_app" else ()
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
    found = judge(context.text, context.knowledge.official)
    return any(one.subject is Subject.PHONE and one.verdict is Verdict.KNOWN_FAKE for one in found)


def _folded(context: Context) -> str:
    return " ".join(shadow(clean(context.text)).split())
