"""Configuration: everything that is wrong is said at once, the environment wins, half a channel is no channel."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from chatbot.config import MESSENGER_REQUIRED, ZALO_REQUIRED, ConfigError, environment, load_config

ROOT = Path(__file__).parents[2]
ZALO = dict.fromkeys(ZALO_REQUIRED, "z")
MESSENGER = dict.fromkeys(MESSENGER_REQUIRED, "m")


def written(folder: Path, text: str = "") -> Path:
    """A folder with this config.yaml."""
    (folder / "config.yaml").write_text(text, "utf-8")
    return folder


def complaint(folder: Path, env: Mapping[str, str]) -> str:
    """What is said of a configuration that is refused."""
    with pytest.raises(ConfigError) as refused:
        load_config(env, folder)
    return str(refused.value)


def test_the_projects_own_file_is_fine() -> None:
    config = load_config({}, ROOT)
    assert (config.settings.web.host, config.settings.web.port) == ("127.0.0.1", 8080)
    assert config.settings.lanes.settle == timedelta(milliseconds=400)
    assert (config.zalo, config.messenger) == (None, None)
    assert config.database_url.get_secret_value() == "sqlite:///var/chatbot.db"


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    assert load_config({}, written(tmp_path)).settings.intake.queue == 5000


@pytest.mark.parametrize(
    ("env", "missing"),
    [
        ({"ZALO_APP_ID": "1"}, "ZALO_APP_SECRET, ZALO_OA_ID, ZALO_OA_SECRET_KEY, ZALO_REFRESH_TOKEN"),
        ({name: "z" for name in ZALO if name != "ZALO_OA_SECRET_KEY"}, "ZALO_OA_SECRET_KEY"),
        ({name: "m" for name in MESSENGER if name != "MESSENGER_APP_SECRET"}, "MESSENGER_APP_SECRET"),
    ],
)
def test_half_a_channel_is_refused_and_what_is_missing_is_named(
    tmp_path: Path, env: dict[str, str], missing: str
) -> None:
    said = complaint(written(tmp_path), env)
    assert "half configured" in said
    assert f"set {missing} as well" in said


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    folder = written(tmp_path, "web: {port: 99999, colour: red}\nlanes: {settle_ms: -1}\n")
    said = complaint(folder, {"ZALO_APP_ID": "1", "MESSENGER_APP_ID": "2", "PUBLIC_URL": "bot.example.vn/x"})
    for part in ("web.port", "web.colour", "lanes.settle_ms", "Zalo is half", "Messenger is half", "PUBLIC_URL must"):
        assert part in said


@pytest.mark.parametrize("switches", ["channels: {facebook: 'off'}", "channels: {zalo: 'aus'}", "bot: maybe"])
def test_a_switch_that_would_switch_nothing_is_refused(tmp_path: Path, switches: str) -> None:
    assert "switches." in complaint(written(tmp_path, f"switches: {{{switches}}}\n"), {})


def test_a_complaint_holds_no_secret(tmp_path: Path) -> None:
    said = complaint(written(tmp_path), {**ZALO, "ZALO_APP_SECRET": "very-secret", "MESSENGER_APP_SECRET": "hidden"})
    assert "very-secret" not in said
    assert "hidden" not in said


def test_a_printed_configuration_holds_no_secret(tmp_path: Path) -> None:
    env = {name: f"secret-{name}" for name in (*ZALO_REQUIRED, *MESSENGER_REQUIRED)}
    shown = repr(load_config({**env, "CHATBOT_SECRET_KEY": "secret-key"}, written(tmp_path)))
    secret = ("APP_SECRET", "REFRESH_TOKEN", "OA_SECRET_KEY", "VERIFY_TOKEN", "PAGE_ACCESS_TOKEN")
    assert not [name for name in env if name.endswith(secret) and f"secret-{name}" in shown]
    assert "secret-key" not in shown


@pytest.mark.parametrize(
    "text", ["web: [", "- a list", "web: {port: 'yes'}", "colour: red", "web:\n\tport: 1", "log: {level: LOUD}"]
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, text: str) -> None:
    assert "config.yaml" in complaint(written(tmp_path, text), {})


def test_a_missing_file_says_where_to_run(tmp_path: Path) -> None:
    said = complaint(tmp_path, {})
    assert "not found" in said
    assert "CHATBOT_CONFIG" in said


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_bytes(b"web: \xff\xfe")
    assert "cannot be read" in complaint(tmp_path, {})


def test_two_values_of_a_secret_that_rotates(tmp_path: Path) -> None:
    env = {**ZALO, **MESSENGER, "ZALO_OA_SECRET_KEY": "new, old", "MESSENGER_APP_SECRET": "a,b,"}
    config = load_config(env, written(tmp_path))
    assert config.zalo
    assert config.messenger
    assert [one.get_secret_value() for one in config.zalo.oa_secret_keys] == ["new", "old"]
    assert [one.get_secret_value() for one in config.messenger.app_secrets] == ["a", "b"]


@pytest.mark.parametrize("value", [",", " , ", ",,"])
def test_a_secret_of_nothing_but_commas_is_missing(tmp_path: Path, value: str) -> None:
    said = complaint(written(tmp_path), {**ZALO, "ZALO_OA_SECRET_KEY": value})
    assert "ZALO_OA_SECRET_KEY" in said


@pytest.mark.parametrize(
    "url", ["ftp://x.vn", "x.vn", "https://x.vn/path", "https://", "https://x.vn?a=1", "http:///x"]
)
def test_addresses_are_origins(tmp_path: Path, url: str) -> None:
    for name in ("ZALO_API_URL", "ZALO_OAUTH_URL", "MESSENGER_API_URL", "PUBLIC_URL"):
        assert f"{name} must be an origin" in complaint(written(tmp_path), {name: url})


def test_the_environment_wins_over_the_dotenv_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("PUBLIC_URL=https://file.vn\nZALO_APP_ID=\nDATABASE_URL=sqlite:///a.db\n", "utf-8")
    monkeypatch.setenv("PUBLIC_URL", " https://process.vn/ ")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    given = environment(tmp_path)
    assert given["PUBLIC_URL"] == "https://process.vn/"
    assert given["DATABASE_URL"] == "sqlite:///a.db"
    assert "ZALO_APP_ID" not in given
    assert load_config(given, written(tmp_path)).public_url == "https://process.vn"


def test_an_empty_value_in_the_environment_does_not_hide_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("PUBLIC_URL=https://file.vn\n", "utf-8")
    monkeypatch.setenv("PUBLIC_URL", "")
    assert environment(tmp_path)["PUBLIC_URL"] == "https://file.vn"


def test_the_example_names_every_setting() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    names = (*ZALO_REQUIRED, *MESSENGER_REQUIRED, "DATABASE_URL", "CHATBOT_SECRET_KEY", "PUBLIC_URL", "CHATBOT_CONFIG")
    assert not [name for name in names if f"\n{name}=" not in example]
