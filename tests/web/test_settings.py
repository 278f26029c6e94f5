"""What an installation may and may not be."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tracker import config
from tracker.config import Settings, SettingsError, database_url

KEY = "k" * 40


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(config, "VAR", tmp_path / "var")
    return tmp_path / "var"


def test_without_settings_everything_has_a_safe_default(var: Path) -> None:
    settings = Settings.from_env({})
    assert settings.database_url == f"sqlite:///{var}/tracker.db"
    assert settings.url == "http://127.0.0.1:8000"
    secret = var / "secret-key"
    assert settings.secret_key == secret.read_text()
    assert len(settings.secret_key) >= 32
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_the_secret_is_made_once_also_by_servers_that_start_together(var: Path) -> None:
    with ThreadPoolExecutor(8) as servers:
        secrets = set(servers.map(lambda _: Settings.from_env({}).secret_key, range(16)))
    assert len(secrets) == 1
    assert [path.name for path in var.iterdir()] == ["secret-key"]


def test_every_part_means_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert database_url({"TRACKER_DATABASE_URL": "sqlite:///x.db"}) == f"sqlite:///{tmp_path}/x.db"
    server = "postgresql://user:secret@db.example/tracker"
    assert database_url({"TRACKER_DATABASE_URL": server}) == server


@pytest.mark.parametrize(
    ("env", "complaint"),
    [
        ({"TRACKER_SECRET_KEY": "changeme"}, "8 characters"),
        ({"TRACKER_URL": "http://tracker.example"}, "in the clear"),
        ({"TRACKER_URL": "http://192.0.2.7:8000"}, "in the clear"),
        ({"TRACKER_URL": "tracker.example"}, "in the clear"),
    ],
)
def test_an_installation_that_is_not_safe_does_not_start(
    env: dict[str, str], complaint: str, var: Path
) -> None:
    with pytest.raises(SettingsError, match=complaint):
        Settings.from_env({"TRACKER_SECRET_KEY": KEY} | env)
    assert not var.exists() or not (var / "secret-key").exists()


@pytest.mark.parametrize("url", ["https://tracker.example", "http://localhost:8000"])
def test_https_and_the_loopback_are_safe(url: str, var: Path) -> None:
    assert not var.exists()
    assert Settings.from_env({"TRACKER_SECRET_KEY": KEY, "TRACKER_URL": url}).url == url
