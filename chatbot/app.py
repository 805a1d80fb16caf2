"""The one place that wires things: content, understanding, pipeline, channels, delivery and the web edge."""

import asyncio
import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from types import ModuleType
from typing import Final, Protocol

from pydantic import SecretStr

from chatbot.channels.base import Channel, ChannelSet
from chatbot.channels.messenger.channel import Messenger
from chatbot.channels.zalo.channel import Zalo
from chatbot.channels.zalo.client import Endpoint
from chatbot.channels.zalo.tokens import ZaloApp, ZaloTokens
from chatbot.config import Config, ConfigError, Settings
from chatbot.delivery.gate import Gate, bucket
from chatbot.desk import make_desk
from chatbot.dialogue import Routers
from chatbot.dialogue.flow_load import load_flows
from chatbot.dialogue.flows import Flows
from chatbot.knowledge import Knowledge, load
from chatbot.model import ChannelName, Turn, TurnResult
from chatbot.nlu import Understanding, load_understanding
from chatbot.nlu.train import Progress
from chatbot.pipeline import Emergency, Pipeline, Switches
from chatbot.privacy import outbound_problems
from chatbot.storage.location import DatabaseUrlError, Location, PostgresServer, SqliteFile, locate
from chatbot.storage.lock import FileLock
from chatbot.storage.port import StoreError
from chatbot.storage.rows import hashed
from chatbot.storage.secret_box import SecretBox, key_from_file
from chatbot.storage.sqlite import SqliteStore, sqlite_engine
from chatbot.storage.store import SqlStore
from chatbot.storage.upgrade import OldSchemaError, current, newest, upgrade


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


_STARTED: Final = (datetime.now(UTC), monotonic())


def steady_now() -> datetime:
    """A clock to measure waits by: right when the process started, and never put forward or back since."""
    began, ticks = _STARTED
    return began + timedelta(seconds=monotonic() - ticks)


class Answers(Protocol):
    """What the delivery asks for a reply: the pipeline, or anything as pure."""

    def turn(self, turn: Turn) -> TurnResult:
        """The reply to settled events, and the state after it."""


class Mind(Protocol):
    """The part of a brain that a running bot needs."""

    @property
    def knowledge(self) -> Knowledge:
        """The content in use."""

    @property
    def pipeline(self) -> Answers:
        """What answers."""


@dataclass(frozen=True, slots=True)
class Brain:
    """What answers: content, understanding, pipeline. Pure and replaceable while the bot runs."""

    knowledge: Knowledge
    understanding: Understanding
    pipeline: Pipeline


def load_brain(settings: Settings, progress: Progress | None = None) -> Brain:
    """Read the content, train or read the model, wire the pipeline. Raises ContentError, RegistrationError."""
    knowledge = load(settings.intents)
    understanding = load_understanding(knowledge, settings.model_cache, progress)
    skills = importlib.import_module(settings.handlers)
    switches = _switches(settings)
    pipeline = Pipeline(
        knowledge=knowledge,
        understanding=understanding,
        routers=Routers(skills.ROUTERS),
        flows=Flows(load_flows(knowledge), knowledge.phrases),
        desk=make_desk(settings.desk),
        switches=lambda: switches,
        guard=lambda reply: outbound_problems(reply, knowledge.official),
        emergency=_emergency(skills),
        rate_limit_per_minute=settings.rate_limit.per_minute,
        hold=timedelta(minutes=settings.desk.hold_minutes),
    )
    return Brain(knowledge, understanding, pipeline)


def _emergency(skills: ModuleType) -> Emergency:
    rule: Emergency = skills.EMERGENCY
    return rule


def _switches(settings: Settings) -> Switches:
    switches = settings.switches
    return Switches(
        bot_on=switches.bot == "on",
        channels={name: state == "on" for name, state in switches.channels.items()},
        topics=frozenset(switches.topics),
        notice=switches.notice,
    )


