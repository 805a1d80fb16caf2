"""The ways into a flow: a text that may mean several things, the language, what the first message already told."""

import pytest

from chatbot.model import Candidate, Decision, Match, Session
from tests.dialogue.conftest import Talk, sure, torn


def test_english_is_heard_at_the_first_word_and_on_the_way(talk: Talk) -> None:
    assert talk.enter(text="how do i get a new password").labels[0] == "I can open it"
    talk.session = Session()
    talk.enter().tap("Còn mở được").say("where do i get the number", sure("reset.bhxh_number"))
    assert "last 10 digits" in talk.text


@pytest.mark.parametrize(
    ("match", "text", "state"),
    [
        (torn("reset.start", 0.85), "hình như mất tiêu cái ấy", "ask_email"),
        (torn("reset.no_email", 0.87), "không có cái ấy thì sao", "no_email"),
        (torn("reset.no_email", 0.6), "không có cái ấy thì sao", None),
        (torn("reset.on_behalf", 0.6), "giờ tôi muốn tự lấy lại mật khẩu", "ask_email"),
        (torn("reset.start", 0.52), "ông quên cái mật khẩu rồi", "ask_email"),
        (torn("reset.start", 0.3), "ông quên cái mật khẩu rồi", None),
        (torn("account.change_password", 0.9), "quên mật khẩu", None),
        (sure("reset.start"), "quên mật khẩu", None),
    ],
)
def test_an_unclear_text_enters_when_nearly_all_it_may_mean_leads_in(
    talk: Talk, match: Match, text: str, state: str | None
) -> None:
    assert talk.flow.entrance.way_in(text, match) == state


def test_a_text_torn_between_the_flow_and_something_else_is_asked_back_about(talk: Talk) -> None:
    close = (Candidate("reset.start", 0.5), Candidate("so_dien_tu", 0.4))
    match = Match(candidates=close, decision=Decision.ASK)
    assert talk.flow.entrance.way_in("sổ trên điện thoại không vào được", match) is None


def test_what_the_first_message_told_is_not_asked_again(talk: Talk) -> None:
    assert talk.enter(text="em quên mk vssid mail em còn").session.state == "ask_device"
    talk.session = Session()
    assert talk.enter(text="quên mk vssid không còn mail").session.state == "ask_email"
