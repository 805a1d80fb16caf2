"""Talking to Meta's Graph API: sends, history, "typing", the Page's profile and subscription."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from chatbot.channels import body
from chatbot.channels.base import ChannelError, NoAnswerError, Payload, SendResult, SendVerdict, SentMessage
from chatbot.channels.messenger.errors import TRANSIENT, UNKNOWN, meaning
from chatbot.channels.messenger.usage import load, time_to_regain
from chatbot.channels.transport import Answer, Http, MaybeSentError, NotSentError, retry_after

HISTORY: Final = 25
"""Messages asked of the Conversations API at once."""
SIGNAL_TIMEOUT: Final = timedelta(seconds=3)
_LATER: Final = frozenset({SendVerdict.NOT_SENT, SendVerdict.PAUSED, SendVerdict.TOKEN, SendVerdict.DOUBTFUL})
"""Answers after which the same question may be answered later."""
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500


class GraphError(ChannelError):
    """Meta refused an operator's call; the message holds its code and what to do, never a token."""


class MessengerClient:
    """Calls for one Page. The token travels in a header, the proof of the app secret in the query."""

    def __init__(
        self, *, page_id: str, token: str, app_secret: str, api_url: str, version: str, timeout: timedelta
    ) -> None:
        self._page_id = page_id
        self._base = f"{api_url.rstrip('/')}/{version}"
        self._headers = {"Authorization": f"Bearer {token}"}
        proof = hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        self._proof = {"appsecret_proof": proof}
        self._http = Http(timeout)
        self._signals = Http(min(timeout, SIGNAL_TIMEOUT))

    async def send(self, psid: str, payload: Payload, key: str) -> SendResult:
        """Send one message; `key` comes back in its echo."""
        message = {**payload["message"], "metadata": key}
        try:
            answer = await self._post("messages", {"recipient": {"id": psid}, **payload, "message": message})
        except NotSentError as error:
            return SendResult(verdict=SendVerdict.NOT_SENT, code=str(error))
        except MaybeSentError as error:
            return SendResult(verdict=SendVerdict.DOUBTFUL, code=str(error))
        return verdict_of(answer)

    async def act(self, psid: str, action: str) -> None:
        """A sender action; best effort."""
        url = f"{self._base}/{self._page_id}/messages"
        try:
            wanted = {"recipient": {"id": psid}, "sender_action": action}
            await self._signals.post_json(url, wanted, self._headers, self._proof)
        except (NotSentError, MaybeSentError):
            return

    async def history(self, psid: str, since: datetime) -> Sequence[SentMessage] | None:
        """The Page's messages to this person since then, oldest first; None when Meta does not tell (all of) it.

        Raises NoAnswerError when it may tell later.
        """
        since = since.replace(microsecond=0)  # Graph tells whole seconds
        fields = f"messages.limit({HISTORY}){{id,message,created_time,from}}"
        query = {"platform": "messenger", "user_id": psid, "fields": fields, **self._proof}
        try:
            answer = await self._http.get(f"{self._base}/{self._page_id}/conversations", query, self._headers)
        except (NotSentError, MaybeSentError) as error:
            raise NoAnswerError(f"no answer from Meta ({error})") from error
        if answer.failed or ("error" in answer.body and verdict_of(answer).verdict in _LATER):
            raise NoAnswerError("Meta gives no answer now")
        conversations = answer.body.get("data")
        if "error" in answer.body or not isinstance(conversations, list):
            return None
        entries = [
            entry
            for conversation in body.items(conversations)
            for entry in body.items(body.child(conversation, "messages").get("data"))
        ]
        if len(entries) >= HISTORY and all(_at(entry) >= since for entry in entries):
            return None
        ours = [_sent(entry) for entry in entries if body.child(entry, "from").get("id") == self._page_id]
        return sorted((one for one in ours if one.at >= since), key=lambda one: one.at)

    async def operate(self, path: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """A call for an operator (profile, subscription). Raises GraphError."""
        try:
            answer = await self._post(path, content)
        except (NotSentError, MaybeSentError) as error:
            raise GraphError(f"no answer from Meta ({error}); try again") from error
        if answer.failed or "error" in answer.body:
            told = verdict_of(answer)
            code = f"{told.code or answer.status} ({told.remark})" if told.remark else told.code or str(answer.status)
            raise GraphError(f"Meta refused {path} with error {code}; mend what it names, then try again")
        return answer.body

    async def close(self) -> None:
        """Close connections."""
        await self._http.close()
        await self._signals.close()

    async def _post(self, path: str, content: Mapping[str, Any]) -> Answer:
        return await self._http.post_json(f"{self._base}/{self._page_id}/{path}", content, self._headers, self._proof)


def verdict_of(answer: Answer) -> SendResult:
    """The verdict by code and subcode, with what the usage headers tell."""
    result = _verdict(answer)
    return replace(result, load=load(answer.headers))


def _verdict(answer: Answer) -> SendResult:
    """Without a code nobody knows what happened."""
    error = body.child(answer.body, "error")
    code, subcode = error.get("code"), error.get("error_subcode")
    if not isinstance(code, int):
        return _without_code(answer)
    told = meaning(code, subcode if isinstance(subcode, int) else None, transient=error.get("is_transient") is True)
    if answer.status >= _SERVER_ERROR and (told is UNKNOWN or told.verdict is SendVerdict.NOT_SENT):
        told = TRANSIENT  # a server that broke down may have sent it before
    name = f"{code}/{subcode}" if isinstance(subcode, int) else str(code)
    words = (body.remark(error.get("message")), body.identifier(error.get("fbtrace_id")))
    return SendResult(
        verdict=told.verdict,
        code=name,
        alarm=told.alarm,
        retry_after=told.pause or _pause(answer),
        remark=" ".join(filter(None, words)),
    )


def _without_code(answer: Answer) -> SendResult:
    number = body.identifier(answer.body.get("message_id"))
    if number and answer.status < _SERVER_ERROR:
        return SendResult(verdict=SendVerdict.SENT, platform_id=number)
    if answer.status == _TOO_MANY:
        return SendResult(verdict=SendVerdict.PAUSED, code="http 429", retry_after=_pause(answer))
    return SendResult(verdict=SendVerdict.DOUBTFUL, code=f"http {answer.status}")


def _pause(answer: Answer) -> timedelta | None:
    """What the platform asks for: Retry-After, or the minutes in its usage header."""
    return retry_after(answer) or time_to_regain(answer.headers)


def _at(entry: Mapping[str, Any]) -> datetime:
    """Graph writes 2026-11-22T02:00:00+0000."""
    try:
        found = datetime.fromisoformat(body.text(entry.get("created_time")))
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _sent(entry: Mapping[str, Any]) -> SentMessage:
    return SentMessage(body.identifier(entry.get("id")), body.text(entry.get("message")), _at(entry))
