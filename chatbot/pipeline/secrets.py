"""Secrets that a citizen typed: already masked, now warned of by class; the question beside them is still answered."""

import re
from collections.abc import Iterable
from typing import Final

from chatbot.dialogue import Handled, Why
from chatbot.model import Decision, Outcome, Part, Reply, SecretKind, Session, changed
from chatbot.pipeline.tokens import without_tokens
from chatbot.pipeline.work import Setup, Work
from chatbot.privacy.shadow import shadow

FULL_WARNINGS: Final = 2
"""After so many warnings of ID numbers, codes or passwords in a conversation one line is enough."""
ASKED: Final = 0.4
"""Confidence from which the words beside a secret are a question worth asking back about."""
QUESTION_WORDS: Final = 2
"""Fewer words beside a secret only name it ("mk ..."): there is nothing to ask back about."""
GUARDED: Final = frozenset({SecretKind.OTP, SecretKind.PASSWORD})
MILD: Final = frozenset({SecretKind.PHONE, SecretKind.EMAIL})
ABOUT_OTHERS: Final = ("channel.", "scam.", "kn_lua_dao")
CALLED: Final = re.compile(
    r"\b(?:goi (?:toi|den|dien|cho|bao|tu)|xung|so la|so nay|so do|nhan tin|ket ban|lua dao|gia danh"
    r"|(?:doi|keu|bao) (?:tien|gui|cap nhat))\b"
)
"""Here a number is a caller's, not the citizen's own: nothing to warn of."""


def secrets(work: Work, setup: Setup) -> Work:
    """Warn; end the turn when nothing was asked beside the secret."""
    if not work.found or _somebody_elses(work):
        return work
    grave = not MILD.issuperset(work.found)
    warned = changed(work.session, warnings=work.session.warnings + grave)
    warning = warning_for(work.found, work.session, setup)
    if _asks(work):
        return changed(work.remembers(warned), before=(*work.before, warning))
    reply = Reply(outcome=Outcome.REFUSED_SECRET, parts=(Part(warning),), intent="pii.leak")
    if warned.flow:
        return work.settles(setup.flows.after(warned, reply, work.turn.now, Why.BUTTON))
    return work.settles(Handled(reply, warned))


def warning_for(found: Iterable[SecretKind], session: Session, setup: Setup) -> str:
    """The warning for these classes, shorter after the second one."""
    say = setup.knowledge.phrases.say
    kinds = frozenset(found)
    if kinds <= MILD:
        return say("secret.phone" if SecretKind.PHONE in kinds else "secret.email")
    if session.warnings >= FULL_WARNINGS:
        return say("secret.short")
    parts = [say("secret.warning")]
    if kinds & GUARDED:
        parts.append(say("secret.code"))
    if kinds - GUARDED - MILD:
        parts.append(say("secret.not_needed"))
    return " ".join(parts)


def _asks(work: Work) -> bool:
    beside = without_tokens(work.text).split()
    if not beside or work.match.intent == "pii.leak":
        return False
    if work.session.flow:
        return work.match.decision is Decision.ANSWER
    asked_back = work.match.decision is Decision.ASK and work.match.confidence >= ASKED
    return work.match.decision is Decision.ANSWER or (asked_back and len(beside) >= QUESTION_WORDS)


def _somebody_elses(work: Work) -> bool:
    only_phones = frozenset(work.found) <= MILD
    about = work.match.intent.startswith(ABOUT_OTHERS) and work.match.decision is not Decision.REFUSE
    return only_phones and (about or CALLED.search(shadow(work.text)) is not None)
