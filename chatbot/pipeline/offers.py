"""A typed number or label takes a button of the last reply, as if it had been tapped."""

import re
from typing import Final

from rapidfuzz import fuzz

from chatbot.model import Action, EventKind, Offer, Reply, SayButton, Session, changed
from chatbot.nlu.normalize import fold
from chatbot.pipeline.work import Setup, Work

NUMBER: Final = re.compile(r"(?:(?:so|chon|chon so|cau|muc|phim|nut|y) )?0?([1-9]\d?)[.)]?(?: (?:nhe|nha|a|di))?")
"""A folded choice by number: "2", "số 2", "chọn 2 nhé"."""
FLOW: Final = "flow"
"""A step's own choices are read by the flow itself: it knows "chưa xong" from "xong"."""
SAFETY: Final = "safety"
"""Choices of the one question after first aid: "em chưa gửi" is as good as "chưa"."""
SHORT: Final = 5
"""Words up to which an answer to that question may hold more than the label."""
SAME_LABEL: Final = 85
"""rapidfuzz ratio of folded texts from which a typed label is the label."""


YES: Final = re.compile(
    r"(?:da |u )?(?:u|uh|uhm|um|ok|oke|vang|da|co|phai|dung|yes)(?: roi| vay| the| a| do| em| chau| nhe| nha)*"
)
NO: Final = re.compile(r"(?:da )?(?:khong|ko|k|hong|hok|no|sai)(?: phai| dung| co| roi| a| dau| em| nhe| nha)*")
NOT_MINE: Final = "not_mine"
WRONG: Final = re.compile(
    r"(?:da )?(?:(?:khong|ko|k|hong|chua|hok) (?:phai|dung)|sai|(?:em |ban )?(?:hieu|tra loi) (?:sai|nham|lac de))"
    r"(?: roi| y| toi| dau| em| a| vay| bet)*"
)
LONE: Final = 2
"""Buttons under "có phải anh/chị muốn hỏi việc này không": the one choice, and "không phải ý tôi"."""


def offers(work: Work, _setup: Setup) -> Work:
    """Turn a typed choice into its action. A late message chooses nothing: the buttons have changed since."""
    if work.event.kind is not EventKind.TEXT or work.turn.late or not work.session.offers:
        return work
    offered = work.session.offers
    action = confirmed(work.text, work.session) or misread(work.text, offered) or chosen(work.text, offered)
    if action is None or (action.name == FLOW and work.session.flow and not work.session.paused_by):
        return work
    return changed(work, event=changed(work.event, kind=EventKind.ACTION, action=action))


def misread(text: str, offered: tuple[Offer, ...]) -> Action | None:
    """ "Không đúng", "hiểu sai rồi" under an answer is its button "Không phải ý tôi"."""
    actions = [Action.unpack(offer.payload) for offer in offered]
    last = actions[-1] if actions else None
    wrong = WRONG.fullmatch(fold(text).strip(" .!,"))
    return last if wrong and last is not None and last.name == NOT_MINE else None


def confirmed(text: str, session: Session) -> Action | None:
    """What "đúng rồi" or "không" means after a single choice; None when there was none."""
    if not session.clarified or len(session.offers) != LONE:
        return None
    typed = fold(text).strip(" .!,")
    if YES.fullmatch(typed):
        return Action.unpack(session.offers[0].payload)
    return Action.unpack(session.offers[1].payload) if NO.fullmatch(typed) else None


def chosen(text: str, offered: tuple[Offer, ...]) -> Action | None:
    """The action of the offer that the text names, or None."""
    typed = fold(text).strip()
    number = NUMBER.fullmatch(typed)
    if number:
        place = int(number[1]) - 1
        return Action.unpack(offered[place].payload) if place < len(offered) else None
    if held := [offer for offer in offered if _holds(typed, offer)]:
        return Action.unpack(held[0].payload) if len(held) == 1 else None
    best = max(offered, key=lambda offer: fuzz.ratio(fold(offer.label), typed), default=None)
    if best is None or fuzz.ratio(fold(best.label), typed) < SAME_LABEL:
        return None
    return Action.unpack(best.payload)


def _holds(typed: str, offer: Offer) -> bool:
    action, words = Action.unpack(offer.payload), typed.split()
    safety = action is not None and action.name == SAFETY
    return safety and len(words) <= SHORT and fold(offer.label).split()[0] in words


def offered_by(reply: Reply) -> tuple[Offer, ...]:
    """What the next message may choose from."""
    return tuple(Offer(button.label, button.action.pack()) for button in reply.buttons if isinstance(button, SayButton))
