"""The door to the mail server: what is taken, what is refused, and what nobody knows."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail_sink import Mood, Sink
from tracker import mail
from tracker.config import MailServer, Settings, SettingsError
from tracker.mail import MailNotSentError, MailUncertainError

if TYPE_CHECKING:
    from email.message import EmailMessage

AT = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
SERVER = MailServer("127.0.0.1", 25, "tracker@example.org")
FULL = {
    "TRACKER_SMTP_HOST": "mail.example.org",
    "TRACKER_SMTP_PORT": "465",
    "TRACKER_SMTP_USER": "tracker",
    "TRACKER_SMTP_PASSWORD": "a secret",
    "TRACKER_SMTP_FROM": "tracker@example.org",
}


def message(
    name: str = "Renée de Wit", subject: str = "€ 100", text: str = "Één\n.\n..twee\n"
) -> EmailMessage:
    said = subject, text, "<p>Één</p>"
    return mail.written(SERVER, (name, "renee@example.org"), said, "<1@example.org>", AT)


def test_a_message_arrives_as_it_was_written(sink: Sink) -> None:
    mail.send(sink.server, message())
    (taken,) = sink.taken
    assert taken["To"] == "Renée de Wit <renee@example.org>"
    assert taken["Subject"] == "€ 100"
    assert taken["Message-ID"] == "<1@example.org>"
    assert taken["Auto-Submitted"] == "auto-generated"
    text, html = taken.get_body(("plain",)), taken.get_body(("html",))
    assert text
    assert html
    assert text.get_content().splitlines() == ["Één", ".", "..twee"]
    assert html.get_content().strip() == "<p>Één</p>"


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_name_and_no_subject_begins_a_header_of_its_own(name: str, subject: str) -> None:
    evil = f"{name}\r\nBcc: all@example.org\n\n{subject}"
    written = message(evil, evil).as_bytes()
    head = written.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]
    assert b"Bcc" not in names
    assert sorted(names) == sorted(
        [
            *(b"To", b"From", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted"),
            *(b"MIME-Version", b"Content-Type"),
        ]
    )


@pytest.mark.parametrize(
    "mood",
    [
        Mood.GREETS_NOBODY,
        Mood.REFUSES_RECIPIENT,
        Mood.REFUSES_TO_BEGIN,
        Mood.REFUSES_AFTER,
        Mood.HANGS_UP_BEFORE,
    ],
)
def test_what_the_server_surely_did_not_take_may_be_sent_again(sink: Sink, mood: Mood) -> None:
    sink.moods = [mood]
    with pytest.raises(MailNotSentError, match="did not take"):
        mail.send(sink.server, message())
    assert sink.taken == []
    mail.send(sink.server, message())
    assert len(sink.taken) == 1


@pytest.mark.parametrize("mood", [Mood.TAKES_AND_HANGS_UP, Mood.LOSES_AND_HANGS_UP])
def test_what_the_server_did_not_answer_may_have_arrived(sink: Sink, mood: Mood) -> None:
    sink.moods = [mood]
    with pytest.raises(MailUncertainError, match="may have arrived"):
        mail.send(sink.server, message())
    assert len(sink.taken) == (mood is Mood.TAKES_AND_HANGS_UP)


def test_a_server_that_is_not_there_takes_nothing() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(MailNotSentError):
        mail.send(MailServer("127.0.0.1", port, "tracker@example.org"), message())


@pytest.mark.parametrize(
    "address", ["", "nobody", "a b@example.org", "a@b@example.org", "a@\n.org"]
)
def test_an_address_to_which_no_mail_can_go_is_refused(address: str) -> None:
    with pytest.raises(MailNotSentError):
        mail.written(SERVER, ("Nobody", address), ("s", "t", "h"), "<1@example.org>", AT)


def test_mail_is_set_up_whole_or_not_at_all() -> None:
    assert MailServer.from_env({}) is None
    assert MailServer.from_env(FULL) == MailServer(
        "mail.example.org", 465, "tracker@example.org", "tracker", "a secret"
    )
    near = {"TRACKER_SMTP_HOST": "localhost", "TRACKER_SMTP_FROM": "tracker@example.org"}
    assert MailServer.from_env(near) == MailServer("localhost", 587, "tracker@example.org")


@pytest.mark.parametrize("missing", ["HOST", "USER", "PASSWORD", "FROM"])
def test_what_is_missing_is_named(missing: str) -> None:
    name = f"TRACKER_SMTP_{missing}"
    env = {known: value for known, value in FULL.items() if known != name}
    with pytest.raises(SettingsError, match=f"missing: {name}"):
        MailServer.from_env(env)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("PORT", value) for value in ("0", "65536", "smtp", "٥")),
        *(("FROM", value) for value in ("tracker", "tracker @example.org")),
    ],
)
def test_what_cannot_be_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"TRACKER_SMTP_{name} is"):
        MailServer.from_env({**FULL, f"TRACKER_SMTP_{name}": value})


def test_the_password_is_in_no_log() -> None:
    server = MailServer.from_env(FULL)
    settings = Settings(secret_key="k" * 40, database_url="sqlite://", mail=server)
    assert "a secret" not in repr(settings)
    assert "mail.example.org" in repr(settings)


def test_without_tls_only_a_server_on_this_machine_is_spoken_to(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.config.LOOPBACK", frozenset())  # now 127.0.0.1 is far away
    with pytest.raises(MailNotSentError, match="STARTTLS"):
        mail.send(sink.server, message())
    assert sink.taken == []
