"""Partners find the overviews that they were given, and other funders find nothing."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session as OrmSession

from tests.web.conftest import signed_in, token_in
from tests.web.test_issued import send
from tracker.domain.policy import Role
from tracker.store.consortium import given_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    SignIn = Callable[[Role], FlaskClient]

VIEWER, OFFICER = Role.FUNDER_VIEWER, Role.FINANCE_OFFICER


@pytest.fixture(params=["NGF-1", "UL-1"])
def sample_url(request: pytest.FixtureRequest, sample_template: Path, tmp_path: Path) -> str:
    """The sample, in which the viewer signs in for a government, or for a university."""
    path = shutil.copyfile(sample_template, tmp_path / "sample.db")
    with closing(sqlite3.connect(path)) as database:
        database.execute(
            "UPDATE person SET funder_id = (SELECT p.funder_id FROM commitment c JOIN programme p"
            " ON p.id = c.programme_id WHERE c.code = ?) WHERE email = 'funder@sample.example'",
            (request.param,),
        )
        database.commit()
    return f"sqlite:///{path}"


@pytest.fixture
def is_partner(request: pytest.FixtureRequest) -> bool:
    return bool(request.node.callspec.params["sample_url"] == "UL-1")


def test_a_partner_lands_on_its_commitments_reports_and_overviews_and_a_government_without(
    app: Flask, session: OrmSession, *, is_partner: bool
) -> None:
    viewer = signed_in(app, VIEWER)
    page = viewer.get("/", follow_redirects=True).text
    assert ("Overzichten voor het consortium" in page) is is_partner
    assert ("/consortium/1/files/pdf" in page) is is_partner
    for own, others in (("UL-1", "NGF-1"), ("NGF-1", "UL-1")):
        if (own == "UL-1") is is_partner:
            assert f"/commitments/{own}" in page
            assert f"/commitments/{others}" not in page
    assert "/withdraw" not in page
    assert viewer.get("/consortium").status_code == (200 if is_partner else 404)
    got = send(viewer, "/consortium/1/files/json")
    assert got.status_code == (200 if is_partner else 404)
    (given,) = given_of(session)
    if is_partner:
        assert hashlib.sha256(got.data).hexdigest() == given.file("json").sha256
        assert "funder@sample.example" not in viewer.get("/consortium").text
        assert [one.by for one in given.takings] == ["funder@sample.example"]
    else:
        assert given.takings == ()
        assert "Overzichten" not in viewer.get("/consortium").text


def test_an_overview_is_given_once_however_often_the_button_is_pressed_and_withdrawn_with_a_reason(
    app: Flask, session: OrmSession, monkeypatch: pytest.MonkeyPatch, *, is_partner: bool
) -> None:
    monkeypatch.setattr("reports.catalogue.printed", lambda *_: b"%PDF")
    officer, viewer = signed_in(app, OFFICER), signed_in(app, VIEWER)
    page = officer.get("/consortium").text
    fields = {
        "csrf_token": token_in(page),
        "once": page.split('name="once" value="')[1].split('"')[0],
    }
    for _ in range(2):
        assert officer.post("/consortium", data={**fields, "language": "en"}).status_code == 302
    assert [one.number for one in given_of(session)] == [2, 1]
    session.rollback()
    form = officer.get("/consortium/2/withdraw").text
    fields = {
        "csrf_token": token_in(form),
        "once": form.split('name="once" value="')[1].split('"')[0],
    }
    address = "/consortium/2/withdraw"
    assert officer.post(address, data={**fields, "reason": ""}).status_code == 422
    assert officer.post(address, data={**fields, "reason": "Too soon."}).status_code == 302
    assert officer.post(address, data={**fields, "reason": "Too soon."}).status_code == 302
    seen = viewer.get("/", follow_redirects=True).text
    assert ("Too soon." in seen) is is_partner
    assert "Too soon." in officer.get("/consortium").text
    for role in (Role.CONTROLLER, Role.AUDITOR):
        assert "Give it to the partners" not in signed_in(app, role).get("/consortium").text


def test_its_files_are_handed_out_on_their_page_only_where_that_is_written_down(
    app: Flask, session: OrmSession
) -> None:
    (given,) = given_of(session)
    document = given.file("json").document_id
    for role in (VIEWER, OFFICER):
        assert signed_in(app, role).get(f"/documents/{document}").status_code == 404
    assert send(signed_in(app, OFFICER), "/consortium/1/files/json").status_code == 200
    session.rollback()
    assert [one.role for one in given_of(session)[0].takings] == [OFFICER.value]
