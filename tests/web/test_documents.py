"""Documents: kept with a commitment, handed out to who may see them, and the rest of the record."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from tests.web.filling import fields_of, fill_in
from tracker.actions import documents
from tracker.domain.actor import Actor
from tracker.domain.policy import Role
from tracker.store.commitments import commitment_named
from tracker.store.determination import requests_of
from tracker.store.documents import documents_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

PDF = b"%PDF-1.7 minutes"
ADDRESS = "/commitments/PZH-1/documents"


@pytest.fixture
def officer(sign_in: Callable[[Role], FlaskClient]) -> FlaskClient:
    return sign_in(Role.FINANCE_OFFICER)


def test_a_document_is_kept_and_handed_out_as_it_was(
    officer: FlaskClient, session: Session
) -> None:
    answer = fill_in(
        officer, "/commitments/PZH-1", ADDRESS, document=(io.BytesIO(PDF), "minutes.pdf")
    )
    assert answer.status_code == 302
    kept = documents_of(session, "commitment/PZH-1")[0]
    file = officer.get(f"/documents/{kept.id}")
    assert file.data == PDF
    assert file.headers["Content-Disposition"] == "attachment; filename=minutes.pdf"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert "minutes.pdf" in officer.get("/commitments/PZH-1").text
    assert "Added a document" in officer.get("/commitments/PZH-1/history").text


def test_nothing_chosen_or_a_page_of_markup_is_refused_at_the_field(
    officer: FlaskClient, session: Session
) -> None:
    before = len(documents_of(session, "commitment/PZH-1"))
    nothing = fill_in(officer, "/commitments/PZH-1", ADDRESS)
    assert nothing.status_code == 422
    assert "Choose a document first." in nothing.text
    markup = (io.BytesIO(b"<script>alert(1)</script>"), "minutes.pdf")
    refused = fill_in(officer, "/commitments/PZH-1", ADDRESS, document=markup)
    assert refused.status_code == 422
    assert "is no document that can be kept" in refused.text
    assert len(documents_of(session, "commitment/PZH-1")) == before


def test_a_document_added_by_hand_stays_inside(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    by = Actor("tests", Role.FINANCE_OFFICER)
    documents.add(session, "NGF-1", ("notes.txt", "text/plain", b"A telephone call."), by=by)
    kept = documents_of(session, "commitment/NGF-1")[0]
    viewer, director = sign_in(Role.FUNDER_VIEWER), sign_in(Role.DIRECTOR)
    assert viewer.get(f"/documents/{kept.id}").status_code == 404
    assert director.get(f"/documents/{kept.id}").status_code == 200
    assert kept.name not in viewer.get("/commitments/NGF-1").text
    assert kept.name in director.get("/commitments/NGF-1").text


def test_the_second_of_two_who_change_the_conditions_is_told_who_changed_what(
    officer: FlaskClient, session: Session
) -> None:
    address = "/commitments/PZH-1/particulars"
    second = fields_of(officer.get(address).text) | {"conditions": "Mine.", "work_packages": []}
    fill_in(officer, address, conditions="Theirs.", work_packages=["WP2"])
    answer = officer.post(address, data=second)
    assert answer.status_code == 422
    assert "finance@sample.example changed this on" in answer.text
    assert "conditions, work packages" in answer.text
    assert "Mine." in answer.text
    assert "Theirs." in answer.text
    deliberate = fields_of(answer.text)
    assert officer.post(address, data=deliberate).status_code == 302
    page = officer.get("/commitments/PZH-1").text
    assert "Mine." in page
    assert "Theirs." in officer.get("/commitments/PZH-1/history").text
    session.rollback()
    assert commitment_named(session, "PZH-1").conditions == "Mine."


def test_the_history_says_who_did_what_in_words(officer: FlaskClient) -> None:
    fill_in(
        officer,
        "/commitments/PZH-1/amend",
        decided_on="01-02-2025",
        amount="250000",
        reason="More.",
        status="",
    )
    page = officer.get("/commitments/PZH-1/history").text
    for words in ("Entered an amendment", "250,000.00", "1 Feb 2025", "finance@sample.example"):
        assert words in page, words
    assert "25000000" not in page


def test_a_request_for_determination_is_entered_once_and_shown(
    officer: FlaskClient, session: Session
) -> None:
    address = "/commitments/UL-1/determination"
    known = commitment_named(session, "UL-1")
    held = fields_of(officer.get(address).text)
    assert held["claimed"] == [f"{known.charged.as_decimal:,.2f}"]
    too_much = fill_in(officer, address, requested_on="15-01-2026", claimed="9000000")
    assert too_much.status_code == 422
    assert "9,000,000.00 was claimed, and UL-1 is" in too_much.text
    filled = held | {"requested_on": "15-01-2026"}
    for _ in range(2):
        assert officer.post(address, data=filled).status_code == 302
    session.rollback()
    assert requests_of(session)[known.id].claimed == known.charged
    page = officer.get("/commitments/UL-1").text
    assert "15 Jan 2026" in page
    again = fill_in(officer, "/commitments/NGF-1/determination", requested_on="01-01-2199")
    assert "is still to come" in again.text
    assert "has been entered" in officer.get(address).text
