"""The contract of a channel. A channel's test class inherits it and says how its platform signs and writes."""

import json
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatbot.channels.base import Channel, Parsed, Payload, SignatureRefusedError, UnreadableBodyError
from chatbot.channels.console import shown
from chatbot.model import (
    Action,
    CallButton,
    Event,
    EventKind,
    LinkButton,
    Outcome,
    Part,
    Reply,
    SayButton,
)

SENTENCE = "Người lao động đóng từ đủ 15 năm trở lên thì được hưởng lương hưu hằng tháng khi đủ tuổi. "
NFD_TEXT = unicodedata.normalize("NFD", "Tôi muốn hỏi thủ tục hưởng bảo hiểm xã hội một lần")
SECRET = "right-secret"
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def choice(number: int, label: str = "") -> SayButton:
    """A button that answers a topic."""
    return SayButton(label or f"Mục {number}", Action("faq", {"id": f"topic_{number}"}))


def reply(text: str, *buttons: SayButton | LinkButton | CallButton) -> Reply:
    """A reply of one part."""
    return Reply(outcome=Outcome.ANSWERED_FAQ, parts=(Part(text, buttons),))


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "text", "message", "entry", "x"]), inner)
    ),
    max_leaves=6,
)


def _spots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a body whose value could be another."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in list(inside):
        yield value, key
        if isinstance(child, dict | list):
            yield from _spots(child)


