"""A citizen pastes a number, an address or an application's name: the register judges it, come what may."""

import re
from typing import Final

from chatbot.knowledge.mentions import Subject, asks_of_us, words_beside
from chatbot.knowledge.verify import Judged, Verdict, Why, judge
from chatbot.model import Candidate, Decision, EventKind, Match, changed
from chatbot.nlu.normalize import fold
from chatbot.pipeline.clarify import offered
from chatbot.pipeline.work import Setup, Work

NUMBER: Final = "channel.verify_number"
ADDRESS: Final = "channel.verify_site"
PAID: Final = "scam.victim_money"
REPORT: Final = "scam.report"
"""Offered by the last reply, a number told now is that of the caller."""
KEPT: Final = ("scam.", "channel.verify", "reset.sms")
"""Intents whose own answer already holds the verdict."""
GRAVE: Final = frozenset({Verdict.KNOWN_FAKE, Verdict.LOOKALIKE})
REGISTERED: Final = frozenset({Verdict.GENUINE, Verdict.OTHER_AGENCY, Verdict.FORMER})
ASKS: Final = re.compile(
    r"\b(?:co phai|that (?:khong|k|ko|hay|ha|a)|that$|gia (?:mao|khong|k|ko|ha|a)|gia$|chinh (?:thuc|chu|hang)|"
    r"lua dao|tin (?:duoc|khong)|uy tin|an toan|cua (?:bhxh|bao hiem|co quan|ai)|la (?:so|trang|cua ai|gi)|so nao|"
    r"dung (?:khong|ko|k|hong|hok)(?! (?:duoc|dc|dk|noi|quen|biet))|con (?:goi|dung|nhan|xai) duoc|con hoat dong)\b"
    r"|\bgoi (?:cho|den|toi)\s(?:toi|em|minh|chau|bac|con|me|bo|nha)\b|\bdoi (?:otp|ma|tien|mat khau)\b"
)
OF_THE_AGENCY: Final = re.compile(
    r"\b(?:cua|la) (?:\w+ )?(?:bhxh|bao hiem|co quan)\b|\b(?:hotline|tong dai|can bo|xung)\b"
)
"""A mobile number is asked about, not left to call back."""
CALLED: Final = re.compile(
    r"(?<!toi )(?<!em )(?<!minh )(?<!con )(?<!chau )\bgoi (?:dien |den |toi |ve |vao |cho (?:\w+ ){1,2}|\w+ )?"
    r"(?:bao(?! hiem)|noi|keu|bat|yeu cau|doa|doi (?:tien|otp|ma))\b"
)
"""Nor is one from which somebody called and said something: "số ... gọi báo khóa thẻ"."""
OWN: Final = re.compile(
    r"\b(?:so|sdt|dt|dien thoai|zalo) (?:cua )?(?:toi|em|minh|con|chau|bac|chu|anh|chi|me|bo|ba|ong)\b"
    r"|\bgoi (?:bao|noi) (?:\w+ ){0,2}(?:khi|neu|luc|ket qua)\b"
)
"""The citizen's own, to be called back at."""
GENUINE: Final = re.compile(
    r"\bco phai\b|\bthat (?:khong|ko|k|hong|hay|ha|a|sao)\b|\bthat$|\bgia (?:mao|khong|ko|k|hay|ha|a)\b|\bgia$"
    r"|\bchinh (?:chu|hang)\b|\bchinh thuc (?:khong|ko|k|chua|ha|a|phai)\b|\blua dao (?:khong|ko|k|ha|a)\b|\buy tin\b"
    r"|\btin (?:duoc|tuong)\b|\bphai (?:cua|that|that su)\b"
)
WHICH: Final = re.compile(r"\b(?:cai|trang|so|app|kenh|zalo|dau|fanpage|tai khoan) (?:nao|dau)\b|\bdau la\b")
"""A name alone is judged only when it is doubted; who asks which one is ours wants the list."""
LOST: Final = re.compile(r"\b(?:mat|ton|tru|het)\b.*(?:\d|\btien\b|\bcuoc\b)")
FEW_WORDS: Final = 2
"""At most so many words beside the number or address: it was only pasted."""


def named_channel(work: Work, setup: Setup) -> Work:
    """Turn the question into one for the verifier when something in it must be judged."""
    match = work.match
    if work.event.kind is not EventKind.TEXT or (match.decision is Decision.ANSWER and match.intent.startswith(KEPT)):
        return work
    judged = judge(work.text, setup.knowledge.official)
    if not judged and asks_of_us(work.text):
        intent = ADDRESS
    elif not judged or not _matters(judged[0], work):
        return work
    else:
        intent = _intent(judged[0], work.text)
    sure = Match(candidates=(Candidate(intent, 1.0),), decision=Decision.ANSWER, entities=match.entities)
    return changed(work, match=sure)


def _intent(gravest: Judged, text: str) -> str:
    """What was called and cost money is a complaint about a dear line; anything else wants a verdict."""
    if gravest.subject is not Subject.PHONE:
        return ADDRESS
    return PAID if gravest.verdict is Verdict.KNOWN_FAKE and LOST.search(fold(text)) else NUMBER


def _matters(gravest: Judged, work: Work) -> bool:
    folded = fold(work.text)
    asked = ASKS.search(folded) is not None or words_beside(work.text) <= FEW_WORDS
    if gravest.verdict in GRAVE:
        return True
    if gravest.why is Why.NAME_ONLY:
        return GENUINE.search(folded) is not None and not WHICH.search(folded)
    if gravest.why is Why.MOBILE and _is_the_callers(folded, work, asked=asked):
        return True
    if gravest.why is Why.MOBILE or (gravest.subject is Subject.PHONE and gravest.why is Why.NONE):
        return asked and not work.found and gravest.verdict in REGISTERED
    if gravest.verdict in REGISTERED:
        return asked or (gravest.subject is Subject.PHONE and work.match.decision is Decision.REFUSE)
    return asked or work.match.decision is not Decision.ANSWER


def _is_the_callers(folded: str, work: Work, *, asked: bool) -> bool:
    """Is a mobile number somebody's who called, not the citizen's own?"""
    if CALLED.search(folded) and not OWN.search(folded) and (asked or work.match.decision is not Decision.ANSWER):
        return True
    return asked and (OF_THE_AGENCY.search(folded) is not None or REPORT in offered(work.session))
