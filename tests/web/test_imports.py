"""Bringing in files through the page, and charging."""

from __future__ import annotations

import shutil
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.web.conftest import EMAILS, token_of, try_sign_in
from tracker.actions import people, programmes, sample
from tracker.domain.actor import Actor
from tracker.domain.people import NewPerson
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

OFFICER = Role.FINANCE_OFFICER
BY = Actor("tests", Role.ADMINISTRATOR)


def send(client: FlaskClient, *files: tuple[str, bytes]) -> TestResponse:
    form = {
        "csrf_token": token_of(client),
        "files": [(BytesIO(content), name) for name, content in files],
    }
    return client.post("/imports", data=form)


def kept(session: Session) -> list[int]:
    """How much of everything that a file can bring is kept."""
    session.rollback()
    tables = ("import", "cost_line", "excluded_line", "bank_entry", "receipt", "audit")
    counts = (session.execute(text(f'SELECT count(*) FROM "{table}"')) for table in tables)
    return [count.scalar_one() for count in counts]


@pytest.fixture
def empty_programme(
    sqlite_template: Path, sample_url: str, make_app: Callable[..., object]
) -> FlaskClient:
    """A finance officer's browser on a programme without books."""
    from sqlalchemy.orm import Session

    from tracker.store.session import open_engine

    path = shutil.copyfile(sqlite_template, sample_url.removeprefix("sqlite:///"))
    engine = open_engine(f"sqlite:///{path}")
    with Session(engine) as session:
        programmes.set_up(session, sample.FILES / "case.json", by=BY)
        officer = NewPerson(EMAILS[OFFICER], "Officer", OFFICER, sample.PASSWORD)
        people.add(session, officer, by=BY)
    engine.dispose()
    client = make_app().test_client()
    assert try_sign_in(client, EMAILS[OFFICER], sample.PASSWORD).status_code == 302
    return client


def test_every_kind_of_file_is_brought_in_and_then_charged(empty_programme: FlaskClient) -> None:
    client = empty_programme
    names = ["in-kind.csv", "bank-2021.xml", "auditfile-2021.xaf"]
    answer = send(client, *((name, (sample.FILES / name).read_bytes()) for name in names))
    assert answer.status_code == 200
    assert answer.text.count("Kept") == 3
    page = client.get("/not-charged").text
    assert "to be charged" in page
    done = client.post("/charge", data={"csrf_token": token_of(client)}, follow_redirects=True)
    assert "cost lines were judged" in done.text
    assert "to be charged" not in done.text


def test_an_empty_programme_says_on_every_page_what_to_do_first(
    empty_programme: FlaskClient,
) -> None:
    expected = {
        "/costs": "Import the ledger first",
        "/imports": "No file has been brought in yet",
        "/not-charged": "No ledger has been imported yet",
        "/work": "No file has been brought in yet",
        "/overview": "Funding by source",
        "/milestones": "Milestones over the years",
        "/commitments/NGF-1": "Nothing has come in yet",
        "/reports": "Statement",
    }
    for address, sentence in expected.items():
        answer = empty_programme.get(address)
        assert answer.status_code == 200, address
        assert sentence in answer.text, address


def test_the_same_file_twice_changes_nothing_and_says_so(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(OFFICER)
    before = kept(session)
    content = (sample.FILES / "bank-2022.xml").read_bytes()
    answer = send(client, ("again.xml", content), ("once more.xml", content))
    assert answer.status_code == 200
    assert answer.text.count("brought in before; nothing changed") == 2
    assert kept(session) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.xaf", b""),
        ("text.xaf", b"hello"),
        ("broken.xaf", b"<auditfile><header>"),
        ("zeros.xml", bytes(4000)),
        ("page.xml", b"<html><script>alert(1)</script></html>"),
        ("hours.csv", b"a;b\n1;2\n"),
    ],
)
def test_a_refused_file_shows_its_findings_and_nothing_of_it_is_kept(
    name: str, content: bytes, sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(OFFICER)
    before = kept(session)
    answer = send(client, (name, content))
    assert answer.status_code == 422
    assert f"{name} was refused; nothing of it was kept." in answer.text
    assert "<li>" in answer.text.partition("was refused")[2]
    assert kept(session) == before


def test_an_amount_that_was_changed_in_the_file_is_found_and_named(
    empty_programme: FlaskClient,
) -> None:
    content = (sample.FILES / "auditfile-2021.xaf").read_bytes()
    changed = content.replace(b"<amnt>", b"<amnt>9", 1)
    assert changed != content
    answer = send(empty_programme, ("changed.xaf", changed))
    assert answer.status_code == 422
    assert "changed.xaf was refused" in answer.text
    assert "No file has been brought in yet" in answer.text


def test_a_refused_file_stops_no_other(empty_programme: FlaskClient) -> None:
    good = (sample.FILES / "in-kind.csv").read_bytes()
    answer = send(empty_programme, ("bad.xaf", b"x"), ("good.csv", good))
    assert answer.status_code == 422
    assert "bad.xaf was refused" in answer.text
    assert "good.csv" in answer.text.partition("Files that were brought in")[2]


@pytest.mark.parametrize("name", ["../../etc/x.xaf", "<b>x.xaf", "/x.xaf"])
def test_the_name_of_a_file_is_only_ever_shown(
    name: str, sign_in: Callable[[Role], FlaskClient]
) -> None:
    answer = send(sign_in(OFFICER), (name, b"x"))
    assert answer.status_code == 422
    assert "x.xaf was refused" in answer.text
    assert "etc/x" not in answer.text
    assert "<b>x" not in answer.text


def test_nothing_chosen_is_said_beside_the_field(sign_in: Callable[[Role], FlaskClient]) -> None:
    client = sign_in(OFFICER)
    answer = client.post("/imports", data={"csrf_token": token_of(client)})
    assert answer.status_code == 422
    assert "Choose at least one file." in answer.text
    assert 'aria-describedby="files-errors"' in answer.text


def test_only_a_finance_officer_is_offered_the_import(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    assert "multipart/form-data" in sign_in(OFFICER).get("/imports").text
    assert "multipart/form-data" not in sign_in(Role.AUDITOR).get("/imports").text
