"""Talking to Zalo's OpenAPI: one message a call, and an honest verdict for every answer."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

import msgspec

from chatbot.channels import body
from chatbot.channels.base import ChannelError, NoAnswerError, Payload, SendResult, SendVerdict
from chatbot.channels.transport import Answer, Http, MaybeSentError, NotSentError, retry_after
from chatbot.channels.zalo.errors import NO_CODE, NOT_FOR_THIS_OA, OLD_ENDPOINT_SHUT, meaning
from chatbot.channels.zalo.person import Person
from chatbot.channels.zalo.tokens import TokenLostError, TokenUnavailableError
from chatbot.storage.port import StoreError

PAGE: Final = 10
"""Zalo gives at most ten messages a call."""
_LATER: Final = frozenset({SendVerdict.PAUSED, SendVerdict.TOKEN, SendVerdict.DOUBTFUL})
"""Answers after which the same question may be answered later."""
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500


class Endpoint(StrEnum):
    """The two send endpoints; which one serves an OA depends on its type."""

    V3 = "v3.0"
    V2 = "v2.0"

    @property
    def path(self) -> str:
        """Below the API's origin."""
        return "/v3.0/oa/message/cs" if self is Endpoint.V3 else "/v2.0/oa/message"

    @property
    def refusal(self) -> int:
        """The code by which this endpoint says that the OA belongs to the other one; the message is surely unsent."""
        return NOT_FOR_THIS_OA if self is Endpoint.V3 else OLD_ENDPOINT_SHUT

    @property
    def other(self) -> "Endpoint":
        """The other one."""
        return Endpoint.V2 if self is Endpoint.V3 else Endpoint.V3


class Tokens(Protocol):
    """What the client needs of the grant."""

    async def access(self) -> str:
        """A token to use now. Raises TokenUnavailableError, TokenLostError."""

    async def renew(self, refused: str) -> str:
        """Another one than this, which Zalo refused. Raises TokenUnavailableError, TokenLostError."""


async def forget(_endpoint: str) -> None:
    """Remember nothing: the endpoint is found again after each start."""


