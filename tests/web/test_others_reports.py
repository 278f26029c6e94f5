"""A funder's viewer against the reports of others, and what stays inside of its own."""

from __future__ import annotations

import shutil
import sqlite3
import zipfile
from contextlib import closing
from datetime import date
from io import BytesIO
from itertools import product
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session as OrmSession

from reports import catalogue
from tests.actions.issued import issue, issued, withdraw
from tests.actions.programme import OFFICER
from tests.web.conftest import token_of, without_tokens, writes_in
from tracker.actions import funder_reports as deeds
from tracker.actions import issuing
from tracker.domain.actor import Actor
from tracker.domain.periods import period_named
from tracker.domain.policy import Role
from tracker.domain.report_texts import Place
from tracker.store.audit import OVERVIEWS
from tracker.store.commitments import commitments_of
from tracker.store.funder_reports import issue_numbered, reports_of
from tracker.store.issued_reports import is_issued
from tracker.store.report_checks import topics_of
from tracker.store.report_jobs import OF_A_JOB
from tracker.store.session import open_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.routing import Rule
    from werkzeug.test import TestResponse

    SignIn = Callable[[Role], FlaskClient]

VIEWER, DIRECTOR = Role.FUNDER_VIEWER, Role.DIRECTOR
TODAY = date(2026, 1, 15)
OWN = "NGF-1"
SECRET = "zeldzaam-woord-7f3a"
"""Stands in every text that a viewer may not read: of others, or still in the making."""
PICTURE = (f"{SECRET}.png", "image/png", b"\x89PNG\r\n\x1a\n" + SECRET.encode())
ABOUT_REPORTS = frozenset(
    """crosswalks documents dossiers funder_reports funder_workbooks issued report_deeds report_jobs
    reports""".split()
)
VALUES: dict[str, tuple[object, ...]] = {
    "code": (OWN, "PZH-1", "UL-1", "PZH-2"),
    "face": ("pdf", "xlsx", "csv", "json", "facts", "filled"),
    "period": ("2021", "2022"),
    "place": tuple(place.value for place in Place),
    "slug": ("statement", "overview", "final_statement", "cost_list"),
}
MOST = 9
"""Keys that are guessed, from 1: more than there are reports, versions and jobs."""


@pytest.fixture(scope="session")
def secretive(sample_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with reports of the viewer's own and of others, and secrets in all of them."""
    path = tmp_path_factory.mktemp("secretive") / "secretive.db"
    shutil.copyfile(sample_template, path)
    engine = open_engine(f"sqlite:///{path}")
    with OrmSession(engine) as session, pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "printed", lambda *_report: b"%PDF-1.7 printed elsewhere")
        tell_secrets(session)
    engine.dispose()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def tell_secrets(session: OrmSession) -> None:
    withdraw(session, issue(session, today=TODAY))
    for code, period in (("PZH-1", "2021"), (OWN, "2022")):
        key = deeds.begin(session, code, "statement", period_named(period), by=OFFICER)
        deeds.write(session, key, Place.SUMMARY, SECRET, version=0, by=OFFICER)
        deeds.attach(session, key, SECRET, PICTURE, by=OFFICER)
        deeds.comment(session, key, "", SECRET, by=OFFICER)
        report = next(one for one in reports_of(session) if one.id == key)
        facts = catalogue.facts_to_issue(session, report, made_on=TODAY)
        for topic in topics_of(report, facts):
            deeds.explain(session, key, topic.key, SECRET, version=0, by=OFFICER)
    key = issue(session, "PZH-1", today=TODAY)
    version, theirs = issue_numbered(session, key)[0].version, Actor("theirs@example.org", VIEWER)
    letter = (f"{SECRET}.txt", "text/plain", SECRET.encode())
    issuing.answer(
        session, key, SECRET, is_accepted=False, version=version, by=theirs, letter=letter
    )
    report = issue_numbered(session, key)[0]
    deeds.correct(session, report.id, SECRET, version=report.version, by=OFFICER)
    issue(session, today=TODAY)  # of the viewer's own, when all of this was there


@pytest.fixture
def sample_url(secretive: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copyfile(secretive, tmp_path / 'sample.db')}"


@pytest.fixture
def own(session: OrmSession) -> set[int]:
    """The versions that were issued to the viewer's funder."""
    reports = [report for report in reports_of(session) if report.commitment == OWN]
    found = {one.id for report in reports for one in report.issues}
    session.rollback()
    return found


