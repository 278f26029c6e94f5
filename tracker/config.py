"""What differs between one installation and another, read from the environment once."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url

from tracker.domain.errors import TrackerError
from tracker.domain.people import is_email
from tracker.store.session import engine_options

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SECRET_BYTES = 32
HERE = "http://127.0.0.1:8000"
SUBMISSION = "587"
PORT_MAX = 65535
MAIL_SETTINGS = ("HOST", "PORT", "USER", "PASSWORD", "FROM")


class SettingsError(TrackerError):
    """The environment asks for an installation that would not be safe."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes our mail, and whom it is from. It is spoken to in TLS.

    Shape:  without a user, the server knows us by our address; one on this machine needs no TLS.
    """

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_near(self) -> bool:
        """Whether nothing crosses a network."""
        return self.host in LOOPBACK

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> MailServer | None:
        """Read the settings of mail; nothing where none of them is set.

        Errors: ``SettingsError`` that names what is missing, or what cannot be.
        """
        given = {name: env.get(f"TRACKER_SMTP_{name}", "").strip() for name in MAIL_SETTINGS}
        if not any(given.values()):
            return None
        signs_in = given["USER"] or given["PASSWORD"]
        needed = ("HOST", "USER", "PASSWORD", "FROM") if signs_in else ("HOST", "FROM")
        missing = [name for name in needed if not given[name]]
        if missing:
            raise SettingsError(
                "Mail is set up in part; missing: {names}.",
                "Set them too, or none of TRACKER_SMTP_…, and no mail is sent.",
                names=", ".join(f"TRACKER_SMTP_{name}" for name in missing),
            )
        port = given["PORT"] or SUBMISSION
        if not (port.isascii() and port.isdecimal() and 1 <= int(port) <= PORT_MAX):
            raise SettingsError("TRACKER_SMTP_PORT is “{port}”, which is no port.", port=port)
        if not is_email(given["FROM"]):
            raise SettingsError(
                "TRACKER_SMTP_FROM is “{sender}”, which is no e-mail address.",
                sender=given["FROM"],
            )
        return cls(given["HOST"], int(port), given["FROM"], given["USER"], given["PASSWORD"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between one installation and another.

    Shape:  ``url`` is the address that people type. With https, one proxy is expected in front,
            which says in ``X-Forwarded-For`` and ``X-Forwarded-Proto`` who asks and how.
            Without a ``mail`` server, reminders are shown and not sent.
    """

    secret_key: str
    database_url: str
    url: str = HERE
    mail: MailServer | None = None

    def __post_init__(self) -> None:
        if len(self.secret_key) < SECRET_BYTES:
            raise SettingsError(
                "TRACKER_SECRET_KEY has {length} characters; sessions could be forged.",
                "Give at least {needed} random ones, or leave it out and one is made.",
                length=len(self.secret_key),
                needed=SECRET_BYTES,
            )
        if not self.is_https and self.host not in LOOPBACK:
            raise SettingsError(
                "TRACKER_URL is {url}: passwords would cross the network in the clear.",
                "Put a proxy with https in front and name its https address.",
                url=self.url,
            )

    @property
    def is_https(self) -> bool:
        """Whether people reach the tracker over https."""
        return urlsplit(self.url).scheme == "https"

    @property
    def host(self) -> str:
        """The name of the machine in the public address."""
        return urlsplit(self.url).hostname or ""

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings; what is not set gets a safe default under ``var/``.

        Errors: ``SettingsError``.
        """
        return cls(
            secret_key=env.get("TRACKER_SECRET_KEY") or _kept_secret(VAR / "secret-key"),
            database_url=database_url(env),
            url=env.get("TRACKER_URL") or HERE,
            mail=MailServer.from_env(env),
        )


def as_flask(settings: Settings) -> dict[str, object]:
    """Give the settings in the shape that ``app.config.from_mapping`` wants."""
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "SESSION_COOKIE_NAME": "__Host-session" if settings.is_https else "session",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "TRACKER_HOSTS": LOOPBACK | {settings.host},
        "TRACKER_URL": settings.url,
        "TRACKER_SENDS_MAIL": settings.mail is not None,
        "WTF_CSRF_TIME_LIMIT": None,  # a form stays good as long as the session
    }


def database_url(env: Mapping[str, str] = os.environ) -> str:
    """Name the database: the one that is set, or else an SQLite file under ``var/``.

    Shape:  a file is named by its full path, so that every part means the same one.
    """
    given = env.get("TRACKER_DATABASE_URL")
    if not given:
        VAR.mkdir(exist_ok=True)
        return f"sqlite:///{VAR / 'tracker.db'}"
    url = make_url(given)
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        url = url.set(database=str(Path(url.database).absolute()))
    return url.render_as_string(hide_password=False)


def _kept_secret(path: Path) -> str:
    """Give the secret that is kept in a file; make it, readable by its owner only, if need be."""
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        # Written aside and linked: two servers that start at once end up with the same secret.
        with NamedTemporaryFile("w", dir=path.parent, prefix=".secret-") as draft:  # mode 0600
            draft.write(secrets.token_urlsafe(SECRET_BYTES))
            draft.flush()
            with suppress(FileExistsError):
                os.link(draft.name, path)
    return path.read_text("ascii").strip()
