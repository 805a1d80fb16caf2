"""Log texts are functions with typed arguments: none of them takes a payload, a text or a citizen's id."""

import logging
import sys
from collections.abc import Sequence
from typing import Literal, TextIO, cast

import structlog

from chatbot.model import ChannelName, Outcome

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
_log: structlog.stdlib.BoundLogger = structlog.get_logger("chatbot")


class _Stderr:
    """Standard error, whatever that is in the moment of a line: who put another in its place may close that again."""

    def write(self, text: str) -> int:
        """Write."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Flush."""
        sys.stderr.flush()


def configure(level: Level = "INFO", stream: TextIO | None = None) -> None:
    """JSON lines on stderr; the libraries' own logs only from WARNING on, and without their arguments."""
    out = stream or cast("TextIO", _Stderr())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(_LibraryFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


class _LibraryFormatter(logging.Formatter):
    """A library's log line: where and which kind of exception, never the message (it may quote a citizen)."""

    def format(self, record: logging.LogRecord) -> str:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        renderer = structlog.processors.JSONRenderer()
        event = {"event": "library", "logger": record.name, "level": record.levelname.lower(), "error": kind}
        return str(renderer(None, "", event))


def started(address: str, channels: Sequence[str], milliseconds: int) -> None:
    """The server accepts requests."""
    _log.info("started", address=address, channels=list(channels), ms=milliseconds)


def learning() -> None:
    """The content changed: the understanding is trained before anything is served."""
    _log.info("learning", detail="the content is new: training takes about a minute")


def stopping(reason: str) -> None:
    """Shutdown has begun."""
    _log.info("stopping", reason=reason)


def stopped(unsent: int, unhandled: int) -> None:
    """Shutdown is complete; what is left stays in the database."""
    _log.info("stopped", unsent=unsent, unhandled=unhandled)


def turn_done(channel: ChannelName, outcome: Outcome, intent: str, milliseconds: float) -> None:
    """One turn ended."""
    _log.info("turn", channel=channel.value, outcome=outcome.value, intent=intent, ms=round(milliseconds, 2))


def signature_refused(channel: ChannelName) -> None:
    """A webhook was not signed by the platform; nothing of it is kept."""
    _log.warning("signature_refused", channel=channel.value)


def not_taken_in(channel: ChannelName) -> None:
    """A webhook of a channel that has no secrets here; nothing of it is kept."""
    _log.warning("not_taken_in", channel=channel.value)


def unreadable(channel: ChannelName, size: int) -> None:
    """A signed body could not be read."""
    _log.warning("unreadable_body", channel=channel.value, bytes=size)


def broken_items(channel: ChannelName, count: int) -> None:
    """Items of a batch that could not be read; their neighbours were handled."""
    _log.warning("broken_items", channel=channel.value, count=count)


def unknown_keys(channel: ChannelName, names: Sequence[str]) -> None:
    """Names the platform uses and we do not know; never their content."""
    _log.info("unknown_keys", channel=channel.value, names=[name[:40] for name in names][:10])


def refused_busy(reason: str) -> None:
    """Intake answered 503 so that the platform tries again."""
    _log.warning("intake_busy", reason=reason)


def send_failed(channel: ChannelName, code: str, verdict: str, remark: str = "") -> None:
    """A send was not accepted; `remark` is the platform's own words about its error."""
    said = {"remark": remark} if remark else {}
    _log.warning("send_failed", channel=channel.value, code=code, verdict=verdict, **said)


def turn_failed(channel: ChannelName, error: str, attempt: int) -> None:
    """A turn raised; `error` is the exception's class, never its message."""
    _log.error("turn_failed", channel=channel.value, error=error, attempt=attempt)


def refill_failed(error: str) -> None:
    """What waits in the database could not be read; it is read again within a second."""
    _log.warning("refill_failed", error=error)


def turn_ended_process(events: int) -> None:
    """The process before this one ended, or hung and was ended, in the middle of a turn."""
    _log.error("turn_ended_process", events=events)


def stood_still(stack: str) -> None:
    """The process before this one ended itself because its loop stood still: files, lines and functions, no values."""
    _log.error("stood_still", stack=stack)


def watchdog_failed(error: str) -> None:
    """A loop that stands still would not be noticed for now."""
    _log.error("watchdog_failed", error=error)


def content_kept(problems: int) -> None:
    """New content has errors; the last good content stays in use."""
    _log.error("content_kept", problems=problems, alarm="content")


def content_loaded(topics: int, fingerprint: str) -> None:
    """Content is in use."""
    _log.info("content_loaded", topics=topics, fingerprint=fingerprint[:12])


def caught_up(chats: int, messages: int, new: int, officers: int, unread: int, refused: int, cut: int) -> None:
    """The platform's recent chats were read into the inbox; in so many of them an officer wrote."""
    _log.info(
        "caught_up",
        chats=chats,
        messages=messages,
        new=new,
        officers=officers,
        unread=unread,
        refused=refused,
        cut=cut,
    )


def catch_up_failed(error: str) -> None:
    """The platform's recent chats could not be read."""
    _log.warning("catch_up_failed", error=error)


def parts(count: int) -> None:
    """How many parts of the conversation space this process works on now."""
    _log.info("parts", count=count)


def parts_lost() -> None:
    """The connection that held them is gone; another process takes them over."""
    _log.warning("parts_lost")


def alarm_raised(name: str, detail: str) -> None:
    """Something a person must see; `detail` is a sentence of ours."""
    _log.error("alarm", alarm=name, detail=detail)


def alarm_cleared(name: str) -> None:
    """It is over."""
    _log.info("alarm_cleared", name=name)
