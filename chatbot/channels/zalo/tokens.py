"""Zalo's OAuth grant. A refresh token works once: whoever loses it must ask an OA admin for consent again."""

import asyncio
import hashlib
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from chatbot.channels import body
from chatbot.channels.base import ChannelError
from chatbot.channels.transport import Answer, Http, MaybeSentError, NotSentError, retry_after
from chatbot.channels.zalo.grant import (
    SEED_LIFE,
    Grant,
    TokenState,
    fingerprint,
    grant_in,
    grant_of,
    renewable_for,
    worse,
)
from chatbot.delivery.crash_points import reach
from chatbot.storage.port import SealedError, StoreError, TokenRow, TokenStore, VersionConflictError

REFRESH_AT: Final = 0.7
"""Share of an access token's life after which it is refreshed."""
UNSURE_PAUSE: Final = timedelta(minutes=15)
"""How long nothing is asked after answers were lost."""
CLOCK_SKEW: Final = timedelta(seconds=5)
"""Between Zalo's clock and ours."""
UNSAVED: Final = "the database has not taken the new one yet: do not restart the bot until it has"
SHORT_PAUSE: Final = timedelta(seconds=30)
"""How long nothing is asked after the host could not be reached."""


class TokenUnavailableError(ChannelError):
    """No access token now; trying again later may help."""