@dataclass(slots=True)
class Channels:
    """The channels that are configured, and the grant behind Zalo."""

    set: ChannelSet
    gates: dict[ChannelName, Gate]
    tokens: ZaloTokens | None = None

    async def close(self) -> None:
        """Close connections."""
        for channel in self.set.by_name.values():
            await channel.close()
        if self.tokens:
            await self.tokens.close()


def configured(config: Config) -> tuple[ChannelName, ...]:
    """The channels that are on."""
    on = {ChannelName.ZALO: config.zalo, ChannelName.MESSENGER: config.messenger}
    return tuple(name for name, secrets in on.items() if secrets)


async def open_channels(config: Config, store: SqlStore, now: Callable[[], datetime]) -> Channels:
    """Build every channel that has its secrets."""
    by_name: dict[ChannelName, Channel] = {}
    gates: dict[ChannelName, Gate] = {}
    tokens = None
    if config.zalo:
        tokens = zalo_tokens(config, store, now)
        by_name[ChannelName.ZALO] = await _zalo(config, store, tokens, now)
        gates[ChannelName.ZALO] = Gate(bucket(config.settings.zalo.sends_per_minute, 60), steady_now)
    if config.messenger:
        by_name[ChannelName.MESSENGER] = make_messenger(config, now)
        gates[ChannelName.MESSENGER] = Gate(bucket(config.settings.messenger.sends_per_second, 1), steady_now)
    return Channels(ChannelSet(by_name), gates, tokens)


def zalo_tokens(config: Config, store: SqlStore, now: Callable[[], datetime]) -> ZaloTokens:
    """The OA's grant. Raises ConfigError when Zalo is not configured."""
    zalo = config.zalo
    if zalo is None:
        raise ConfigError("Zalo is not configured: fill ZALO_* in .env (see .env.example)")
    return ZaloTokens(
        store,
        ZaloApp(id=zalo.app_id, secret=zalo.app_secret.get_secret_value(), oauth_url=zalo.oauth_url),
        oa_id=zalo.oa_id,
        now=now,
        seed_refresh=zalo.refresh_token.get_secret_value(),
        seed_access=zalo.access_token.get_secret_value() if zalo.access_token else "",
        exclusive=partial(store.exclusive, f"zalo:{zalo.oa_id}"),
    )


async def _zalo(config: Config, store: SqlStore, tokens: ZaloTokens, now: Callable[[], datetime]) -> Zalo:
    zalo = config.zalo
    if zalo is None:
        raise ConfigError("Zalo is not configured")
    setting = f"zalo_endpoint:{zalo.oa_id}"

    async def remember(endpoint: str) -> None:
        await store.put_setting(setting, endpoint)

    return Zalo(
        tokens,
        app_id=zalo.app_id,
        oa_id=zalo.oa_id,
        webhook_keys=_values(zalo.oa_secret_keys),
        api_url=zalo.api_url,
        timeout=timedelta(seconds=config.settings.zalo.send_timeout_s),
        endpoint=await store.setting(setting) or Endpoint.V3,
        reply_within=timedelta(hours=config.settings.zalo.reply_within_hours),
        remember=remember,
        now=now,
    )


def make_messenger(config: Config, now: Callable[[], datetime]) -> Messenger:
    """The Page. Raises ConfigError when Messenger is not configured."""
    page = config.messenger
    if page is None:
        raise ConfigError("Messenger is not configured: fill MESSENGER_* in .env (see .env.example)")
    choices = config.settings.messenger
    return Messenger(
        page_id=page.page_id,
        app_id=page.app_id,
        app_secrets=_values(page.app_secrets),
        verify_tokens=_values(page.verify_tokens),
        page_access_token=page.page_access_token.get_secret_value(),
        api_url=page.api_url,
        version=choices.graph_version,
        timeout=timedelta(seconds=choices.send_timeout_s),
        automation_app_ids=choices.automation_app_ids,
        now=now,
    )


