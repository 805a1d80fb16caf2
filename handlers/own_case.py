"""A citizen's own case: the sums that a topic's rule gives for what the message told."""

from chatbot.dialogue import Context
from chatbot.knowledge import Answer, AnswerStatus, Confidence
from chatbot.reckoning import Case, reckon

WORKED_OUT = frozenset({AnswerStatus.CURRENT, AnswerStatus.PAST_RULE})


def sums(context: Context, shown: Answer) -> str:
    """The worked sums as sentences, or "" when nothing clear was told or the rule is not certain enough."""
    version = shown.version
    if version is None or version.compute is None or shown.status not in WORKED_OUT or context.event.action is not None:
        return ""
    if version.confidence is not Confidence.HIGH:
        return ""
    case = Case(
        told=context.match.entities,
        day=shown.day,
        today=context.today,
        figures=version.figures,
        faqs=context.knowledge.faqs,
        series=context.knowledge.series,
    )
    return " ".join(context.say(line.phrase, 0, **line.slots) for line in reckon(version.compute, case))
