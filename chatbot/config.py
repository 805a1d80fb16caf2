"""Configuration: environment > .env > config.yaml, validated as a whole; everything that is wrong is said at once."""

import os
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

import yaml
from dotenv import dotenv_values
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

ZALO_REQUIRED: Final = ("ZALO_APP_ID", "ZALO_APP_SECRET", "ZALO_OA_ID", "ZALO_OA_SECRET_KEY", "ZALO_REFRESH_TOKEN")
MESSENGER_REQUIRED: Final = (
    "MESSENGER_PAGE_ID",
    "MESSENGER_APP_ID",
    "MESSENGER_APP_SECRET",
    "MESSENGER_VERIFY_TOKEN",
    "MESSENGER_PAGE_ACCESS_TOKEN",
)


class ConfigError(Exception):
    """The program cannot start like this; the message lists every reason and what to do."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WebConfig(_Section):
    """The HTTP edge. `body_limit_mib` in MiB, times in seconds."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    body_limit_mib: Annotated[int, Field(ge=1, le=64)] = 4
    read_timeout_s: Annotated[float, Field(gt=0)] = 5


class IntakeConfig(_Section):
    """Bounds of the intake: events waiting for their commit, and the time a webhook may wait for it."""

    queue: Annotated[int, Field(ge=1)] = 5000
    budget_s: Annotated[float, Field(gt=0)] = 1.5


class LanesConfig(_Section):
    """How conversations are worked on."""

    settle_ms: Annotated[int, Field(ge=0, le=5000)] = 400
    active: Annotated[int, Field(ge=1)] = 2000
    per_lane: Annotated[int, Field(ge=1)] = 200
    stale_after_minutes: Annotated[int, Field(ge=1)] = 120
    shutdown_s: Annotated[float, Field(gt=0, le=10)] = 8

    @property
    def settle(self) -> timedelta:
        """The settle window."""
        return timedelta(milliseconds=self.settle_ms)

    @property
    def stale_after(self) -> timedelta:
        """The age from which a question after an outage gets an apology."""
        return timedelta(minutes=self.stale_after_minutes)


class RateLimitConfig(_Section):
    """Messages of one person."""

    per_minute: Annotated[int, Field(ge=1)] = 20


class ZaloConfig(_Section):
    """Zalo choices that are not secret."""

    sends_per_minute: Annotated[float, Field(gt=0)] = 100
    reply_within_hours: Annotated[int, Field(ge=1, le=168)] = 48
    catch_up_at_start: bool = True
    catch_up_officers: bool = True
    send_timeout_s: Annotated[float, Field(gt=0)] = 10


class MessengerConfig(_Section):
    """Messenger choices that are not secret."""

    graph_version: Annotated[str, Field(pattern=r"^v\d+\.\d+$")] = "v26.0"
    sends_per_second: Annotated[float, Field(gt=0)] = 30
    send_timeout_s: Annotated[float, Field(gt=0)] = 10
    automation_app_ids: tuple[Annotated[str, BeforeValidator(str)], ...] = ()


Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class DeskConfig(_Section):
    """The people who can take over. `hours` by weekday, "08:00-12:00, 13:30-17:00"."""

    staffed: bool = False
    hours: Mapping[Weekday, str] = Field(default_factory=dict)
    closed_on: tuple[date, ...] = ()
    open_on: tuple[date, ...] = ()
    hold_minutes: Annotated[int, Field(ge=1)] = 30


class PrivacyConfig(_Section):
    """How long masked records are kept, in days."""

    keep_turns_days: Annotated[int, Field(ge=1)] = 90
    keep_inbox_days: Annotated[int, Field(ge=3)] = 7


Switch = Literal["on", "off"]


class SwitchesConfig(_Section):
    """Kill switches and the notice, as the program starts with."""

    bot: Switch = "on"
    channels: Mapping[Literal["zalo", "messenger"], Switch] = Field(default_factory=dict)
    topics: tuple[str, ...] = ()
    notice: str = ""


class LogConfig(_Section):
    """Logging."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class Settings(_Section):
    """config.yaml."""

    handlers: str = "handlers"
    intents: Path = Path("intents")
    var: Path = Path("var")
    web: WebConfig = WebConfig()
    intake: IntakeConfig = IntakeConfig()
    lanes: LanesConfig = LanesConfig()
    rate_limit: RateLimitConfig = RateLimitConfig()
    zalo: ZaloConfig = ZaloConfig()
    messenger: MessengerConfig = MessengerConfig()
    desk: DeskConfig = DeskConfig()
    privacy: PrivacyConfig = PrivacyConfig()
    switches: SwitchesConfig = SwitchesConfig()
    log: LogConfig = LogConfig()

    @property
    def model_cache(self) -> Path:
        """The folder of the trained models."""
        return self.var / "model"

    @property
    def catch_up_at_most(self) -> timedelta:
        """How far back Zalo's recent chats are read: what is older gets no reply, or would not be known as a repeat."""
        return min(timedelta(hours=self.zalo.reply_within_hours), timedelta(days=self.privacy.keep_inbox_days))


class ZaloSecrets(_Section):
    """Credentials of the OA. The OA secret key signs webhooks (two while it rotates); the app secret is OAuth's."""

    app_id: str
    app_secret: SecretStr
    oa_id: str
    oa_secret_keys: tuple[SecretStr, ...]
    refresh_token: SecretStr
    access_token: SecretStr | None = None
    api_url: str = "https://openapi.zalo.me"
    oauth_url: str = "https://oauth.zaloapp.com"


