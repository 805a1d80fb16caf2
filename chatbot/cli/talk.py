"""`chatbot ask` and `chatbot chat`: the bot without any platform."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter
from typing import Annotated, Any

import typer

from chatbot.app import Brain, utc_now
from chatbot.cli.brain import brain
from chatbot.cli.screen import BAD_INPUT, ERR, OUT, config, stdin_lines, stop
from chatbot.dialogue.context import VIETNAM
from chatbot.model import (
    Action,
    CallButton,
    Candidate,
    ChannelName,
    Event,
    EventKind,
    LinkButton,
    Reply,
    SayButton,
    Session,
    Turn,
    TurnRecord,
    TurnResult,
)
from chatbot.observe import log
from chatbot.privacy import protect

NOON = time(12, 0)
MOST_CANDIDATES = 3
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
HELP = (
    "/state trạng thái · /tap N bấm nút · /time +2d đẩy đồng hồ (m, h, d) · /why vì sao · /new người mới · /quit thoát"
)


@dataclass(slots=True)
class Talk:
    """One conversation with the pipeline; the clock moves only when told to."""

    mind: Brain
    channel: ChannelName
    now: datetime
    session: Session
    result: TurnResult | None = None
    number: int = 0

    def say(self, text: str, action: Action | None = None) -> TurnResult:
        """One message or button tap."""
        self.number += 1
        self.now += timedelta(seconds=1)
        kind = EventKind.ACTION if action else EventKind.TEXT
        raw = Event(
            key=f"console:{self.number}",
            channel=self.channel,
            conversation=f"{self.channel.value}:console:citizen",
            kind=kind,
            at=self.now,
            text=text,
            action=action,
        )
        turn = Turn(session=self.session, events=(protect(raw),), now=self.now)
        self.result = self.mind.pipeline.turn(turn)
        self.session = Session() if self.result.erase else self.result.session
        return self.result


def _day(value: str | None) -> datetime:
    if value is None:
        return utc_now()
    try:
        return datetime.combine(date.fromisoformat(value), NOON, VIETNAM).astimezone(UTC)
    except ValueError:
        stop(f"--as-of cần ngày dạng 2026-07-01, không phải {value!r}.", BAD_INPUT)


AsOf = Annotated[str | None, typer.Option(help="Trả lời như đang ở ngày này, ví dụ 2025-05-20")]


def ask(
    text: Annotated[str, typer.Argument(help='Câu hỏi; "-" đọc mỗi dòng của stdin là một câu')],
    as_of: AsOf = None,
    as_json: Annotated[bool, typer.Option("--json", help="Một đối tượng JSON mỗi câu")] = False,
    why: Annotated[bool, typer.Option("--why", help="Giải thích vì sao trả lời như vậy")] = False,
) -> None:
    """Hỏi một câu, nhận một câu trả lời.

    \b
    Ví dụ:
      chatbot ask "nghi thai san duoc may thang"
      chatbot ask "lương cơ sở bao nhiêu" --as-of 2024-05-01 --json
      chatbot ask - < cau_hoi.txt > tra_loi.jsonl
    """
    log.configure("ERROR")
    now = _day(as_of)
    mind = brain(config().settings)
    if text == "-":
        for line in stdin_lines():
            typer.echo(json.dumps(answered(mind, line, now), ensure_ascii=False))
        return
    if as_json:
        typer.echo(json.dumps(answered(mind, text, now), ensure_ascii=False))
        return
    talk = _fresh(mind, ChannelName.CONSOLE, now)
    OUT.print(show(talk.say(text).reply), markup=False, highlight=False, soft_wrap=True)
    if why:
        _why(mind, text)


def _fresh(mind: Brain, channel: ChannelName, now: datetime) -> Talk:
    return Talk(mind, channel, now, Session(greeted=True))


def answered(mind: Brain, text: str, now: datetime) -> dict[str, Any]:
    """One text as a fresh conversation: intent, candidates, outcome, reply, buttons, sources, milliseconds."""
    started = perf_counter()
    result = _fresh(mind, ChannelName.CONSOLE, now).say(text)
    took = (perf_counter() - started) * 1000
    candidates = _three(mind, result.record, now)
    reply = result.reply
    intent = candidates[0].intent if candidates else result.record.intent
    return {
        "text": text,
        "intent": result.record.intent or intent,
        "confidence": round(candidates[0].confidence, 4) if candidates else 0.0,
        "candidates": [{"intent": one.intent, "confidence": round(one.confidence, 4)} for one in candidates],
        "outcome": reply.outcome.value,
        "reply": reply.text,
        "buttons": [button.label for button in reply.buttons],
        "sources": [{"document": one.document, "place": one.place, "url": one.url} for one in reply.sources],
        "checked_on": reply.checked_on.isoformat() if reply.checked_on else None,
        "ms": round(took, 3),
    }


def _three(mind: Brain, record: TurnRecord, now: datetime) -> tuple[Candidate, ...]:
    """What the turn found, filled up with the understanding's next best: a rule (danger, a named number) finds one."""
    found = record.candidates[:MOST_CANDIDATES]
    if len(found) == MOST_CANDIDATES or not record.text.strip():
        return found
    match = mind.understanding.understand(record.text, today=now.astimezone(VIETNAM).date())
    known = {one.intent for one in found}
    more = [one for one in match.candidates if one.intent not in known]
    return (*found, *more)[:MOST_CANDIDATES]


