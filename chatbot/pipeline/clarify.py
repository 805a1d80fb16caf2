"""Not sure enough: at most three choices in citizens' words. Never the same question back twice in a row."""

from typing import Final

from chatbot.dialogue import VIETNAM
from chatbot.knowledge.event_days import event_days
from chatbot.model import Action, Match, Outcome, Part, Reply, SayButton, Session, changed
from chatbot.pipeline.menu_button import not_mine_button
from chatbot.pipeline.work import Setup, Work

MOST_CHOICES: Final = 3
FAINT: Final = 0.03
"""Candidates below this confidence only confuse."""
FAR_BEHIND: Final = 0.1
"""So do candidates below this share of the best one's confidence."""
LIKELY: Final = 0.5
"""Confidence from which the best candidate is the topic that a follow-up leans on."""
NOT_A_CHOICE: Final = ("smalltalk.", "flow.", "pii.", "complaint.")
"""Intents that nobody means to choose from a list."""
ELSEWHERE: Final = "other."
"""Other agencies' matters: offered only when nothing else is likelier."""


def choices(match: Match, rejected: tuple[str, ...], setup: Setup) -> tuple[str, ...]:
    """The intents worth asking about, best first, each label once; what was rejected just now is not offered again."""
    seen: dict[str, str] = {}
    least = max(FAINT, FAR_BEHIND * match.confidence)
    likely = [one.intent for one in match.candidates if one.confidence >= least and one.intent not in match.twins]
    for place, intent in enumerate(dict.fromkeys((match.intent, match.second, *likely))):
        if intent not in setup.knowledge or intent in rejected or intent.startswith(NOT_A_CHOICE):
            continue
        if place == 0 or not intent.startswith(ELSEWHERE):
            seen.setdefault(setup.knowledge.label(intent), intent)
    return tuple(seen.values())[:MOST_CHOICES]


def clarify(work: Work, setup: Setup) -> Work | None:
    """The question back, or None when there is nothing to choose from or just this was asked already.

    The choices carry the event's days; the likeliest topic is what "thế nộp ở đâu" will lean on.
    """
    intents = choices(work.match, work.session.rejected, setup)
    if not intents or (work.session.clarified and intents[0] in offered(work.session)):
        return None
    text = work.event.text if work.event.action is None else ""
    days = event_days(text, work.match.entities.period, work.turn.now.astimezone(VIETNAM).date())
    on = {"on": days.pack()} if days else {}
    knowledge = setup.knowledge
    lines = [f"{number}. {knowledge.title(intent)}" for number, intent in enumerate(intents, 1)]
    key = "clarify.ask" if len(intents) > 1 else "clarify.ask_one"
    buttons = [SayButton(knowledge.label(intent), Action("act", {"id": intent} | on)) for intent in intents]
    part = Part("\n".join((knowledge.phrases.say(key), *lines)), (*buttons, not_mine_button(knowledge)))
    asked = work.ends(Reply(outcome=Outcome.CLARIFY_CHOICES, parts=(part,), intent=work.match.intent))
    if intents[0] in knowledge.faqs and work.match.confidence >= LIKELY and not _still_possible(work, setup, intents):
        return asked.remembers(changed(asked.session, topic=intents[0], topic_on=on.get("on", "")))
    return asked


def _still_possible(work: Work, setup: Setup, intents: tuple[str, ...]) -> bool:
    """Is one of several choices of the last topic's benefit? Then that topic stays what a follow-up leans on."""
    faqs = setup.knowledge.faqs
    last = faqs.get(work.session.topic)
    return (
        last is not None
        and len(intents) > 1
        and any(intent in faqs and faqs[intent].benefit == last.benefit for intent in intents)
    )


def offered(session: Session) -> frozenset[str]:
    """The topics and acts behind the buttons of the last reply."""
    actions = (Action.unpack(offer.payload) for offer in session.offers)
    return frozenset(action.args.get("id", "") for action in actions if action)
