"""HTTP towards the platforms, with the one distinction that matters: did the request surely not leave, or perhaps?"""

import asyncio
import math
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import aiohttp
import msgspec
from aiohttp.abc import AbstractStreamWriter

from chatbot.channels.body import header

CONNECT_SHARE: Final = 0.5
"""Share of the whole time-out that the connection may take."""


LONGEST_SECONDS: Final = 6
"""Digits of a wait that is believed: eleven days."""


NOT_AFTER: ContextVar[float] = ContextVar("not_after", default=math.inf)
"""Steady seconds (`time.monotonic`) after which a request may not begin to leave: a process that was frozen in between
may not be the one to send any more."""


class NotSentError(Exception):
    """Refused, no such host, no connection in time: not one byte of the request left."""


class MaybeSentError(Exception):
    """Connected, but the answer was lost: the platform may have acted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; `body` is empty when it was not a JSON object, `raw` is what came (it may hold secrets)."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""

    @property
    def failed(self) -> bool:
        """A server error, or no JSON: nobody knows what happened."""
        return self.status >= 500 or not self.body  # noqa: PLR2004 - HTTP's server errors


def retry_after(answer: Answer) -> timedelta | None:
    """The Retry-After of an answer, in seconds or as a date (RFC 9110, 10.2.3); None when there is none to obey."""
    told = header(answer.headers, "Retry-After").strip()
    if told.isdecimal():
        return timedelta(seconds=int(told)) if len(told) <= LONGEST_SECONDS else None
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return None
    return max(moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC), timedelta(0))


class _InTime(aiohttp.BytesPayload):
    """A JSON body that looks at the clock in the moment in which it, and the headers with it, is written.

    A look before the request is made, or before its headers, is not enough: aiohttp writes in a task of its own, and
    whoever is frozen before that task's turn would send when awake again, and long after.
    """

    def __init__(self, value: bytes, not_after: float) -> None:
        super().__init__(value, content_type="application/json")
        self._not_after = not_after

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        """Write, unless it is too late. Raises NotSentError."""
        if time.monotonic() > self._not_after:
            raise NotSentError("late")
        await super().write_with_length(writer, content_length)


class Http:
    """A client session made at first use. `timeout` is for a whole request."""

    def __init__(self, timeout: timedelta) -> None:
        self._total_s = timeout.total_seconds()
        self._timeout = aiohttp.ClientTimeout(total=None, connect=self._total_s * CONNECT_SHARE)
        self._session: aiohttp.ClientSession | None = None

    async def post_json(
        self, url: str, body: object, headers: Mapping[str, str], query: Mapping[str, str] | None = None
    ) -> Answer:
        """POST a JSON body, not after `NOT_AFTER`. Raises NotSentError, MaybeSentError."""
        data = _InTime(msgspec.json.encode(body), NOT_AFTER.get())
        return await self._request("POST", url, headers=headers, data=data, params=query)

    async def post_form(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """POST a form. Raises NotSentError, MaybeSentError."""
        return await self._request("POST", url, headers=headers, data=form)

    async def get(self, url: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """GET. Raises NotSentError, MaybeSentError."""
        return await self._request("GET", url, headers=headers, params=query)

    async def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _request(self, method: str, url: str, **options: Any) -> Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar())
        try:
            async with (
                asyncio.timeout(self._total_s),  # aiohttp's own swallows a cancellation that comes in the same moment
                self._session.request(method, url, allow_redirects=False, **options) as response,
            ):
                raw = await response.read()
                return Answer(response.status, _object(raw), dict(response.headers), raw)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise NotSentError(type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            if isinstance(error.__cause__, NotSentError):
                raise error.__cause__ from error
            raise MaybeSentError(type(error).__name__) from error


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        value: object = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