def chat(
    channel: Annotated[ChannelName, typer.Option(help="zalo hoặc messenger")] = ChannelName.ZALO,
    as_of: AsOf = None,
) -> None:
    """Nói chuyện với bot ngay trong cửa sổ dòng lệnh.

    Ví dụ: chatbot chat --channel messenger
    """
    log.configure("ERROR")
    mind = brain(config().settings)
    talk = Talk(mind, channel, _day(as_of), Session())
    ERR.print(HELP, style="dim", markup=False)
    for line in _typed():
        if line.startswith("/"):
            if line == "/quit":
                return
            _command(talk, line)
        else:
            _print(talk.say(line).reply)


def show(reply: Reply) -> str:
    """A reply as lines: the texts, then the numbered buttons."""
    lines = [reply.text]
    for number, button in enumerate(reply.buttons, 1):
        match button:
            case SayButton(label=label):
                lines.append(f"  [{number}] {label}")
            case LinkButton(label=label, url=url):
                lines.append(f"  [{number}] {label} → {url}")
            case CallButton(label=label, phone=phone):
                lines.append(f"  [{number}] {label} ☎ {phone}")
    return "\n".join(lines)


def _typed() -> Iterator[str]:
    while True:
        try:
            line = input("anh/chị> ").strip()
        except (EOFError, KeyboardInterrupt):
            return
        if line:
            yield line


def _print(reply: Reply) -> None:
    text = show(reply) if reply.parts else f"(im lặng: {reply.outcome.value})"
    OUT.print(text, style="cyan", markup=False, highlight=False, soft_wrap=True)


def _command(talk: Talk, line: str) -> None:
    name, _, argument = line.partition(" ")
    match name:
        case "/state":
            session = talk.session
            OUT.print(f"luồng {session.flow or '-'} · bước {session.state or '-'} · chủ đề {session.topic or '-'}")
            OUT.print(dict(session.slots))
        case "/tap":
            _tap(talk, argument)
        case "/time":
            _move(talk, argument)
        case "/why":
            _why(talk.mind, argument or (talk.result.record.text if talk.result else ""))
        case "/new":
            talk.session = Session()
            OUT.print("(một người khác bắt đầu nhắn)")
        case _:
            ERR.print(HELP, style="dim", markup=False)


def _tap(talk: Talk, argument: str) -> None:
    buttons = talk.result.reply.buttons if talk.result else ()
    chosen = int(argument) if argument.isdigit() else 0
    if not 1 <= chosen <= len(buttons):
        ERR.print(f"Có {len(buttons)} nút; gõ /tap 1 chẳng hạn.")
        return
    match buttons[chosen - 1]:
        case SayButton(action=action):
            _print(talk.say("", action).reply)
        case LinkButton(url=url):
            OUT.print(f"(mở {url})", markup=False)
        case CallButton(phone=phone):
            OUT.print(f"(gọi {phone})", markup=False)


def _move(talk: Talk, argument: str) -> None:
    amount, unit = argument.strip().lstrip("+")[:-1], argument.strip()[-1:]
    if not amount.isdigit() or unit not in UNITS:
        ERR.print("Gõ /time +2d, /time +12m hoặc /time +3h.")
        return
    talk.now += UNITS[unit] * int(amount)
    OUT.print(f"(bây giờ là {talk.now.astimezone(VIETNAM):%H:%M %d/%m/%Y})")


def _why(mind: Brain, text: str) -> None:
    OUT.print(str(mind.understanding.explain(text)), markup=False, highlight=False, soft_wrap=True)
