"""The terminal shows what each platform would."""

import pytest

from chatbot.channels.base import Payload, SendVerdict, SignatureRefusedError, UnreadableBodyError
from chatbot.channels.console import Console, shown
from chatbot.model import Action, ChannelName, LinkButton, Outcome, Part, Reply, SayButton
from tests.channels.samples import NOW

ANSWER = Reply(
    outcome=Outcome.ANSWERED_FAQ,
    parts=(Part("Chọn:", (SayButton("Một", Action("menu")), LinkButton("Trang", "https://baohiemxahoi.gov.vn"))),),
)


@pytest.mark.parametrize("as_channel", [ChannelName.ZALO, ChannelName.MESSENGER])
async def test_a_message_is_written_and_remembered(as_channel: ChannelName) -> None:
    written: list[str] = []
    console = Console(as_channel, written.append)
    payloads = console.render(ANSWER)
    results = [await console.send("console:local:me", payload, "1:0") for payload in payloads]
    assert [result.verdict for result in results] == [SendVerdict.SENT]
    assert written == ["Chọn:\n  [Một]\n  [Trang]"]
    assert console.sent == [("console:local:me", payloads[0])]
    assert console.limits.buttons in {5, 13}


async def test_a_terminal_has_neither_webhook_nor_history() -> None:
    console = Console()
    with pytest.raises(SignatureRefusedError):
        console.verify(b"{}", {})
    with pytest.raises(UnreadableBodyError):
        console.parse(b"{}")
    assert await console.history("console:local:me", NOW) is None
    await console.signal("console:local:me")
    await console.close()


@pytest.mark.parametrize("payload", [{}, {"message": None}, {"message": {"attachment": []}}])
def test_an_odd_payload_shows_nothing(payload: Payload) -> None:
    assert shown(payload).lines == ""
