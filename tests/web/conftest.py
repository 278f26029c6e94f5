"""The web application over the sample programme, and a browser's part in talking to it."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session as OrmSession

from tests.compiled import COMPILED
from tests.questions import questions
from tests.waiting_files import have_files_wait
from tracker import create_app
from tracker.actions import report_jobs, sample
from tracker.actions.intake_jobs import IntakeJob
from tracker.actions.jobs import Job
from tracker.config import Settings
from tracker.domain.actor import Actor
from tracker.domain.policy import Role
from tracker.extensions import db, limiter
from tracker.store.session import open_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy import Engine
    from werkzeug.test import TestResponse

KEY = "k" * 40
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
EMAILS = {sign_in.role: sign_in.email for sign_in in sample.SIGN_INS}


@pytest.fixture(scope="session")
def sample_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the sample programme, to be copied."""
    path = shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("sample") / "sample.db")
    engine = open_engine(f"sqlite:///{path}")
    with OrmSession(engine) as session:
        assert sample.load(session, by=Actor("tests", Role.ADMINISTRATOR))
        have_files_wait(session, path.parent)
    engine.dispose()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def sample_url(sample_template: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copyfile(sample_template, tmp_path / 'sample.db')}"


@pytest.fixture
def make_app(sample_url: str) -> Iterator[Callable[..., Flask]]:
    """Make an application; the settings may differ from the usual ones."""
    made: list[Flask] = []

    def make(**settings: str) -> Flask:
        chosen = {"secret_key": KEY, "database_url": sample_url} | settings
        app = create_app(Settings(**chosen))
        app.jinja_env.bytecode_cache = COMPILED
        limiter.reset()  # its memory is the process's
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(autouse=True)
def jobs_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do the job of a file in this process, where it is asked for: no test waits for another."""

    def start(job: Job) -> int:
        with OrmSession(job._session.get_bind().engine) as session:
            IntakeJob(session, job._id).carry_out()
        return 0

    def make(queue: report_jobs.Queue, job_id: int) -> int:
        with OrmSession(queue._session.get_bind().engine) as other:
            report_jobs.Queue(other).carry_out(job_id)
            report_jobs.Queue(other).advance()
        return 0

    monkeypatch.setattr(Job, "start", start)
    monkeypatch.setattr(report_jobs.Queue, "start", make)


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def engine(app: Flask) -> Engine:
    """The engine of the application, for looking at what it did."""
    with app.app_context():
        return db.engine


@pytest.fixture
def session(engine: Engine) -> Iterator[OrmSession]:
    with OrmSession(engine) as session:
        yield session


@pytest.fixture(scope="session")
def cookies() -> dict[Role, str]:
    """The cookies of who has signed in before: every copy of the sample knows the same people."""
    return {}


@pytest.fixture
def sign_in(app: Flask, cookies: dict[Role, str]) -> Callable[[Role], FlaskClient]:
    """Give the browser of the sample's person of a role, who has signed in."""

    def browser(role: Role) -> FlaskClient:
        if role not in cookies:
            cookie = signed_in(app, role).get_cookie("session")
            assert cookie
            cookies[role] = cookie.value
        client = app.test_client()
        client.set_cookie("session", cookies[role])
        return client

    return browser


def signed_in(app: Flask, role: Role) -> FlaskClient:
    """Sign in with the password."""
    client = app.test_client()
    answer = try_sign_in(client, EMAILS[role], sample.PASSWORD)
    assert answer.status_code == 302
    return client


def try_sign_in(client: FlaskClient, email: str, password: str, **more: str) -> TestResponse:
    page = client.get("/sign-in")
    if page.status_code != 200:
        return page
    entry = {"email": email, "password": password, "csrf_token": token_in(page.text)} | more
    return client.post("/sign-in", data=entry)


def token_in(page: str) -> str:
    found = TOKEN.search(page)
    assert found, "the page has no form"
    return found[1]


def token_of(client: FlaskClient) -> str:
    """A token that this visitor's forms carry."""
    return token_in(client.get("/verify").text)  # a short page with a form, open to everybody


def without_tokens(page: str) -> str:
    """A page without what differs from one answer to the next."""
    return re.sub(r'(name="(?:csrf_token|once)" value=")[^"]+', r"\1", page)


@pytest.fixture
def statements(engine: Engine) -> Iterator[list[str]]:
    """Every statement that reaches the database while a test runs."""
    with questions(engine) as seen:
        yield seen


def writes_in(statements: list[str]) -> list[str]:
    return [
        s for s in statements if re.match(r"\s*(INSERT|UPDATE|DELETE|REPLACE)", s, re.IGNORECASE)
    ]