def _values(secrets: tuple[SecretStr, ...]) -> tuple[str, ...]:
    return tuple(secret.get_secret_value() for secret in secrets)


def database(config: Config) -> Location:
    """Where the store is. Raises ConfigError."""
    try:
        return locate(config.database_url.get_secret_value())
    except DatabaseUrlError as error:
        raise ConfigError(str(error)) from error


def sqlite_path(config: Config) -> Path:
    """The database file, for what only a file can do. Raises ConfigError."""
    place = database(config)
    if isinstance(place, PostgresServer):
        raise ConfigError("this works on a SQLite file only; for PostgreSQL see docs/postgresql.md")
    return place.path


def lock_file(config: Config) -> FileLock | None:
    """One running bot per SQLite file; on PostgreSQL any number may run. Raises InUseError, ConfigError."""
    place = database(config)
    return FileLock(place.path.with_name(place.path.name + ".lock")) if isinstance(place, SqliteFile) else None


def flight_folder(config: Config) -> Path:
    """Where processes leave what they were thinking of: those on one database are told from others. Raises
    ConfigError."""
    return config.settings.var / "flight" / hashed(str(database(config)))[:8]


async def upgrade_schema(config: Config) -> None:
    """Bring the database to this program's schema; a SQLite file is made. Raises ConfigError, StoreError."""
    place = database(config)
    if isinstance(place, PostgresServer):
        from chatbot.storage.postgres_upgrade import upgrade_postgres

        await upgrade_postgres(place.url)
        return
    try:
        place.path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{place.path.parent} cannot be made ({error.strerror}): mend DATABASE_URL") from error
    engine = sqlite_engine(place.path)
    upgrade(engine)
    engine.dispose()
    place.path.chmod(0o600)


async def check_store(config: Config, *, upgrades: bool) -> None:
    """Bring the schema up to date, or see that it is: a PostgreSQL database is upgraded where `upgrades` allows it, a
    SQLite file always, for nobody else works on it. Raises ConfigError, OldSchemaError, StoreError."""
    if upgrades or isinstance(database(config), SqliteFile):
        await upgrade_schema(config)
        return
    found, wanted = await schema(config), await asyncio.to_thread(newest)
    if found != wanted:
        raise OldSchemaError(
            f"the database has schema {found or 'none'}, this program needs {wanted}: run `chatbot db upgrade`"
        )


async def schema(config: Config) -> str | None:
    """The schema revision of the database; None for an empty one. Raises ConfigError, StoreError."""
    place = database(config)
    if isinstance(place, PostgresServer):
        from chatbot.storage.postgres_upgrade import current_postgres

        return await current_postgres(place.url)
    engine = sqlite_engine(place.path)
    try:
        return current(engine)
    finally:
        engine.dispose()


async def missing_servers(config: Config) -> Sequence[str]:
    """Which of several PostgreSQL servers could not take over, and why. Raises ConfigError."""
    place = database(config)
    if isinstance(place, SqliteFile):
        return ()
    from chatbot.storage.postgres_connect import Servers

    return await Servers(place.url).missing()


async def open_store(
    config: Config, now: Callable[[], datetime], *, answers: bool = False, upgrades: bool = False
) -> SqlStore:
    """The store that DATABASE_URL names, with its schema seen to. `answers`: the process will own parts of the
    conversations, where several share a store. Raises ConfigError, StoreError."""
    place, box = database(config), secret_box(config)
    await check_store(config, upgrades=upgrades)
    if isinstance(place, SqliteFile):
        return SqliteStore(place.path, box, now)
    from chatbot.storage.postgres import PostgresStore

    return PostgresStore(place.url, box, now, worker=answers)


def secret_box(config: Config) -> SecretBox:
    """The key from the environment, else the one in var/."""
    key = config.secret_key
    return SecretBox(key.get_secret_value() if key else key_from_file(config.settings.var / "secret.key"))
