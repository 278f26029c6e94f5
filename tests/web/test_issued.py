"""What was issued: lists, files and answers, for the funder whose it is and for the office."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import zipfile
from contextlib import closing
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session as OrmSession

from tests.actions.issued import issue, issued, withdraw
from tests.web.conftest import KEY, signed_in, token_in, token_of, without_tokens, writes_in
from tracker.cli import cli
from tracker.domain.funder_reports import Standing
from tracker.domain.policy import Role
from tracker.store.funder_reports import issue_numbered, reports_of
from tracker.store.session import open_engine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.mail_sink import Sink

    SignIn = Callable[[Role], FlaskClient]

VIEWER, OFFICER = Role.FUNDER_VIEWER, Role.FINANCE_OFFICER
ANOTHERS = 1
"""The report of the sample, which is of another funder than the viewer's."""
TODAY = date(2026, 1, 15)


@pytest.fixture(scope="session")
def issued_template(sample_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with two versions of a report of the viewer's own, the first withdrawn."""
    path = tmp_path_factory.mktemp("issued") / "issued.db"
    shutil.copyfile(sample_template, path)
    engine = open_engine(f"sqlite:///{path}")
    with OrmSession(engine) as session:
        withdraw(session, issue(session, today=TODAY))
        issue(session, today=TODAY)
    engine.dispose()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def sample_url(issued_template: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copyfile(issued_template, tmp_path / 'sample.db')}"


@pytest.fixture
def own(session: OrmSession) -> tuple[int, int]:
    """The withdrawn version of the viewer's own report, and the newest."""
    (report,) = [one for one in reports_of(session) if one.commitment == "NGF-1" and one.issues]
    session.rollback()
    first, second = (one.id for one in report.issues)
    return first, second


def send(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    """Send a form as the page of a report does."""
    return client.post(address, data={"csrf_token": token_of(client), **fields}, buffered=True)


def answer(client: FlaskClient, key: int, **fields: str) -> TestResponse:
    """Fill in the answer on the page of a version, and send it."""
    page = client.get(f"/issued/{key}").text
    form = page[page.index('action="/issued/') :] if "Your answer" in page else page
    known = {
        name: form.split(f'name="{name}" value="')[1].split('"')[0]
        for name in ("once", "version")
        if f'name="{name}" value="' in form
    }
    return client.post(
        f"/issued/{key}/answer", data={"csrf_token": token_in(page), **known, **fields}
    )


def test_a_funder_finds_its_reports_where_it_lands_and_nobody_elses(
    sign_in: SignIn, own: tuple[int, int]
) -> None:
    viewer, officer = sign_in(VIEWER), sign_in(OFFICER)
    for address in ("/", "/issued"):
        page = viewer.get(address, follow_redirects=True).text
        assert [f"/issued/{key}" in page for key in own] == [True, True]
        assert f'href="/issued/{ANOTHERS}"' not in page
        assert "A receipt was missing." in page
        assert "<s>" in page
    page = officer.get("/issued").text
    assert all(f'href="/issued/{key}"' in page for key in (*own, ANOTHERS))


@pytest.mark.parametrize("way", ["", "/files/pdf", "/files/json", "/period", "/answer"])
def test_anothers_report_answers_exactly_as_one_that_does_not_exist(
    sign_in: SignIn, own: tuple[int, int], way: str
) -> None:
    viewer = sign_in(VIEWER)

    def ask(key: int) -> TestResponse:
        address = f"/issued/{key}{way}"
        return send(viewer, address) if way else viewer.get(address)

    anothers, nobodys = ask(ANOTHERS), ask(999)
    assert anothers.status_code == nobodys.status_code == 404
    assert without_tokens(anothers.text) == without_tokens(nobodys.text)
    assert ask(own[1]).status_code in (200, 422)


def test_the_files_are_those_that_were_kept_also_of_what_was_withdrawn(
    sign_in: SignIn, session: OrmSession, own: tuple[int, int]
) -> None:
    viewer = sign_in(VIEWER)
    for key in own:
        for file in issued(session, key).files:
            got = send(viewer, f"/issued/{key}/files/{file.face}")
            assert hashlib.sha256(got.data).hexdigest() == file.sha256
            assert file.name in got.headers["Content-Disposition"]
    assert send(viewer, f"/issued/{own[1]}/files/docx").status_code == 404
    packed = send(viewer, f"/issued/{own[1]}/period")
    assert packed.mimetype == "application/zip"
    with zipfile.ZipFile(BytesIO(packed.data)) as archive:
        assert "SHA256SUMS" in archive.namelist()


def test_each_download_is_shown_to_the_office_and_to_nobody_else(
    sign_in: SignIn, statements: list[str], own: tuple[int, int]
) -> None:
    viewer, officer = sign_in(VIEWER), sign_in(OFFICER)
    before = officer.get(f"/issued/{own[1]}").text
    assert "Nobody took a file" in before
    viewer.get(f"/issued/{own[1]}")
    viewer.get(f"/issued/{own[1]}/files/pdf")
    assert writes_in(statements) == []
    send(viewer, f"/issued/{own[1]}/files/pdf")
    assert any("report_download" in statement for statement in writes_in(statements))
    after = officer.get(f"/issued/{own[1]}").text
    assert "funder@sample.example" in after
    assert "Nobody took a file" not in after
    seen = viewer.get(f"/issued/{own[1]}").text
    assert "Downloads" not in seen
    assert "funder@sample.example" not in seen


def test_the_office_sees_who_would_be_mailed_and_the_funder_does_not(
    sign_in: SignIn, own: tuple[int, int]
) -> None:
    page = sign_in(OFFICER).get(f"/issued/{own[1]}").text
    assert "Mailed are those who sign in for this funder" in page
    assert "funder@sample.example" in page
    assert "Nobody was mailed of this report yet." in page
    seen = sign_in(VIEWER).get(f"/issued/{own[1]}").text
    assert 'id="mails"' in page
    assert 'id="mails"' not in seen


def test_a_funder_accepts_once_and_is_told_so(
    sign_in: SignIn, session: OrmSession, own: tuple[int, int]
) -> None:
    viewer = sign_in(VIEWER)
    assert answer(viewer, own[1], said="Akkoord.", accept="y").status_code == 302
    found = issued(session, own[1])
    assert (found.standing, found.said) == (Standing.ACCEPTED, "Akkoord.")
    page = viewer.get(f"/issued/{own[1]}").text
    assert "/answer" not in page
    assert "Akkoord." in page
    assert answer(viewer, own[1], said="No.", **{"return": "y"}).status_code == 422
    assert issued(session, own[1]).standing is Standing.ACCEPTED


def test_a_report_is_returned_with_a_comment_and_the_office_finds_it_among_its_work(
    sign_in: SignIn, session: OrmSession, own: tuple[int, int]
) -> None:
    viewer, officer = sign_in(VIEWER), sign_in(OFFICER)
    assert answer(viewer, own[1], said=" ", **{"return": "y"}).status_code == 422
    assert issued(session, own[1]).standing is Standing.ISSUED
    assert "The travel costs" not in officer.get("/work").text
    said = "The travel costs are not ours."
    assert answer(viewer, own[1], said=said, **{"return": "y"}).status_code == 302
    found = issued(session, own[1])
    assert (found.standing, found.said) == (Standing.RETURNED, said)
    assert said.removesuffix(".") in officer.get("/work").text
    assert said in officer.get(f"/issued/{own[1]}").text


def test_what_was_withdrawn_cannot_be_answered(
    sign_in: SignIn, session: OrmSession, own: tuple[int, int]
) -> None:
    viewer = sign_in(VIEWER)
    page = viewer.get(f"/issued/{own[0]}").text
    assert "/answer" not in page
    assert "A receipt was missing." in page
    report = issue_numbered(session, own[0])[0]
    session.rollback()
    refused = answer(viewer, own[0], version=str(report.version), said="x", accept="y")
    assert refused.status_code == 422
    assert issued(session, own[0]).standing is Standing.WITHDRAWN


def test_an_answer_that_is_pressed_twice_is_given_once_and_a_second_tab_is_told(
    sign_in: SignIn, session: OrmSession, own: tuple[int, int]
) -> None:
    viewer = sign_in(VIEWER)
    page, other = (viewer.get(f"/issued/{own[1]}").text for _ in range(2))

    def press(shown: str, **fields: str) -> TestResponse:
        form = shown[shown.index("/answer") :]
        known = {
            name: form.split(f'name="{name}" value="')[1].split('"')[0]
            for name in ("once", "version")
        }
        sent = {"csrf_token": token_in(shown), **known, **fields}
        return viewer.post(f"/issued/{own[1]}/answer", data=sent)

    assert press(page, said="Akkoord.", accept="y").status_code == 302
    assert press(page, said="Akkoord.", accept="y").status_code == 302
    late = press(other, said="No.", **{"return": "y"})
    assert late.status_code == 422
    assert "No." in late.text or "Akkoord." in late.text
    found = issued(session, own[1])
    assert (found.standing, found.said) == (Standing.ACCEPTED, "Akkoord.")


def test_a_tab_that_was_open_when_the_report_was_withdrawn_answers_nothing(
    sign_in: SignIn, session: OrmSession, own: tuple[int, int]
) -> None:
    viewer = sign_in(VIEWER)
    page = viewer.get(f"/issued/{own[1]}").text
    form = page[page.index("/answer") :]
    known = {
        name: form.split(f'name="{name}" value="')[1].split('"')[0] for name in ("once", "version")
    }
    withdraw(session, own[1], "One invoice was counted twice.")
    sent = {"csrf_token": token_in(page), **known, "said": "", "accept": "y"}
    told = viewer.post(f"/issued/{own[1]}/answer", data=sent)
    assert told.status_code == 422
    assert "One invoice was counted twice." in told.text
    assert issued(session, own[1]).standing is Standing.WITHDRAWN


def test_nobody_but_the_funder_answers(sign_in: SignIn, own: tuple[int, int]) -> None:
    for role in set(Role) - {VIEWER}:
        assert send(sign_in(role), f"/issued/{own[1]}/answer", accept="y").status_code == 403


def test_what_is_issued_to_others_changes_nothing_that_a_funder_sees(
    sign_in: SignIn, session: OrmSession, own: tuple[int, int]
) -> None:
    viewer, director = sign_in(VIEWER), sign_in(Role.DIRECTOR)
    ways = ("/overview", "/issued", *(f"/issued/{key}" for key in own), "/issued/4", "/verify")

    def seen_by(client: FlaskClient) -> list[str]:
        return [without_tokens(client.get(way).text) for way in ways]

    before, before_inside = seen_by(viewer), seen_by(director)
    key = issue(session, "PZH-1", today=TODAY)
    assert f"/issued/{key}" in ways
    send(director, f"/issued/{key}/files/pdf")
    withdraw(session, key)
    assert seen_by(viewer) == before
    assert seen_by(director) != before_inside


def test_drafts_and_live_statements_are_not_for_a_funder(app: Flask) -> None:
    viewer = signed_in(app, VIEWER)
    for way in (
        "/reports",
        "/reports/statement/NGF-1/2021",
        "/funder-reports",
        "/funder-reports/1",
    ):
        assert viewer.get(way).status_code == 404, way
    page = viewer.get("/commitments/NGF-1").text
    assert "/reports/statement" not in page
    assert "/funder-reports" not in page
    assert 'href="/issued"' in page


def test_a_mail_tells_the_funder_once_in_its_language_and_leads_to_the_page(
    sink: Sink, sample_url: str, own: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("TRACKER_DATABASE_URL", sample_url),
        ("TRACKER_SECRET_KEY", KEY),
        ("TRACKER_SMTP_HOST", sink.server.host),
        ("TRACKER_SMTP_PORT", str(sink.server.port)),
        ("TRACKER_SMTP_FROM", sink.server.sender),
    ):
        monkeypatch.setenv(name, value)

    def run(*more: str) -> str:
        result = CliRunner().invoke(cli, ["remind", "--reports", *more])
        assert result.exit_code == 0, result.output
        return result.output

    assert "To funder@sample.example: " in run("--dry-run")
    assert sink.taken == []
    assert "funder@sample.example: told of 2 reports." in run()
    (message,) = sink.taken
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body
        told = body.get_content()
        assert f"http://127.0.0.1:8000/issued/{own[1]}" in told
        assert "A receipt was missing." in told
        assert "NGF-1" in told
        assert "UL-1" not in told
    assert run() == ""
    assert len(sink.taken) == 1
