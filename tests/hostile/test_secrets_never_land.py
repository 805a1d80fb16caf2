"""What citizens should not have sent: planted through both webhooks, then sought in every byte the run left behind.

`planted` is how it is written, `values` are the digits or letters that must be nowhere on disk or in the metrics.
"""

import asyncio
import json
import re
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.app.process import Machine, machine


@dataclass(frozen=True, slots=True)
class Secret:
    """A sentence with a secret, and what of it must not land. `{}` in the sentence stands for `written`."""

    sentence: str
    written: str

    @property
    def text(self) -> str:
        """As the citizen types it."""
        return self.sentence.format(self.written)


SECRETS = (
    Secret("số căn cước của tôi là {}, tra giúp", "079203004551"),
    Secret("cccd {}", "001 187 023 964"),
    Secret("CMND cũ: {} nhé", "024.618.357"),
    Secret("căn cước {}", "０３８１９４００７７２６"),
    Secret("tôi đọc nhé: {}", "không chín tám bảy sáu năm bốn ba hai một"),
    Secret("mã OTP là {}", "482917"),
    Secret("{}", "731864"),
    Secret("otp {} mà báo sai", "5 9 0 3 1 7"),
    Secret("mật khẩu của em là {}", "Hoa@1987xyz"),
    Secret("mk: {}", "ThanhTam#68"),
    Secret("pass {} sao ko vào dc", "bhxh$Lan92"),
    Secret("thẻ ngân hàng {}", "9704 3668 1420 7753"),
    Secret("stk {} vietcombank", "0071000986453"),
    Secret("gọi lại cho tôi số {}", "0987 214 663"),
    Secret("sđt {}", "+84 356 918 247"),
    Secret("liên hệ {} nha", "0912.845.370"),
    Secret("email {}@gmail.com", "nguyenthihoa.1987"),
    Secret("mail tôi {}@yahoo.com.vn", "tranvanlong_qn"),
    Secret("mã thẻ BHYT {}", "DN4797912345678"),
    Secret("thẻ bhyt {}", "GD 4 79 20 186 74532"),
    Secret("mã số bhxh {}", "7936152840"),
    Secret("hộ chiếu {}", "C7284615"),
    Secret("0{} là số em", "394 628 175"),
    Secret("mã xác nhận gửi về là {} đúng không", "604 281"),
    Secret("cc\u200bcd {}", "0792\u200b0300\u200b9916"),
)
assert len(SECRETS) >= 20


def citizen(number: int) -> str:
    """A person of their own for every secret, with an id that holds none of them."""
    return f"76{number:02}5555"


def zalo_events(world: Machine) -> Iterator[dict[str, Any]]:
    """Every secret as a text, as the caption of a picture and as an officer's words."""
    events = world.zalo.events
    for number, secret in enumerate(SECRETS):
        yield events.said(citizen(number), "text", {"text": secret.text, "msg_id": f"t{number}"})
        picture = {"type": "image", "payload": {"url": "https://f1.zdn.vn/a.jpg", "description": secret.text}}
        caption = {"text": secret.text, "msg_id": f"c{number}", "attachments": [picture]}
        yield events.said(citizen(number + 30), "image", caption)
        yield events.echo(citizen(number + 60), {"text": secret.text, "msg_id": f"s{number}"}, admin="88123")


def messenger_items(world: Machine) -> Iterator[Mapping[str, Any]]:
    """Every secret as a text, a quick reply's title, a button's title, an edit, a standby and an officer's echo."""
    events = world.messenger.events
    for number, secret in enumerate(SECRETS):
        yield events.said(f"2{citizen(number)}", {"mid": f"m_t{number}", "text": secret.text})
        quick = {"mid": f"m_q{number}", "text": secret.text, "quick_reply": {"payload": "#bhxh1/menu"}}
        yield events.said(f"3{citizen(number)}", quick)
        yield events.postback(f"4{citizen(number)}", secret.text, "#bhxh1/menu", f"m_p{number}")
        yield events.postback(f"5{citizen(number)}", secret.text, "a payload of somebody else", f"m_o{number}")
        edited = events.said(f"6{citizen(number)}", {})
        del edited["message"]
        yield {**edited, "message_edit": {"mid": f"m_e{number}", "text": secret.text, "num_edit": 1}}
        yield events.echo(f"7{citizen(number)}", f"m_s{number}", {"text": secret.text}, 263902037430900)
        photo = {"type": "image", "payload": {"url": "https://scontent/x.jpg"}, "title": secret.text}
        yield events.said(f"8{citizen(number)}", {"mid": f"m_c{number}", "text": secret.text, "attachments": [photo]})


