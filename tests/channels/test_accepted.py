"""Whatever reply we render, the platforms' own rules (as the simulator plays them) take it, and no choice is lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.channels.base import Payload
from chatbot.channels.console import shown
from chatbot.channels.messenger.render import render as messenger
from chatbot.channels.zalo.render import render as zalo
from chatbot.model import Action, Button, CallButton, LinkButton, Outcome, Part, Reply, SayButton
from chatbot.simulator import messenger_rules, zalo_rules

WORDS = st.lists(
    st.sampled_from(["Hồ", "sơ", "hưởng", "BHXH.", "một", "lần", "🙏🏽", "e\u0301", "dài" * 30]), max_size=40
)
LABELS = st.lists(st.sampled_from(["Thủ", "tục", "thai", "sản", "nghiêng" * 4, "👨‍👩‍👧"]), min_size=1, max_size=12)
SAYS = st.builds(
    lambda words, number: SayButton(" ".join(words), Action("act", {"id": str(number)})), LABELS, st.integers(0)
)
LINKS = st.builds(lambda words: LinkButton(" ".join(words), "https://baohiemxahoi.gov.vn"), LABELS)
CALLS = st.builds(lambda words: CallButton(" ".join(words), "1900.9068"), LABELS)
BUTTONS: st.SearchStrategy[list[Button]] = st.lists(SAYS | LINKS | CALLS, max_size=20)
PARTS = st.builds(
    lambda words, times, buttons: Part(" ".join(words) * times, tuple(buttons)), WORDS, st.integers(1, 12), BUTTONS
)
REPLIES = st.builds(
    lambda parts: Reply(outcome=Outcome.ANSWERED_FAQ, parts=tuple(parts)), st.lists(PARTS, min_size=1, max_size=3)
)


def reachable(reply: Reply, payloads: tuple[Payload, ...]) -> bool:
    """Every choice can be tapped, or typed by the number in the text."""
    told = str(payloads)
    listed = "\n".join(shown(payload).text for payload in payloads)
    says = [button for button in reply.buttons if isinstance(button, SayButton)]
    return all(button.action.pack() in told or f"{number}. " in listed for number, button in enumerate(says, 1))


@settings(max_examples=120, deadline=None)
@given(REPLIES)
def test_zalo_takes_it(reply: Reply) -> None:
    payloads = zalo(reply)
    assert [zalo_rules.refusal(payload["message"]) for payload in payloads] == [None] * len(payloads)
    assert reachable(reply, payloads)
    assert payloads == zalo(reply)


@settings(max_examples=120, deadline=None)
@given(REPLIES)
def test_messenger_takes_it(reply: Reply) -> None:
    payloads = messenger(reply)
    assert [messenger_rules.refusal(payload) for payload in payloads] == [None] * len(payloads)
    assert reachable(reply, payloads)
    assert payloads == messenger(reply)