class ZaloClient:
    """Sends and reads. `endpoint` is what `remember` was last told; `proof_secret` (App Secret) adds a proof."""

    def __init__(
        self,
        tokens: Tokens,
        *,
        api_url: str,
        timeout: timedelta,
        endpoint: str = Endpoint.V3,
        remember: Callable[[str], Awaitable[None]] = forget,
        proof_secret: str = "",
    ) -> None:
        self._tokens = tokens
        self._api_url = api_url.rstrip("/")
        self._http = Http(timeout)
        self._endpoint = Endpoint(endpoint) if endpoint in set(Endpoint) else Endpoint.V3
        self._remember = remember
        self._proof_secret = proof_secret

    async def send(self, person: Person, payload: Payload) -> SendResult:
        """Send one message; at most one refresh and one change of endpoint on the way."""
        message = {"recipient": person.recipient(), **payload}
        if person.anonymous:
            return await self._with_token(Endpoint.V2, message)
        first = self._endpoint
        result = await self._with_token(first, message)
        if result.code != str(first.refusal):
            return result
        second = await self._with_token(first.other, message)
        if second.code not in {str(NOT_FOR_THIS_OA), str(OLD_ENDPOINT_SHUT)}:
            await self._choose(first.other)
        return second

    async def page(self, path: str, query: Mapping[str, Any], number: int) -> Sequence[Mapping[str, Any]] | None:
        """One page of a list, newest first; None when it is refused. Raises NoAnswerError when it may come later."""
        wanted = msgspec.json.encode({**query, "offset": number * PAGE, "count": PAGE}).decode()
        try:
            token = await self._tokens.access()
            answer = await self._http.get(self._api_url + path, {"data": wanted}, self._headers(token))
            if verdict_of(answer).verdict is SendVerdict.TOKEN:
                token = await self._tokens.renew(token)
                answer = await self._http.get(self._api_url + path, {"data": wanted}, self._headers(token))
        except (NotSentError, MaybeSentError, ChannelError) as error:
            raise NoAnswerError(f"no answer from Zalo ({type(error).__name__})") from error
        if _may_come_later(verdict_of(answer)):
            raise NoAnswerError("Zalo gives no answer now")
        entries = answer.body.get("data")
        if answer.body.get("error") != 0 or not isinstance(entries, list):
            return None
        return list(body.items(entries))

    async def close(self) -> None:
        """Close connections."""
        await self._http.close()

    async def _with_token(self, endpoint: Endpoint, message: Payload) -> SendResult:
        try:
            token = await self._tokens.access()
            result = await self._post(endpoint, message, token)
            if result.verdict is not SendVerdict.TOKEN:
                return result
            return await self._post(endpoint, message, await self._tokens.renew(token))
        except TokenLostError:
            return SendResult(verdict=SendVerdict.TOKEN, code="token", alarm="token")
        except TokenUnavailableError:
            return SendResult(verdict=SendVerdict.NOT_SENT, code="token")

    async def _post(self, endpoint: Endpoint, message: Payload, token: str) -> SendResult:
        try:
            answer = await self._http.post_json(self._api_url + endpoint.path, message, self._headers(token))
        except NotSentError as error:
            return SendResult(verdict=SendVerdict.NOT_SENT, code=str(error))
        except MaybeSentError as error:
            return SendResult(verdict=SendVerdict.DOUBTFUL, code=str(error))
        return verdict_of(answer)

    async def _choose(self, endpoint: Endpoint) -> None:
        """Keep to it. A failure to write it down costs one more refused call after the next start."""
        self._endpoint = endpoint
        with suppress(StoreError):
            await self._remember(endpoint.value)

    def _headers(self, token: str) -> dict[str, str]:
        headers = {"access_token": token}
        if self._proof_secret:
            proof = hmac.new(self._proof_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
            headers["appsecret_proof"] = proof
        return headers


def _may_come_later(told: SendResult) -> bool:
    """Not where people must mend something first (a permission to read, the package): that may take for ever."""
    return told.verdict in _LATER and not (told.verdict is SendVerdict.PAUSED and told.alarm)


def verdict_of(answer: Answer) -> SendResult:
    """The verdict, with what the rate headers tell."""
    return replace(_verdict(answer), load=_load(answer))


def _verdict(answer: Answer) -> SendResult:
    """Zalo answers 200 with a code; anything else tells nothing about the message."""
    code = answer.body.get("error")
    if isinstance(code, str) and code.lstrip("-").isdecimal():
        code = int(code)
    if not isinstance(code, int) or isinstance(code, bool):
        return _without_code(answer)
    if code == 0:
        number = body.identifier(body.child(answer.body, "data").get("message_id"))
        return SendResult(verdict=SendVerdict.SENT, platform_id=number)
    remark = body.remark(answer.body.get("message"))
    if answer.status >= _SERVER_ERROR:
        return SendResult(verdict=SendVerdict.DOUBTFUL, code=str(code), remark=remark)
    told = meaning(code)
    return SendResult(
        verdict=told.verdict, code=str(code), alarm=told.alarm, retry_after=retry_after(answer), remark=remark
    )


def _without_code(answer: Answer) -> SendResult:
    if answer.status == _TOO_MANY:
        return SendResult(verdict=SendVerdict.PAUSED, code=f"{NO_CODE} 429", retry_after=retry_after(answer))
    return SendResult(verdict=SendVerdict.DOUBTFUL, code=f"{NO_CODE} {answer.status}")


def _load(answer: Answer) -> float:
    """The share of the app's requests a minute that is used ([O:phu-luc/gioi-han-toc-do-api])."""
    limit, left = (body.header(answer.headers, f"X-RateLimit-{name}") for name in ("Limit", "Remain"))
    if not (limit.isdecimal() and left.isdecimal() and int(limit)):
        return 0.0
    return max(0.0, 1 - int(left) / int(limit))