def ways_of(app: Flask, session: OrmSession) -> Iterator[tuple[Rule, str, str, dict[str, object]]]:
    """Guess every address about reports: its rule, its method, and what was guessed."""
    documents = session.scalar(text("SELECT max(id) FROM document")) or 0
    session.rollback()
    doors = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in ABOUT_REPORTS:
            continue
        most = documents if rule.endpoint == "documents.download" else MOST
        names = sorted(rule.arguments)
        for values in product(*(VALUES.get(name, range(1, most + 1)) for name in names)):
            guessed = dict(zip(names, values, strict=True))
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule, method, doors.build(rule.endpoint, guessed, method), guessed


def ask(client: FlaskClient, method: str, address: str, token: str) -> TestResponse:
    if method == "GET":
        return client.get(address, buffered=True)
    return client.post(address, data={"csrf_token": token}, buffered=True)


def everything_in(answer: TestResponse) -> str:
    """All that an answer tells, and what is packed in it."""
    told = [answer.data, str(answer.headers).encode()]
    if answer.data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(answer.data)) as archive:
            told += [archive.read(name) for name in archive.namelist()]
            told.append(" ".join(archive.namelist()).encode())
    return b"\n".join(told).decode("utf-8", "replace")


def content_of(answer: TestResponse) -> str:
    """What a page says, without the menu that marks where one is."""
    return without_tokens(answer.text[answer.text.index("<main") :])


def is_theirs(rule: Rule, guessed: dict[str, object], own: set[int]) -> bool:
    """Tell whether a way is a viewer's own: the list of what was issued to it, or a version."""
    return rule.endpoint.startswith("issued.") and ("key" not in guessed or guessed["key"] in own)


def test_nothing_of_others_or_in_the_making_is_found_by_guessing(
    app: Flask, sign_in: SignIn, session: OrmSession, own: set[int], statements: list[str]
) -> None:
    viewer = sign_in(VIEWER)
    token, seen = token_of(viewer), 0
    nobodys = content_of(viewer.get("/issued/999"))
    statements.clear()
    for rule, method, address, guessed in ways_of(app, session):
        if is_theirs(rule, guessed, own) or rule.endpoint == "documents.download":
            continue
        answer = ask(viewer, method, address, token)
        assert answer.status_code == 404, f"{method} {address}: {answer.status_code}"
        assert SECRET not in everything_in(answer), address
        if method == "GET":
            assert content_of(answer) == nobodys, address
        seen += 1
    assert seen > 500
    assert writes_in(statements) == []


def test_a_viewer_takes_the_letters_of_its_own_decisions_and_no_other_document(
    sign_in: SignIn, session: OrmSession
) -> None:
    viewer, director = sign_in(VIEWER), sign_in(DIRECTOR)
    rows = session.execute(text("SELECT id, subject FROM document"))
    documents: dict[int, str] = {row.id: row.subject for row in rows}
    session.rollback()
    with_pages_of_their_own = {key for key in documents if is_issued(session, key)}
    with_pages_of_their_own |= {
        key for key, subject in documents.items() if subject.startswith((OF_A_JOB, OVERVIEWS))
    }
    session.rollback()
    assert with_pages_of_their_own
    taken: set[str] = set()
    for key, subject in documents.items():
        answer = viewer.get(f"/documents/{key}", buffered=True)
        found = 404 if key in with_pages_of_their_own else 200
        assert director.get(f"/documents/{key}", buffered=True).status_code == found
        assert answer.status_code in (200, 404)
        if answer.status_code == 200:
            taken.add(subject)
            assert SECRET not in everything_in(answer)
    assert taken == {f"commitment/{OWN}"}
    assert len(set(documents.values())) > 5


def test_no_page_and_no_file_of_a_viewer_holds_what_stays_inside(
    app: Flask, sign_in: SignIn, session: OrmSession, own: set[int]
) -> None:
    from tests.web.routes import PAGES

    viewer, director = sign_in(VIEWER), sign_in(DIRECTOR)
    token = token_of(viewer)
    told = {
        page.address: everything_in(viewer.get(page.address, follow_redirects=True, buffered=True))
        for page in PAGES
        if VIEWER in page.roles or page.anonymous
    }
    for rule, method, address, guessed in ways_of(app, session):
        if is_theirs(rule, guessed, own) and not address.endswith("/answer"):
            told[address] = everything_in(ask(viewer, method, address, token))
    assert [address for address, page in told.items() if SECRET in page] == []
    assert sum("/files/" in address for address in told) > 10
    others = {one.reference for one in commitments_of(session) if one.code != OWN and one.reference}
    assert [(name, at) for name, at in product(others, told) if name in told[at]] == []
    newest = max(own)
    assert {file.face for file in issued(session, newest).files} == {"csv", "json", "pdf", "xlsx"}
    inside = ("/funder-reports", "/funder-reports/4", "/funder-reports/5", "/issued", "/issued/3")
    assert [SECRET in director.get(way).text for way in inside] == [False, True, True, False, True]
