"""Danger first: a citizen who is being cheated, or was, and all about fraud (reset-flow specification, section 6.2)."""

import re
from typing import Final

from chatbot.dialogue import UNHANDLED, Context, Handled, Router, Unhandled
from chatbot.knowledge.mentions import Subject
from chatbot.knowledge.verify import Verdict
from chatbot.model import Action, Outcome, Part, Reply, SayButton
from chatbot.privacy.shadow import clean, shadow
from handlers import ways_on
from handlers.verify_channel import judged_in, verdicts

router = Router("emergency", priority=10)
SAFETY: Final = "safety"
"""Action of the one question after the first aid: `safety?given=yes|no|unsure`."""

_SOMEBODY: Final = (
    r"(?:no|ho|nguoi|thang|con do|bon|ke|ong|ba|anh|chi|co|chu|ben|tai khoan|stk|so|mot|1|hoi|page|trang"
    r"|nhan vien|can bo|shop|dich vu)"
)
_STRANGER: Final = (
    r"(?:no|ho|nguoi (?:la|ta|goi|do|khac|xung|tu xung)|thang(?! be| con)|bon|ke|can bo|cong an|nhan vien|ben do)"
)
_PAST: Final = r"(?:da|vua|lo|lo tay|trot|tro|nho|moi|roi|bi|dai|ngu|lam)"
_VALUE: Final = (
    r"(?:otp|mat khau|mk|pass|ma xac (?:nhan|thuc)|can cuoc|cccd|so the|thong tin|anh (?:can|cccd)|\[\w+(?::\d+)?\])"
)
_GIVE: Final = r"(?:dua|doc|gui|cung cap|noi|bao|khai|chup|nhap)"
_MONEY_WORD: Final = r"(?:chuyen khoan|chuyen tien|chuyen coc|chuyen \d\w*|tien coc|dat coc|\bck\b|(?<!vien )\bphi\b)"
_MONEY: Final = re.compile(
    r"\bbi lua\b(?! (?:khong|ko|dao khong)\b)|(?<!gat )(?<!mua )\blua (?:mat|het|lay|toi|em|minh|me|bo)\b"
    r"|\bmat (?:sach|het|trang) tien\b(?! de)|\bmat tien (?:roi|trong)\b"
    r"|\bmat (?:sach |het |luon |toi |gan |hon )?(?:\d[\d.,]*\s?(?:k|tr|trieu|ty|nghin|ngan|dong|d|cu|chai)\b"
    r"|may (?:trieu|chuc))"
    rf"|\b{_PAST}\s(?:\w+\s){{0,2}}(?:chuyen|ck|nop|gui|dong|dat coc|nap)\s(?:khoan|tien|coc|phi|le phi"
    rf"|\d[\w.]*(?: trieu| tr| nghin| k)?)\s?"
    rf"(?:\w+\s){{0,3}}cho {_SOMEBODY}\b"
    r"|\b(?:chuyen khoan|chuyen tien|ck|dat coc|nop tien)\s(?:\w+\s){0,3}(?:roi|mat roi)\s?(?:$|gio|lam sao|thi"
    r"|phai|huhu|ma)"
    rf"|{_MONEY_WORD}.{{0,60}}\b(?:chan (?:so|zalo|em|toi|minh|roi)|block|doi lai|lay lai|xung (?:bao|bhxh|can))"
    r"|\blo chuyen \d|\bbi (?:tru|rut) (?:sach|het)\b|\b(?:tk|tai khoan|ngan hang)\s(?:\w+\s){0,4}bi (?:tru"
    r"|rut)\b(?! phi)"
    r"|\b(?:no|bon no|ke gian|lua dao) (?:da )?(?:lay|rut|chuyen) (?:het|sach|mat)\s(?:\w+\s){0,2}(?:tien|roi)"
    r"|\bbi xu \d|\bbi hack\b.{0,30}\bmat (?:het |sach )?tien\b"
    r"|\bi(?: was|'ve been| have been| got| am) (?:scammed|cheated)\b|\b(?:took|stole) (?:all )?my money\b"
    r"|\b(?:transferred|sent|paid)\b.{0,20}\b(?:scammer|stranger|fake (?:officer|page|site))\b"
)
_DATA: Final = re.compile(
    rf"\b{_GIVE}\b.{{0,24}}{_VALUE}.{{0,40}}\bcho {_STRANGER}\b"
    rf"|{_VALUE}.{{0,40}}\b{_GIVE}\s(?:\w+\s)?cho {_STRANGER}\b(?:\s\w+){{0,2}}\s(?:roi|mat)\b"
    rf"|\b{_GIVE} (?:cai )?ma (?:\w+\s){{0,2}}cho {_STRANGER}\b"
    r"|\bnhap\s.{0,30}\bvao (?:cai )?(?:web|trang|link|duong link)(?: web)? (?:gia|la|no gui)\b"
    r"|\bnhap\s(?:\w+\s){0,3}(?:the|tai khoan|otp|mat khau)\s(?:\w+\s){0,2}vao (?:cai )?(?:duong )?link\b"
    r"|\bquet (?:ma )?qr .{0,12}\b(?:no|nguoi ta|ho) gui\b"
    r"|\bgave (?:them|him|her|someone)\b.{0,12}\b(?:otp|password|code|id)\b"
    rf"|\bcho {_STRANGER}\s(?:\w+\s){{0,4}}(?:otp|mat khau|mk|ma xac|can cuoc|cccd|\[\w+)"
    rf"|\b(?:cho|dua|doc)\s(?:ma )?otp (?:mat )?roi|\b(?:lo|trot|lo tay)\s(?:\w+\s){{0,2}}(?:cho"
    rf"|{_GIVE})\s(?:\w+\s){{0,4}}{_VALUE}"
    r"|\b(?:lo|trot|lo tay|lo dai)\s(?:\w+\s){0,2}(?:bam|nhan|click|kich|an|mo|vao|quet)\s(?:\w+\s){0,3}(?:link"
    r"|duong dan|ma qr)"
    r"|\b(?:bam|nhan|click|an)\s(?:vo |vao |nham )?(?:cai )?(?:duong )?link\s(?:\w+\s){0,2}(?:roi|la)\b"
)
_APP: Final = r"(?:app|ung dung|apk|phan mem|file)"
_REMOTE: Final = re.compile(
    rf"\b(?:tai|cai|cai dat)\s(?:\w+\s){{0,3}}{_APP} la(?=\s*(?:$|[,.!?]|roi|ve|vao|gio|co sao|lam sao|thi|nen))"
    rf"|\b(?:lo|trot|da|vua)\s(?:\w+\s){{0,2}}(?:tai|cai)\s(?:dat )?(?:\w+\s){{0,2}}{_APP}\s(?:\w+\s){{0,3}}(?:la"
    rf"|gui|link|gia|apk)\b"
    rf"|\b(?:lo|trot)\s(?:\w+\s){{0,2}}(?:tai|cai)\s(?:dat )?(?:\w+\s){{0,2}}{_APP}\b"
    r"|(?:dang |bi )(?:\w+\s){0,3}dieu khien (?:tu xa|dien thoai|may)"
    r"|dien thoai (?:\w+\s){0,2}bi (?:chiem|dieu khien|khoa man hinh)"
    r"|\b(?:teamviewer|anydesk|ultraview\w*)\b.{0,40}\b(?:roi|cai|bat|bao)\b"
)
_THREAT: Final = re.compile(
    r"\b(?:de |ham )?doa (?:\w+\s){0,2}(?:bat|khoa|cat|kien|phat|giet|bo tu|dua ra)\b"
    r"|\b(?:no|ho|bon no)\s(?:\w+\s){0,2}bat\s(?:\w+\s){0,3}(?:dong|nop|chuyen)\s(?:phi|tien|khoan|phat|coc|them)"
)
_HARMLESS: Final = re.compile(
    r"\b(?:so|tranh|phong|keo|de khong|co|lieu|neu|chua|khong|ko)\s(?:\w+\s){0,2}bi (?:lua|mat|tru|doa)\b|\bco lua\b"
    r"|\bchua (?:\w+\s){0,3}(?:chuyen|mat|dua|bam|cho|bi|doc|gui|cai|tai)\b|\bmat tien (?:khong|ko|k|hong|gi)\b"
    r"|\b(?:co nen|doi|keu|bao|yeu cau|bat|dung|bao gio) (?:\w+\s){0,3}(?:dua|doc|gui|cung cap|chup|bam|cai|tai)\b"
    r"|\b(?:nop tien|chuyen khoan|chuyen tien|dong tien)\s(?:(?:dong|mua|de|tien|phi|vao)\s){0,3}"
    r"(?:bhxh|bhyt|bao hiem)\b"
    r"|\b(?:chuyen khoan|chuyen tien) nham\b|\bmat (?:phi|bao nhieu|may)\b|\bchu no (?:\w+\s)?doa\b"
    r"|\b(?:bhxh|co quan|cong ty|luong huu|che do|thai san|that nghiep)\s(?:\w+\s){0,4}(?:chuyen|chi|tra)\b"
)
_MONEY_BACK: Final = re.compile(
    r"\b(?:lay|doi|thu hoi)\s(?:\w+\s){0,2}(?:lai )?tien\b(?! (?:bao hiem|bhxh|bhyt|vien phi|thua))"
    r"|\btien\s(?:\w+\s){0,4}(?:lay|doi) lai\b"
)
_ASKED_FOR: Final = re.compile(
    r"\b(?:doi|bao|yeu cau|bat|keu|bieu|xin)\s(?:\w+\s){0,3}(?:dua|doc|gui|cung cap|chup|cho|nhap|anh"
    r"|cccd|can cuoc|otp)\b"
)
_GAVE: Final = re.compile(r"\b(?:roi|lo|trot|da|vua|nham)\b")
_ERASE: Final = re.compile(r"\bxoa\b|\bgui nham\b")
_PAID_LINE: Final = re.compile(
    r"\b(?:goi|bam|tong dai)\b.{0,40}\b1[89]00.{0,60}\b(?:mat|ton|tru|tinh|het)\b"
    r"|\b1[89]00.{0,60}\b(?:mat|ton|bi tru|tru|het)\b"
    r"|\bgoi (?:\w+\s)?(?:tong dai|so|hotline)\b.{0,40}\b(?:mat|ton|bi tru|het)\s(?:\w+\s){0,2}(?:\d\w*|tien|may)"
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
    if is_paid_line(folded) or _ERASE.search(folded):
        return None
    if _REMOTE.search(folded):
        return "safety.remote"
    rest = _HARMLESS.sub(" ", folded)
    if _MONEY.search(rest) or _DATA.search(rest):
        return "safety.victim"
    return "safety.threatened" if _THREAT.search(rest) else None


def emergency(context: Context) -> Handled | Unhandled:
    """The rule that looks at every message before understanding and before an open flow."""
    folded = _folded(context)
    if _in_first_aid(context) and _MONEY_BACK.search(folded):
        return Handled(money_back(context), context.session)
    first_aid = _danger(folded)
    return Handled(_first_aid(context, first_aid), context.session) if first_aid else UNHANDLED


@router.intent("scam.victim_money")
def money_lost(context: Context) -> Reply:
    """Stop, bank, police; a dear line gets the genuine number instead, a plea for the money the honest sentence."""
    folded = _folded(context)
    if is_paid_line(folded) or _mentions_paid_line(context):
        return paid_line(context)
    danger = _danger(folded)
    if danger is None and _MONEY_BACK.search(folded):
        return money_back(context)
    return _first_aid(context, danger or "safety.victim")


@router.intent("scam.victim_data")
def data_given(context: Context) -> Reply:
    """First aid, then whether a code or a password is out. What was only asked for gets advice instead."""
    folded = _folded(context)
    if _danger(folded) is None and _ASKED_FOR.search(folded) and not _GAVE.search(folded):
        return _advice(context, "scam.call")
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


def money_back(context: Context) -> Reply:
    """Nobody can promise the money back: the bank, the police, and who promises it is a cheat too."""
    text = "\n".join((context.say("safety.money_back"), context.say("safety.recovery")))
    return _reply(context, Part(text, (_report_button(context), ways_on.person(context))))


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
    return " ".join(shadow(clean(context.text)).split())