class MessengerSecrets(_Section):
    """Credentials of the Page (two app secrets while they rotate)."""

    page_id: str
    app_id: str
    app_secrets: tuple[SecretStr, ...]
    verify_tokens: tuple[SecretStr, ...]
    page_access_token: SecretStr
    api_url: str = "https://graph.facebook.com"


class Config(_Section):
    """Everything the program is told from outside."""

    settings: Settings
    database_url: SecretStr
    secret_key: SecretStr | None = None
    public_url: str = ""
    zalo: ZaloSecrets | None = None
    messenger: MessengerSecrets | None = None


def environment(folder: Path | None = None) -> dict[str, str]:
    """.env of the folder with the process's environment above it; empty values count as absent."""
    dotenv = dotenv_values((folder or Path.cwd()) / ".env")
    written = {key: value for key, value in dotenv.items() if value and value.strip()}
    told = {key: value for key, value in os.environ.items() if value.strip()}
    return {key: value.strip() for key, value in {**written, **told}.items()}


def load_config(env: Mapping[str, str] | None = None, folder: Path | None = None) -> Config:
    """Read and check everything. Raises ConfigError that names all problems at once."""
    given = environment(folder) if env is None else env
    path = Path(given.get("CHATBOT_CONFIG") or (folder or Path()) / "config.yaml")
    problems: list[str] = []
    settings = _settings(path, problems)
    zalo = _zalo(given, problems)
    messenger = _messenger(given, problems)
    problems.extend(_bad_origins(given))
    if problems:
        raise ConfigError("\n".join(problems))
    return Config(
        settings=settings,
        database_url=SecretStr(given.get("DATABASE_URL", f"sqlite:///{settings.var}/chatbot.db")),
        secret_key=SecretStr(given["CHATBOT_SECRET_KEY"]) if "CHATBOT_SECRET_KEY" in given else None,
        public_url=given.get("PUBLIC_URL", "").rstrip("/"),
        zalo=zalo,
        messenger=messenger,
    )


def _settings(path: Path, problems: list[str]) -> Settings:
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        return Settings.model_validate(raw)
    except FileNotFoundError:
        problems.append(f"{path}: not found; run from the project's folder or set CHATBOT_CONFIG")
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problems.append(f"{path}: cannot be read as YAML: {error}")
    except ValidationError as error:
        problems.extend(f"{path}: {_where(item['loc'])}: {item['msg']}" for item in error.errors())
    return Settings()


def _where(loc: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in loc) or "whole file"


def _half(given: Mapping[str, str], names: tuple[str, ...], channel: str, problems: list[str]) -> bool:
    """Is the channel fully configured? Complains when only some of its secrets are there."""
    there = [name for name in names if _several(given.get(name, ""))]
    missing = [name for name in names if name not in there]
    if there and missing:
        problems.append(
            f"{channel} is half configured: set {', '.join(missing)} as well, "
            f"or remove {', '.join(there)} to turn it off"
        )
    return not missing


def _several(value: str) -> tuple[SecretStr, ...]:
    return tuple(SecretStr(part.strip()) for part in value.split(",") if part.strip())


def _zalo(given: Mapping[str, str], problems: list[str]) -> ZaloSecrets | None:
    if not _half(given, ZALO_REQUIRED, "Zalo", problems):
        return None
    access = given.get("ZALO_ACCESS_TOKEN")
    return ZaloSecrets(
        app_id=given["ZALO_APP_ID"],
        app_secret=SecretStr(given["ZALO_APP_SECRET"]),
        oa_id=given["ZALO_OA_ID"],
        oa_secret_keys=_several(given["ZALO_OA_SECRET_KEY"]),
        refresh_token=SecretStr(given["ZALO_REFRESH_TOKEN"]),
        access_token=SecretStr(access) if access else None,
        api_url=given.get("ZALO_API_URL", "https://openapi.zalo.me").rstrip("/"),
        oauth_url=given.get("ZALO_OAUTH_URL", "https://oauth.zaloapp.com").rstrip("/"),
    )


def _messenger(given: Mapping[str, str], problems: list[str]) -> MessengerSecrets | None:
    if not _half(given, MESSENGER_REQUIRED, "Messenger", problems):
        return None
    return MessengerSecrets(
        page_id=given["MESSENGER_PAGE_ID"],
        app_id=given["MESSENGER_APP_ID"],
        app_secrets=_several(given["MESSENGER_APP_SECRET"]),
        verify_tokens=_several(given["MESSENGER_VERIFY_TOKEN"]),
        page_access_token=SecretStr(given["MESSENGER_PAGE_ACCESS_TOKEN"]),
        api_url=given.get("MESSENGER_API_URL", "https://graph.facebook.com").rstrip("/"),
    )


def _bad_origins(given: Mapping[str, str]) -> list[str]:
    names = ("ZALO_API_URL", "ZALO_OAUTH_URL", "MESSENGER_API_URL", "PUBLIC_URL")
    bad = []
    for name in names:
        parts = urlsplit(given.get(name, "http://fine"))
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/") or parts.query:
            bad.append(f"{name} must be an origin such as https://example.gov.vn, without a path")
    return bad