class TokenLostError(ChannelError):
    """No access token until a person connects the OA again (`chatbot connect zalo`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZaloApp:
    """The app as OAuth knows it. `secret` is the App Secret, not the OA secret key that signs webhooks."""

    id: str
    secret: str
    oauth_url: str = "https://oauth.zaloapp.com"


class ZaloTokens:
    """The one place that refreshes. `exclusive` is a lock across processes, when there are several. `patience` is how
    long the end waits for a grant that is on its way, and again for one that is in memory only."""

    def __init__(
        self,
        store: TokenStore,
        app: ZaloApp,
        *,
        oa_id: str,
        now: Callable[[], datetime],
        seed_refresh: str = "",
        seed_access: str = "",
        timeout: timedelta = timedelta(seconds=20),
        patience: timedelta = timedelta(seconds=25),
        exclusive: Callable[[], AbstractAsyncContextManager[object]] = nullcontext,
    ) -> None:
        self.name = f"zalo:{oa_id}"
        self._store = store
        self._app = app
        self._now = now
        self._seed_refresh = seed_refresh
        self._seed_access = seed_access
        self._http = Http(timeout)
        self._patience = patience.total_seconds()
        self._exclusive = exclusive
        self._lock = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._spender: asyncio.Task[Any] | None = None
        self._row: TokenRow | None = None
        self._unsaved: TokenRow | None = None
        self._closing = False
        self._on_disk = self._spent = ""  # refresh tokens: the database's, and the one that ours was given for
        self._not_before: datetime | None = None
        self.trouble = ""
        """Why the store gave no grant to `maintain`, or takes none; "" when all is well."""

    @property
    def state(self) -> TokenState:
        """The grant's health as last seen."""
        return TokenState(self._row.state) if self._row else TokenState.GOOD

    def expires_in_seconds(self) -> float:
        """Until the access token dies; 0 when there is none."""
        if self._row is None or not self._row.access_token:
            return 0.0
        return max(0.0, (self._row.expires_at - self._now()).total_seconds())

    def renewable_for_seconds(self) -> float:
        """Until the refresh token dies unused; 0 when it is gone."""
        return renewable_for(self._row, self._now()).total_seconds()

    async def access(self) -> str:
        """A token to use now, refreshed at 70 % of its life. Raises TokenUnavailableError, TokenLostError."""
        if self._row is None:
            await self._refresh(used="")
        elif self._due(self._row):
            with suppress(TokenUnavailableError):  # the old token serves until it dies
                await self._refresh(used="")
        return self._usable()

    async def renew(self, refused: str) -> str:
        """Another token than the refused one: the store's if it is newer, else a fresh one. Raises as `access`."""
        await self._refresh(used=refused)
        token = self._usable()
        if token == refused:
            raise TokenUnavailableError("Zalo refused the access token and no other is to be had now")
        return token

    async def maintain(self) -> None:
        """Write what could not be written, and refresh when due, without an error; for a timer, so that a quiet OA
        keeps its grant."""
        self.trouble = ""
        try:
            await self._undisturbed(self._save())
            await self.access()
        except TokenUnavailableError as error:
            self.trouble = str(error) if isinstance(error.__cause__, StoreError) else ""
        except TokenLostError:
            return
        if self._is_only_here:
            self.trouble = UNSAVED

    async def revoked(self, at: datetime) -> None:
        """The OA took the permission away then: stop using the grant, unless it is a newer one."""
        async with self._lock, self._alone():
            row = await self._load()
            if row is not None and row.refreshed_at - at <= CLOCK_SKEW:
                await self._put(replace(worse(row, TokenState.REVOKED), access_token=""))

    async def exchange_code(self, code: str, verifier: str) -> None:
        """End of a consent: swap the code for a grant. Raises TokenUnavailableError with Zalo's own reason."""
        await self._undisturbed(self._exchange(code, verifier))

    async def _exchange(self, code: str, verifier: str) -> None:
        form = {"code": code, "app_id": self._app.id, "grant_type": "authorization_code", "code_verifier": verifier}
        async with self._lock, self._alone():
            old = await self._replaceable()
            try:
                answer = await self._ask(form)
            except (NotSentError, MaybeSentError) as error:
                raise TokenUnavailableError(
                    f"no answer from {self._app.oauth_url}: {error}; ask for consent again"
                ) from error
            if not await self._accept(old, answer):
                reason = body.text(answer.body.get("error_name")) or body.text(answer.body.get("error_reason"))
                raise TokenUnavailableError(f"Zalo refused the code ({reason or answer.status}); ask for consent again")
            if self._unsaved is not None:
                raise TokenUnavailableError("the new grant could not be written to the database; ask for consent again")

    def consent_url(self, redirect_uri: str, verifier: str, state: str) -> str:
        """Where an OA admin grants the permission. `verifier`: 43 random characters, kept for `exchange_code`."""
        challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {"app_id": self._app.id, "redirect_uri": redirect_uri, "code_challenge": challenge, "state": state}
        return f"{self._app.oauth_url}/v4/oa/permission?{urlencode(query)}"

    async def close(self) -> None:
        """Let what is being spent reach the disk, then close connections. The store must be open still."""
        self._closing = True
        for task in self._tasks - {self._spender}:
            task.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=self._patience)
            for task in late:
                task.cancel()
        with suppress(TokenUnavailableError, TimeoutError):
            async with asyncio.timeout(self._patience):
                await self._save()
        await self._http.close()

    @property
    def _is_only_here(self) -> bool:
        """Is there a grant that neither the database nor the environment has?"""
        return self._unsaved is not None and self._unsaved.refresh_token not in {self._seed_refresh, self._on_disk}

    async def _undisturbed(self, work: Coroutine[Any, Any, None]) -> None:
        """Done by a task of its own, which goes on when its caller is cancelled: a refresh token works once, and what
        it was spent for must reach the disk."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        await asyncio.shield(task)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if self._spender is task:
            self._spender = None
        if not task.cancelled():
            task.exception()  # its caller may be gone

    async def _save(self) -> None:
        if self._is_only_here:
            async with self._lock, self._alone():
                if self._unsaved is not None:
                    await self._put(self._unsaved)

    def _usable(self) -> str:
        row = self._row
        if row is not None and row.access_token and row.expires_at > self._now():
            return row.access_token
        if row is None or row.state in {TokenState.LOST, TokenState.REVOKED}:
            raise TokenLostError("the OA's grant is gone; an OA admin must connect it again")
        raise TokenUnavailableError("the access token has expired and could not be refreshed yet")

    def _due(self, row: TokenRow) -> bool:
        return (
            not row.access_token or self._now() >= row.refreshed_at + (row.expires_at - row.refreshed_at) * REFRESH_AT
        )

    async def _refresh(self, used: str) -> None:
        await self._undisturbed(self._refresh_alone(used))

    async def _refresh_alone(self, used: str) -> None:
        """Under the locks: read the store again, and ask only if nobody else has refreshed."""
        async with self._lock, self._alone():
            row = await self._load()
            if row is None or row.state in {TokenState.LOST, TokenState.REVOKED}:
                return
            needed = row.access_token == used if used else self._due(row)
            if needed and not self._is_only_here and (self._not_before is None or self._now() >= self._not_before):
                await self._spend(row)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """No other process refreshes meanwhile. Raises TokenUnavailableError when that cannot be had."""
        async with AsyncExitStack() as held:
            try:
                await held.enter_async_context(self._exclusive())
            except StoreError as error:
                raise TokenUnavailableError(f"the grant cannot be locked now: {error}") from error
            yield

    async def _load(self) -> TokenRow | None:
        """The stored grant; the seed of the environment when there is none, or when it is another seed."""
        if self._unsaved is not None:
            return await self._put(self._unsaved)
        row = await self._recovered(await self._stored())
        seed = fingerprint(self._seed_refresh) if self._seed_refresh else ""
        if seed and (row is None or row.seed != seed):
            row = await self._put(self._seeded(seed, row.version + 1 if row else 1))
        self._row = row
        return row

    async def _stored(self) -> TokenRow | None:
        """The row on disk. Raises TokenUnavailableError when it cannot be read."""
        try:
            row = await self._store.token(self.name)
        except StoreError as error:
            raise TokenUnavailableError(f"the grant cannot be read now: {error}") from error
        self._on_disk = row.refresh_token if row else ""
        return row

    async def _replaceable(self) -> TokenRow | None:
        """The row that a new consent replaces; of one that another key has sealed only the version counts."""
        try:
            return await self._store.token(self.name)
        except SealedError as error:
            return self._blank(error.version)
        except StoreError as error:
            raise TokenUnavailableError(f"the grant cannot be read now: {error}") from error

    async def _recovered(self, row: TokenRow | None) -> TokenRow | None:
        """The journal's newest grant, if the process died after it was written and before it was believed."""
        since = row.refreshed_at if row else datetime.fromtimestamp(0, UTC)
        try:
            answers = await self._store.token_answers(self.name, since)
        except StoreError as error:
            raise TokenUnavailableError(f"the grant's journal cannot be read now: {error}") from error
        for at, raw in answers:
            if grant := grant_in(raw):
                spent = row is not None and row.refresh_token == grant.refresh
                return row if spent else await self._put(self._believed(grant, row, at, row.seed if row else None))
        return row

    def _blank(self, version: int) -> TokenRow:
        now = self._now()
        return TokenRow(
            name=self.name, access_token="", refresh_token="", expires_at=now, refreshed_at=now, version=version
        )

    def _seeded(self, seed: str, version: int) -> TokenRow:
        row = replace(self._blank(version), refresh_token=self._seed_refresh, seed=seed)
        if not self._seed_access:
            return row
        return replace(row, access_token=self._seed_access, expires_at=row.refreshed_at + SEED_LIFE)

    async def _spend(self, row: TokenRow) -> None:
        """Use the refresh token. A lost answer is asked for once more; then the old token serves on, with an alarm."""
        form = {"refresh_token": row.refresh_token, "app_id": self._app.id, "grant_type": "refresh_token"}
        reach("tokens.before_intent")
        try:
            await self._store.journal_token(self.name, "")
        except StoreError as error:
            raise TokenUnavailableError(f"a grant that cannot be written is not asked for: {error}") from error
        answer = None
        for again in (False, True):
            if again and self._closing:
                return  # the next start asks
            try:
                answer = await self._ask(form)
            except NotSentError:
                self._not_before = self._now() + SHORT_PAUSE
                return
            except MaybeSentError:
                continue
            if answer.status == HTTPStatus.TOO_MANY_REQUESTS:  # turned away at the door: nothing was spent
                self._not_before = self._now() + (retry_after(answer) or SHORT_PAUSE)
                return
            if not answer.failed:
                break
        if answer is None or answer.failed:
            self._not_before = self._now() + UNSURE_PAUSE
            await self._put(worse(row, TokenState.UNSURE))
        elif not await self._accept(row, answer):
            await self._put(worse(row, TokenState.LOST))

    async def _ask(self, form: dict[str, str]) -> Answer:
        url = f"{self._app.oauth_url}/v4/oa/access_token"
        self._spender = asyncio.current_task()
        reach("tokens.before_ask")
        answer = await self._http.post_form(url, form, {"secret_key": self._app.secret})
        reach("tokens.after_answer")
        return answer

    async def _accept(self, old: TokenRow | None, answer: Answer) -> bool:
        """Journal the raw answer, then believe it. False when it holds no grant."""
        grant = grant_of(answer.body)
        if grant is not None:
            self._row = self._unsaved = self._believed(grant, old, self._now(), None)
            self._spent = old.refresh_token if old else ""
        with suppress(StoreError):  # the grant itself is written next, and kept in memory if that fails too
            await self._store.journal_token(self.name, answer.raw.decode(errors="replace"))
        if grant is None:
            return False
        self._not_before = None
        await self._put(self._unsaved or self._believed(grant, old, self._now(), None))
        return True

    def _believed(self, grant: Grant, old: TokenRow | None, at: datetime, seed: str | None) -> TokenRow:
        """The row after `old`; `seed` is the fingerprint it began with, None for that of the environment."""
        own = fingerprint(self._seed_refresh) if self._seed_refresh else ""
        return TokenRow(
            name=self.name,
            access_token=grant.access,
            refresh_token=grant.refresh,
            expires_at=at + grant.life,
            refreshed_at=at,
            version=old.version + 1 if old else 1,
            seed=own if seed is None else seed,
        )

    async def _put(self, row: TokenRow) -> TokenRow:
        """Write it; when another process wrote meanwhile, theirs may count. What cannot be written is tried again
        later."""
        self._row = self._unsaved = row
        reach("tokens.before_put")
        try:
            await self._store.put_token(row)
        except VersionConflictError:
            return await self._newer(row)
        except StoreError:
            return row
        self._unsaved, self._on_disk = None, row.refresh_token
        reach("tokens.after_put")
        return row

    async def _newer(self, row: TokenRow) -> TokenRow:
        """This grant, or the stored one: that counts unless it is worse, or only has news of the token that ours came
        from."""
        try:
            stored = await self._stored()
        except TokenUnavailableError:
            return row
        news_of_ours = stored is not None and stored.refresh_token == self._spent != row.refresh_token
        if stored is None or news_of_ours or (stored.state != TokenState.GOOD and row.state == TokenState.GOOD):
            return await self._put(replace(row, version=stored.version + 1 if stored else 1))
        self._row, self._unsaved = stored, None
        return stored
