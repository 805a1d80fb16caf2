"""How a turn ended. One closed list; the prefix is the family that every chart counts."""

from enum import StrEnum


class Outcome(StrEnum):
    """The outcome of a turn, `<family>_<what>`."""

    ANSWERED_FAQ = "answered_faq"
    ANSWERED_CHANNEL = "answered_channel"
    ANSWERED_VERDICT = "answered_verdict"
    ANSWERED_EMERGENCY = "answered_emergency"
    ANSWERED_ACCOUNT = "answered_account"
    ANSWERED_PRIVACY = "answered_privacy"
    ANSWERED_SMALLTALK = "answered_smalltalk"
    ANSWERED_MENU = "answered_menu"
    CLARIFY_CHOICES = "clarify_choices"
    FLOW_STEP = "flow_step"
    FLOW_REASKED = "flow_reasked"
    FLOW_DIGRESSED = "flow_digressed"
    FLOW_DONE = "flow_done"
    FLOW_CANCELLED = "flow_cancelled"
    REFUSED_SECRET = "refused_secret"  # noqa: S105 - the bot was asked for one, or was given one
    REFUSED_REQUEST = "refused_request"
    HANDED_OVER = "handed_over"
    HANDED_SILENT = "handed_silent"  # a person holds the conversation; nothing is sent
    UNANSWERED_UNKNOWN = "unanswered_unknown"
    UNANSWERED_OTHER_AGENCY = "unanswered_other_agency"
    UNANSWERED_WITHHELD = "unanswered_withheld"  # we know the topic but its figures are not sure enough
    UNANSWERED_ATTACHMENT = "unanswered_attachment"
    UNANSWERED_EMPTY = "unanswered_empty"
    UNANSWERED_LIMITED = "unanswered_limited"  # too many messages a minute
    UNANSWERED_SWITCHED_OFF = "unanswered_switched_off"
    UNANSWERED_IGNORED = "unanswered_ignored"  # recorded, nothing to say
    ERROR_INTERNAL = "error_internal"
    ERROR_STALE = "error_stale"  # too old after an outage: one apology instead of an answer

    @property
    def family(self) -> str:
        """The part before the first underscore."""
        return self.value.split("_", 1)[0]
