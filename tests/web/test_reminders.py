"""What a person chooses to be reminded of, sees of it, and gets."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tests.mail_sink import Mood, Sink
from tests.web.conftest import KEY, token_of
from tracker.cli import cli
from tracker.config import Settings
from tracker.domain.policy import Role
from tracker.domain.reminders import Rhythm, Wish
from tracker.store.people import people_of
from tracker.store.reminders import reader_of, told_to, wish_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

    SignIn = Callable[[Role], FlaskClient]

ADDRESS = re.compile(r'readonly value="([^"]+)"')


@pytest.fixture
def remind(
    sink: Sink, sample_url: str, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Run the command against the sample and the mail server of the test."""
    assert app.name
    monkeypatch.setenv("TRACKER_DATABASE_URL", sample_url)
    monkeypatch.setenv("TRACKER_SECRET_KEY", KEY)
    monkeypatch.setenv("TRACKER_SMTP_HOST", sink.server.host)
    monkeypatch.setenv("TRACKER_SMTP_PORT", str(sink.server.port))
    monkeypatch.setenv("TRACKER_SMTP_FROM", sink.server.sender)

    def run(*arguments: str, status: int = 0) -> Result:
        result = CliRunner().invoke(cli, ["remind", *arguments])
        assert result.exit_code == status, result.output
        return result

    return run


def fields(client: FlaskClient, **more: str) -> dict[str, str]:
    return {"csrf_token": token_of(client), "once": secrets.token_urlsafe(), **more}


def wish_in(session: Session, role: Role) -> Wish:
    person = next(one for one in people_of(session) if one.role is role)
    return wish_of(session, reader_of(person))


def test_a_choice_is_kept_and_shown(sign_in: SignIn, session: Session) -> None:
    client = sign_in(Role.FINANCE_OFFICER)
    sent = fields(client, rhythm="weekly", in_3_days="y", overdue="y", own_only="y")
    assert client.post("/reminders", data=sent).status_code == 302
    assert wish_in(session, Role.FINANCE_OFFICER) == Wish(
        Rhythm.WEEKLY, in_30_days=False, in_14_days=False, own_only=True
    )
    page = client.get("/reminders").text
    assert '<option selected value="weekly">' in page
    assert "Due within 30 days" not in page
    assert wish_in(session, Role.CONTROLLER) == Wish()


def test_what_is_no_rhythm_is_refused(sign_in: SignIn, session: Session) -> None:
    client = sign_in(Role.FINANCE_OFFICER)
    assert client.post("/reminders", data=fields(client, rhythm="hourly")).status_code == 422
    assert wish_in(session, Role.FINANCE_OFFICER) == Wish()


def test_the_next_digest_is_shown_and_that_nothing_is_sent_is_said(sign_in: SignIn) -> None:
    page = sign_in(Role.FINANCE_OFFICER).get("/reminders").text
    assert "No mail server is set up" in page
    assert "Period 2023 is to be closed" in page
    assert "704 days late" in page


def test_with_a_mail_server_nothing_of_that_is_said(
    make_app: Callable[..., Flask], sink: Sink
) -> None:
    from tests.web.conftest import signed_in

    client = signed_in(make_app(mail=sink.server), Role.FINANCE_OFFICER)
    assert "No mail server" not in client.get("/reminders").text


def test_who_sees_no_funding_is_told_so(sign_in: SignIn) -> None:
    page = sign_in(Role.ADMINISTRATOR).get("/reminders").text
    assert "nothing here is due for you" in page
    assert 'href="/calendar"' not in page


def test_a_funder_reads_of_nobody_else(sign_in: SignIn) -> None:
    page = sign_in(Role.FUNDER_VIEWER).get("/reminders").text
    for code in ("UL-2", "PZH-1", "LUMC-2", "Period 2023"):
        assert code not in page


def test_an_address_is_shown_once_and_opens_the_calendar(sign_in: SignIn, app: Flask) -> None:
    client = sign_in(Role.FINANCE_OFFICER)
    sent = fields(client)
    page = client.post("/reminders/feed", data=sent)
    assert page.status_code == 200
    found = ADDRESS.search(page.text)
    assert found
    way = found[1].partition("localhost")[2]
    assert app.test_client().get(way).status_code == 200
    assert ADDRESS.search(client.get("/reminders").text) is None
    again = client.post("/reminders/feed", data=sent)  # the same form once more
    assert ADDRESS.search(again.text) is None
    assert app.test_client().get(way).status_code == 200
    client.post("/reminders/feed/close", data=fields(client))
    assert app.test_client().get(way).status_code == 404


def test_the_command_mails_each_in_their_language_once(
    remind: Callable[..., Result], sink: Sink
) -> None:
    out = remind().output
    by_name = {str(message["To"]): message for message in sink.taken}
    assert len(by_name) == len(sink.taken) >= 3
    assert all(name.partition(" ")[0] in str(by_name) for name in ("Fenna Officer", "Coen"))
    assert "finance@sample.example: told of" in out
    officer = by_name["Fenna Officer <finance@sample.example>"]
    controller = by_name["Coen Controller <controller@sample.example>"]
    text, html = officer.get_body(("plain",)), officer.get_body(("html",))
    assert text
    assert html
    assert "Period 2023 is to be closed" in text.get_content()
    assert "http://127.0.0.1:8000/periods/2023" in text.get_content()
    assert 'href="http://127.0.0.1:8000/periods/2023"' in html.get_content()
    dutch = controller.get_body(("plain",))
    assert dutch
    assert "Periode 2023 moet worden afgesloten" in dutch.get_content()
    assert str(officer["Subject"]).startswith("Funding: ")
    assert remind().output == ""
    assert len(sink.taken) == len(by_name)


def test_nobody_unasked_and_no_funder_reads_of_others(
    remind: Callable[..., Result], sink: Sink
) -> None:
    remind()
    told = {str(message["To"].addresses[0].addr_spec): message for message in sink.taken}
    assert "admin@sample.example" not in told
    assert "auditor@sample.example" not in told
    if funder := told.get("funder@sample.example"):
        assert "UL-2" not in funder.as_string()


def test_what_the_server_refuses_is_said_and_sent_by_the_next_run(
    remind: Callable[..., Result], sink: Sink
) -> None:
    sink.moods = [Mood.REFUSES_AFTER]
    out = remind(status=1).output
    assert "did not take the message: 554 no" in out
    assert remind().output.count("told of") == 1


def test_a_rehearsal_says_everything_and_sends_and_writes_nothing(
    remind: Callable[..., Result], sink: Sink, session: Session
) -> None:
    out = remind("--dry-run").output
    assert "To finance@sample.example: Funding: " in out
    assert "Period 2023 is to be closed" in out
    assert sink.taken == []
    assert not any(told_to(session, person.id) for person in people_of(session))
    assert remind("--dry-run").output == out


def test_without_a_mail_server_the_command_says_so(
    remind: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    for name in ("HOST", "PORT", "FROM"):
        monkeypatch.delenv(f"TRACKER_SMTP_{name}")
    result = remind(status=1)
    assert "No mail server is set up" in str(result.exception)
    assert not any(told_to(session, person.id) for person in people_of(session))
    assert "Period 2023" in remind("--dry-run").output


def test_settings_read_the_mail_server(sink: Sink) -> None:
    env = {
        "TRACKER_SECRET_KEY": KEY,
        "TRACKER_DATABASE_URL": "sqlite://",
        "TRACKER_SMTP_HOST": "localhost",
        "TRACKER_SMTP_FROM": sink.server.sender,
    }
    found = Settings.from_env(env).mail
    assert found
    assert found.host == "localhost"
