"""What does the citizen want? A tapped act counts as the intent itself; a text is read."""

from chatbot.dialogue import VIETNAM
from chatbot.model import Action, Candidate, Decision, Match, changed
from chatbot.pipeline.tokens import without_tokens
from chatbot.pipeline.work import Setup, Work


def understand(work: Work, setup: Setup) -> Work:
    """Fill in the match of a text or of an `act` button; other buttons say what they mean themselves."""
    action = work.event.action
    if action is not None:
        return changed(work, match=_certain(action, setup))
    understood = work.match.decision is Decision.ANSWER  # by the emergency rule
    return read(work, setup) if work.text and not understood else work


def read(work: Work, setup: Setup) -> Work:
    """The text in the light of the last topic."""
    today = work.turn.now.astimezone(VIETNAM).date()
    text = without_tokens(work.text)
    return changed(work, match=setup.reader.understand(text, today=today, topic=work.session.topic))


def _certain(action: Action, setup: Setup) -> Match:
    intent = action.args.get("id", "") if action.name == "act" else ""
    if intent not in setup.knowledge:
        return Match()
    return Match(candidates=(Candidate(intent, 1.0),), decision=Decision.ANSWER)