def traces(written: str) -> set[bytes]:
    """The ways in which a value could stand on a disk."""
    bare = "".join(char for char in written if char.isalnum())
    plain = "".join(str(int(char)) if char.isdigit() else char for char in bare)
    ways = {written, bare, plain, written.lower(), written.replace("\u200b", "")}
    found = set()
    for way in ways:
        escaped = json.dumps(way)[1:-1]
        found |= {way.encode(), way.encode("utf-16-le"), escaped.encode(), escaped.replace("\\", "\\\\").encode()}
    return found


_COUNTED = re.compile(rb'"timestamp": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"|"ms": \d{1,6}(?:\.\d{1,3})?(?=[,}])')
"""What a clock wrote: a second and its millionth ("...:59.031712Z") spell any six digits sooner or later."""


def leaks(place: str, content: bytes) -> list[str]:
    """Which secrets stand in these bytes, apart from what only a clock can have written."""
    content = _COUNTED.sub(b"~", content)
    squeezed = re.sub(rb"[\s.\-_]", b"", content)
    return [
        f"{place}: {secret.written!r}"
        for secret in SECRETS
        if any(trace in content or trace in squeezed for trace in traces(secret.written))
    ]


def everything_on_disk(folder: Path) -> list[str]:
    """Every leak in every file of the run: database, its log, locks, keys, the process's own log."""
    files = [path for path in folder.rglob("*") if path.is_file() and folder / "intents" not in path.parents]
    assert {"chatbot.db", "log"} <= {path.name for path in files}
    written = b"".join(path.read_bytes() for path in files)
    assert all(token in written for token in (b"[CCCD]", b"[MATKHAU]", b"[EMAIL]", b"[OTP:6]")), (
        "nothing was kept at all"
    )
    return [leak for path in files for leak in leaks(path.name, path.read_bytes())]


async def plant(world: Machine) -> None:
    """Deliver everything, the Messenger items in batches."""
    for event in zalo_events(world):
        assert (await world.zalo.deliver(event)).accepted
    items = list(messenger_items(world))
    for start in range(0, len(items), 20):
        assert (await world.messenger.deliver(*map(dict, items[start : start + 20]))).accepted


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
async def test_no_planted_secret_is_on_disk_or_in_the_metrics(tmp_path: Path, end: signal.Signals) -> None:
    async with machine(tmp_path) as world:
        process = await world.start()
        await world.until_ready(process)
        await plant(world)
        await world.zalo.until_sent(2 * len(SECRETS), 30)
        await world.messenger.until_sent(6 * len(SECRETS), 30)
        async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{world.port}/metrics") as response:
            metrics = await response.read()
        process.send_signal(end)
        await asyncio.wait_for(process.wait(), 10)
        said = [one.text for one in (*world.zalo.sent, *world.messenger.sent)]
    assert leaks("metrics", metrics) == []
    assert everything_on_disk(tmp_path) == []
    assert leaks("answers", "\n".join(said).encode()) == []
    assert b"secrets_masked_total" in metrics


def test_the_search_finds_what_is_there() -> None:
    """The test above could not fail if this one did."""
    for secret in SECRETS:
        assert leaks("x", f"... {secret.written} ...".encode())
        assert leaks("x", json.dumps({"text": secret.text}).encode())
        assert leaks("x", "".join(char for char in secret.written if char.isalnum()).encode())


def test_a_clock_is_no_leak_and_hides_none() -> None:
    stamp = b'"ms": 6.32, "timestamp": "2026-11-30T14:05:59.031712Z"'
    assert not leaks("x", stamp)
    for secret in SECRETS:
        written = secret.written.encode()
        assert leaks("x", stamp + written + stamp)
        assert leaks("x", b'{"ms": 6.32, "outcome": "' + written + b'", ' + stamp + b"}")
        assert leaks("x", b'"timestamp": "' + written + b'"')
