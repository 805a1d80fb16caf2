"""Who answers what, and clashes that show at start."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chatbot.dialogue import UNHANDLED, Context, Handled, RegistrationError, Router, Routers, Unhandled
from chatbot.knowledge import Knowledge
from chatbot.model import Action, Candidate, ChannelName, Event, EventKind, Match, Outcome, Part, Reply, Session


class Closed:
    """No desk."""

    staffed = False

    def is_open(self, now: datetime) -> bool:
        """Never."""
        return now.tzinfo is None


@pytest.fixture
def context(knowledge: Knowledge) -> Context:
    """A turn that asks for "a.one"."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    event = Event(key="1", channel=ChannelName.ZALO, conversation="zalo:1:2", kind=EventKind.TEXT, at=now, text="x")
    match = Match(candidates=(Candidate("a.one", 0.9),))
    return Context(event=event, text="x", session=Session(), match=match, now=now, knowledge=knowledge, desk=Closed())


def says(text: str) -> Reply:
    """A reply with one sentence."""
    return Reply(outcome=Outcome.ANSWERED_FAQ, parts=(Part(text),))


def spoken(result: Handled | Unhandled) -> str:
    """Its text, or "" when nobody answered."""
    return result.reply.text if isinstance(result, Handled) else ""


def test_the_named_handler_goes_before_family_and_rest(context: Context) -> None:
    router, late = Router("late", priority=90), Router("first", priority=10)
    late.intent("a.one")(lambda _context: says("named"))
    router.intent("a.*")(lambda _context: says("family"))
    router.otherwise(lambda _context: says("rest"))
    routers = Routers([router, late])
    assert spoken(routers.answer(context)) == "named"
    assert spoken(routers.answer(context, "a.two")) == "family"
    assert spoken(routers.answer(context, "b.two")) == "rest"
    assert routers.intents == {"a.one", "a.*"}


def test_unhandled_is_passed_on_in_order_of_priority(context: Context) -> None:
    first, second = Router("first", priority=10), Router("second", priority=20)
    second.otherwise(lambda _context: says("second"))
    first.otherwise(lambda _context: UNHANDLED)
    assert spoken(Routers([second, first]).answer(context)) == "second"
    assert Routers([first]).answer(context) is UNHANDLED


def test_a_handler_may_change_the_session_and_erase(context: Context) -> None:
    router = Router("one")
    changed = Session(topic="huu_tuoi")
    router.intent("a.one")(lambda _context: Handled(says("x"), changed, erase=True))
    assert Routers([router]).answer(context) == Handled(says("x"), changed, erase=True)


def test_buttons_go_by_action_name(context: Context) -> None:
    router = Router("one")
    router.action("faq")(lambda asked: says(asked.event.action.args["id"] if asked.event.action else ""))
    tapped = replace(context, event=replace(context.event, action=Action("faq", {"id": "huu_tuoi"})))
    assert spoken(Routers([router]).act(tapped)) == "huu_tuoi"
    assert Routers([router]).act(context) is UNHANDLED
    assert Routers([router]).actions == {"faq"}


def test_two_handlers_of_one_router_clash_at_once() -> None:
    router = Router("one")
    router.intent("a.one")(lambda _context: says("x"))
    with pytest.raises(RegistrationError, match=r"one.*a\.one"):
        router.intent("a.one")(lambda _context: says("y"))
    with pytest.raises(RegistrationError, match="at least one"):
        router.intent()


@pytest.mark.parametrize("what", ["intent", "action"])
def test_two_routers_clash_at_start(what: str) -> None:
    routers = (Router("one"), Router("two"))
    for router in routers:
        register = router.intent if what == "intent" else router.action
        register("same")(lambda _context: says("x"))
    with pytest.raises(RegistrationError, match="'one' and 'two' both want"):
        Routers(routers)