class ChannelContract(ABC):
    """Inherited by the tests of each channel."""

    @abstractmethod
    def channel(self) -> Channel:
        """The channel under test, with the secret "right-secret" (and "next-secret" while it rotates)."""

    @abstractmethod
    def signed(self, raw: bytes, secret: str = SECRET) -> Mapping[str, str]:
        """The platform's headers for a body."""

    @abstractmethod
    def message(self, text: str, number: str = "m1", at: datetime = AT) -> dict[str, Any]:
        """A body with one text of a citizen."""

    @abstractmethod
    def tap(self, payload: str) -> dict[str, Any]:
        """A body with one tap on a button of ours."""

    @abstractmethod
    def with_number_ids(self, text: str) -> dict[str, Any]:
        """Like `message`, ids written as JSON numbers."""

    @abstractmethod
    def buttons(self, payload: Payload) -> list[tuple[str, str]]:
        """Title and target (payload, address or number) of each button in a payload."""

    def parsed(self, body: object, **style: Any) -> Parsed:
        """The body through the channel's parser."""
        return self.channel().parse(json.dumps(body, **style).encode())

    def only(self, body: object, **style: Any) -> Event:
        """The one event of a body."""
        parsed = self.parsed(body, **style)
        assert parsed.broken == 0
        (event,) = parsed.events
        return event

    def refused(self, raw: bytes, headers: Mapping[str, str]) -> str:
        """The signature is refused; gives the reason."""
        with pytest.raises(SignatureRefusedError) as error:
            self.channel().verify(raw, headers)
        return str(error.value)

    # signatures

    def test_a_signed_body_is_accepted(self) -> None:
        raw = json.dumps(self.message("chào")).encode()
        self.channel().verify(raw, self.signed(raw))

    def test_header_names_are_read_in_any_case(self) -> None:
        raw = json.dumps(self.message("chào")).encode()
        self.channel().verify(raw, {name.lower(): value for name, value in self.signed(raw).items()})

    def test_the_next_secret_is_accepted_while_it_rotates(self) -> None:
        raw = json.dumps(self.message("chào")).encode()
        self.channel().verify(raw, self.signed(raw, "next-secret"))

    def test_a_late_event_is_accepted(self) -> None:
        raw = json.dumps(self.message("chào", at=AT - timedelta(days=2))).encode()
        self.channel().verify(raw, self.signed(raw))

    @pytest.mark.parametrize("secret", ["", "wrong-secret", "right-secre"])
    def test_another_secret_is_refused(self, secret: str) -> None:
        raw = json.dumps(self.message("chào")).encode()
        self.refused(raw, self.signed(raw, secret))

    @pytest.mark.parametrize(
        "damaged",
        [
            "",
            " ",
            "{short}",
            "{whole}0",
            "số {whole}",
            "\udcff{whole}",
            "{prefix}=\u0130{short}",
            "{prefix}=" + "\u0661" * 64,
        ],
    )
    def test_a_damaged_signature_is_refused_without_another_exception(self, damaged: str) -> None:
        raw = json.dumps(self.message("chào")).encode()
        headers = {
            name: damaged.format(whole=value, short=value[:-1], prefix=value.split("=")[0])
            for name, value in self.signed(raw).items()
        }
        self.refused(raw, headers)

    def test_a_missing_signature_is_refused(self) -> None:
        self.refused(json.dumps(self.message("chào")).encode(), {})

    def test_one_changed_byte_is_refused(self) -> None:
        raw = json.dumps(self.message("chào")).encode()
        self.refused(raw.replace(b"m1", b"m2"), self.signed(raw))

    def test_an_unsigned_body_that_is_no_json_is_refused(self) -> None:
        for raw in (b"", b"{", b"\xff", b"[1]", b"null", b"9" * 9000):
            self.refused(raw, self.signed(b"something else"))

    def test_a_refusal_quotes_nothing_of_the_request(self) -> None:
        raw = json.dumps(self.message("CCCD 001099000001")).encode()
        reason = self.refused(raw, self.signed(raw, "wrong-secret"))
        assert "001099000001" not in reason
        assert SECRET not in reason

    # reading

    @pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe\xfd", b"[]", b'"x"', b"null", b"[" * 9000, b"\x00"])
    def test_an_unreadable_body_says_so(self, raw: bytes) -> None:
        with pytest.raises(UnreadableBodyError):
            self.channel().parse(raw)

    @pytest.mark.parametrize("style", [{}, {"ensure_ascii": False}, {"indent": 2}, {"sort_keys": True}])
    def test_the_writing_of_the_json_changes_nothing(self, style: dict[str, Any]) -> None:
        event = self.only(self.message(NFD_TEXT + " 🙏"), **style)
        assert event.kind is EventKind.TEXT
        assert event.text == "Tôi muốn hỏi thủ tục hưởng bảo hiểm xã hội một lần 🙏"
        assert event.at == AT

    def test_a_repeat_has_the_same_key_and_another_message_has_not(self) -> None:
        first, again, other = (self.only(self.message("chào", number)) for number in ("m1", "m1", "m2"))
        assert first.key == again.key
        assert first.key != other.key

    def test_a_tap_is_an_action_with_its_arguments(self) -> None:
        event = self.only(self.tap(Action("faq", {"id": "huu_tuoi", "từ": "nút"}).pack()))
        assert event.kind is EventKind.ACTION
        assert event.action == Action("faq", {"id": "huu_tuoi", "từ": "nút"})

    @pytest.mark.parametrize(
        "payload", ["#bhxh:cu", "#bhxh1/", "#bhxh1/a b", "#bhxh1/<script>", "#bhxh1/x?" + "k=v&" * 400]
    )
    def test_a_forged_payload_is_no_action(self, payload: str) -> None:
        assert all(event.action is None for event in self.parsed(self.tap(payload)).events)

    def test_ids_as_numbers_keep_all_their_digits(self) -> None:
        named, numbered = self.only(self.message("chào")), self.only(self.with_number_ids("chào"))
        assert numbered.conversation == named.conversation

    def test_half_an_emoji_and_a_nul_do_not_reach_the_database(self) -> None:
        raw = json.dumps(self.message("cắt ngang ĐÂY")).encode().replace(b"\\u0110\\u00c2Y", b"\\ud83d\\u0000")
        (event,) = self.channel().parse(raw).events
        assert event.text == "cắt ngang \ufffd"
        event.text.encode()

    @pytest.mark.parametrize("text", ["", "   ", "\u200b", "\n\n"])
    def test_a_blank_text_is_an_event_all_the_same(self, text: str) -> None:
        assert len(self.parsed(self.message(text)).events) == 1

    def test_a_very_long_text_arrives_whole(self) -> None:
        assert len(self.only(self.message("a" * 100_000)).text) == 100_000

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
    @given(ANY_JSON)
    def test_no_json_whatever_breaks_the_reader(self, whole: object) -> None:
        raw = json.dumps(whole).encode()
        try:
            parsed = self.channel().parse(raw)
        except UnreadableBodyError:
            return
        assert all(event.conversation for event in parsed.events)

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
    @given(ANY_JSON, st.integers(min_value=0))
    def test_an_odd_value_anywhere_breaks_at_most_its_own_item(self, odd: object, place: int) -> None:
        body = self.message("chào")
        spots = list(_spots(body))
        owner, key = spots[place % len(spots)]
        owner[key] = odd
        try:
            parsed = self.channel().parse(json.dumps(body).encode())
        except UnreadableBodyError:
            return
        assert len(parsed.events) + parsed.broken <= 3  # the odd value may itself be a list of three
        for event in parsed.events:
            assert event.key
            assert event.at.tzinfo is not None
            assert "\0" not in event.text

    # writing

    def test_an_overlong_text_is_split_at_ends_of_sentences(self) -> None:
        whole = SENTENCE * 60
        texts = [shown(payload).text for payload in self.channel().render(reply(whole))]
        assert len(texts) > 1
        assert all(len(text) <= self.channel().limits.text for text in texts)
        assert all(text.endswith(".") for text in texts)
        assert " ".join(texts) == whole.strip()

    def test_an_nfd_answer_leaves_as_nfc(self) -> None:
        (payload,) = self.channel().render(reply(NFD_TEXT))
        assert shown(payload).text == unicodedata.normalize("NFC", NFD_TEXT)

    def test_silence_is_no_message(self) -> None:
        assert self.channel().render(Reply(outcome=Outcome.HANDED_SILENT)) == ()
        assert self.channel().render(reply("")) == ()

    def test_buttons_stand_under_the_last_piece_only(self) -> None:
        payloads = self.channel().render(reply(SENTENCE * 60, choice(1), choice(2)))
        assert [bool(self.buttons(payload)) for payload in payloads] == [False] * (len(payloads) - 1) + [True]

    def test_more_buttons_than_allowed_become_a_numbered_list(self) -> None:
        choices = [choice(number) for number in range(1, self.channel().limits.buttons + 4)]
        payloads = self.channel().render(reply("Anh/chị chọn giúp em:", *choices))
        text = "\n".join(shown(payload).text for payload in payloads)
        for number in range(1, len(choices) + 1):
            assert f"\n{number}. Mục {number}" in text
        assert 0 < len(self.buttons(payloads[-1])) <= self.channel().limits.buttons

    def test_numbers_run_through_the_whole_reply(self) -> None:
        many = self.channel().limits.buttons + 1
        first = Part("Nhóm một", tuple(choice(number) for number in range(1, many + 1)))
        second = Part("Nhóm hai", tuple(choice(number) for number in range(many + 1, 2 * many + 1)))
        payloads = self.channel().render(Reply(outcome=Outcome.CLARIFY_CHOICES, parts=(first, second)))
        assert f"{2 * many}. Mục {2 * many}" in shown(payloads[-1]).text

    def test_a_label_too_long_is_not_lost(self) -> None:
        label = " ".join(["Thủ tục hưởng chế độ thai sản khi sinh con"] * 4)
        payloads = self.channel().render(reply("Chọn:", choice(1, label), choice(2)))
        assert f"1. {label}" in shown(payloads[-1]).text
        titles = [title for title, _ in self.buttons(payloads[-1])]
        assert all(0 < len(title) <= self.channel().limits.label for title in titles)
        assert titles[0].endswith("…")

    def test_links_and_calls_beyond_the_buttons_are_told_in_the_text(self) -> None:
        links = [LinkButton(f"Trang {number}", f"https://baohiemxahoi.gov.vn/{number}") for number in range(7)]
        payloads = self.channel().render(reply("Xem:", *links, CallButton("Gọi", "1900.9068")))
        whole = "\n".join(shown(payload).text for payload in payloads)
        targets = [target for payload in payloads for _, target in self.buttons(payload)]
        for link in links:
            assert link.url in whole or link.url in targets
        assert "1900.9068" in whole or any("19009068" in target for target in targets)

    def test_buttons_without_a_text_still_say_something(self) -> None:
        (payload,) = self.channel().render(reply("", choice(1), choice(2)))
        assert shown(payload).text == "1. Mục 1\n2. Mục 2"
        assert len(self.buttons(payload)) == 2

    def test_what_is_rendered_comes_back_as_the_same_action(self) -> None:
        button = choice(7, "Giấy tờ cần có")
        (payload,) = self.channel().render(reply("Chọn:", button))
        ((_, target),) = self.buttons(payload)
        assert self.only(self.tap(target)).action == button.action

    def test_rendering_is_the_same_each_time(self) -> None:
        answer = reply(SENTENCE * 30, *(choice(number) for number in range(20)))
        assert self.channel().render(answer) == self.channel().render(answer)
