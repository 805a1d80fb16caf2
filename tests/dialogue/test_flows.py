"""All flows together: whose turn it is."""

from datetime import timedelta

import pytest

from chatbot.dialogue import Elsewhere, Flows, Handled, Said, Why
from chatbot.dialogue.flow_spec import FlowSpec
from chatbot.knowledge import Knowledge
from chatbot.model import Action, Outcome, Part, Reply, Session
from tests.dialogue.conftest import NOW

ANSWER = Reply(outcome=Outcome.ANSWERED_FAQ, parts=(Part("Dạ."),), intent="huu_tuoi")


@pytest.fixture
def flows(spec: FlowSpec, knowledge: Knowledge) -> Flows:
    """The real ones."""
    return Flows({spec.id: spec}, knowledge.phrases)


def test_nobody_is_concerned_without_a_flow(flows: Flows) -> None:
    assert flows.turn(Session(), Said(text="sinh con nghỉ mấy tháng"), NOW) is None
    assert flows.turn(Session(), Said(action=Action("menu")), NOW) is None
    assert flows.after(Session(), ANSWER, NOW) == Handled(ANSWER, Session())
    assert flows.pause(Session(), "scam") == Session()
    assert Flows().turn(Session(), Said(text="quên mật khẩu"), NOW) is None


def test_plain_words_open_a_flow(flows: Flows) -> None:
    opened = flows.turn(Session(), Said(text="em ơi quên mk"), NOW)
    assert isinstance(opened, Handled)
    assert opened.session.state == "ask_email"


def test_a_bare_flow_button_enters_or_resumes(flows: Flows) -> None:
    button = Said(action=Action("flow", {"flow": "password_reset"}))
    entered = flows.turn(Session(), button, NOW)
    assert isinstance(entered, Handled)
    paused = flows.pause(entered.session, "scam")
    assert paused.paused_by == "scam"
    resumed = flows.turn(paused, button, NOW)
    assert isinstance(resumed, Handled)
    assert "chỗ đang dở" in resumed.reply.text
    assert resumed.session.paused_by == ""


def test_a_typed_label_falls_under_silence_and_a_tap_does_not(flows: Flows) -> None:
    entered = flows.turn(Session(), Said(text="quên mật khẩu"), NOW)
    assert isinstance(entered, Handled)
    action = Action("flow", {"flow": "password_reset", "state": "ask_email", "choice": "opens"})
    later = NOW + timedelta(days=2)
    typed = flows.turn(entered.session, Said(text="1", action=action), later)
    tapped = flows.turn(entered.session, Said(action=action), later)
    assert isinstance(typed, Handled)
    assert typed.session.state == "back_another_day"
    assert isinstance(tapped, Handled)
    assert tapped.session.state == "ask_device"


def test_other_buttons_are_answered_elsewhere(flows: Flows) -> None:
    entered = flows.turn(Session(), Said(text="quên mật khẩu"), NOW)
    assert isinstance(entered, Handled)
    faq = flows.turn(entered.session, Said(action=Action("faq", {"id": "huu_tuoi"})), NOW)
    person = flows.turn(entered.session, Said(action=Action("human")), NOW)
    assert isinstance(faq, Elsewhere)
    assert isinstance(person, Elsewhere)
    assert (faq.why, person.why) == (Why.BUTTON, Why.PERSON)


def test_a_flow_that_is_no_longer_there_sets_people_free(flows: Flows) -> None:
    assert flows.gone(Session(flow="old_flow", state="x")).flow == ""
    kept = Session(flow="password_reset", state="ask_email")
    assert flows.gone(kept) == kept
