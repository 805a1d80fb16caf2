"""Lấy lại mật khẩu VssID: the way into the guided flow, and the questions about it that one line answers.

The bot cannot reset, read or send a password, and asks for none: the citizen does every step on their own screen.
"""

from typing import Final

from chatbot.dialogue import Context, Flow, Handled, Router
from chatbot.model import Action, Outcome, Part, Reply, SayButton, changed

router = Router("password_reset", priority=30)

FLOW: Final = "password_reset"
OFFER: Final = SayButton("Lấy lại mật khẩu", Action("act", {"id": "reset.start"}))


def flow_of(context: Context) -> Flow:
    """The guided flow."""
    return context.flows[FLOW]


@router.intent(
    "reset.start",
    "reset.email_howto",
    "reset.no_email",
    "reset.forgot_email",
    "reset.mailbox_lost",
    "reset.otp_not_received",
    "reset.otp_invalid",
    "reset.email_mismatch",
    "reset.new_password_sent",
    "reset.new_password_rejected",
    "reset.account_locked",
    "reset.account_not_found",
    "reset.account_not_approved",
    "reset.app_error",
    "reset.bhxh_number",
    "reset.child_account",
    "reset.on_behalf",
    "reset.no_smartphone",
    "reset.foreigner",
    "reset.hotline_key8",
    "reset.vneid_login",
    "reset.office",
    "reset.phone_changed",
)
def begin(context: Context) -> Handled:
    """Enter the flow where the first message already leads: "không có email" skips the question about it."""
    return flow_of(context).enter(context.session, context.now, intent=context.match.intent, text=context.text)


@router.intent("reset.fee", "reset.sms_8079", "reset.impact", "reset.forms")
def in_one_line(context: Context) -> Reply:
    """A question about the reset: answered, then the flow goes on or is offered."""
    buttons = () if context.session.flow else (OFFER,)
    part = Part(context.say(context.match.intent), buttons)
    return Reply(outcome=Outcome.ANSWERED_CHANNEL, parts=(part,), intent=context.match.intent)


@router.intent("reset.do_it_for_me")
def refuse(context: Context) -> Reply | Handled:
    """Nobody gets a password here; kindly, and on to the first step."""
    refusal = context.say("reset.cannot_give")
    if context.session.flow == FLOW:
        part = Part(refusal)
        return Reply(outcome=Outcome.REFUSED_REQUEST, parts=(part,), intent=context.match.intent)
    first = flow_of(context).begin(context.session, context.now, refusal)
    reply = changed(first.reply, outcome=Outcome.REFUSED_REQUEST, intent=context.match.intent)
    return Handled(reply, first.session)
