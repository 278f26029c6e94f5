"""Contributions in kind on screen."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from tests.questions import count
from tests.web.filling import fields_of, fill_in
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

    SignIn = Callable[[Role], FlaskClient]

OFFICER = Role.FINANCE_OFFICER
HOURS = {
    "partner": "Biomaterials BV",
    "work_package": "WP4",
    "worked_on": "02-05-2025",
    "hours": "7.5",
    "rate": "60.00",
    "description": "Assay by hand",
}


def declaration(**typed: str) -> dict[str, Any]:
    """What is typed for a declaration, with the signed statement."""
    signed = (io.BytesIO(b"%PDF-1.7 signed"), "signed.pdf")
    return {
        "partner": "Biomaterials BV",
        "first_day": "01-01-2025",
        "last_day": "31-12-2025",
        "method": "Fixed rate",
        "signed_by": "B. de Boer",
        "signed_on": "15-01-2026",
        "document": signed,
    } | typed


def test_the_list_says_what_counts_what_does_not_and_what_is_missing(sign_in: SignIn) -> None:
    page = sign_in(OFFICER).get("/in-kind").text
    assert "€\N{NO-BREAK SPACE}89,205.00 does not count yet" in page
    assert "Signed declaration for 28 Jan 2025 to 28 Dec 2025" in page
    chosen = sign_in(OFFICER).get("/in-kind?partner=Biomaterials+BV&year=2024").text
    assert "Biomaterials BV in 2024" in chosen
    assert "B. de Boer, 14 Feb 2025" in chosen
    assert "missing" not in chosen.partition("Biomaterials BV in 2024")[2]


def test_hours_count_once_they_are_signed_for(sign_in: SignIn) -> None:
    client = sign_in(OFFICER)
    assert fill_in(client, "/in-kind/new", **HOURS).status_code == 302
    chosen = "/in-kind?partner=Biomaterials+BV&year=2025"
    assert "Assay by hand" in client.get(chosen).text
    assert "€\N{NO-BREAK SPACE}89,655.00 does not count yet" in client.get("/in-kind").text
    assert fill_in(client, "/in-kind/declarations/new", **declaration()).status_code == 302
    assert "€\N{NO-BREAK SPACE}43,395.00 does not count yet" in client.get("/in-kind").text
    page = client.get(chosen).text
    assert "missing" not in page.partition("Biomaterials BV in 2025")[2]
    history = page.partition('id="history"')[2]
    assert "Assay by hand" in history
    assert "15 Jan 2026" in history


def test_hours_sent_twice_are_kept_once(sign_in: SignIn, session: Session) -> None:
    client, before = sign_in(OFFICER), count(session, "cost_line")
    held = fields_of(client.get("/in-kind/new").text) | HOURS
    assert client.post("/in-kind/new", data=held).status_code == 302
    assert client.post("/in-kind/new", data=held).status_code == 302
    again = fill_in(client, "/in-kind/new", **HOURS)
    assert again.status_code == 422
    assert "The books hold these very hours already" in again.text
    assert count(session, "cost_line") == before + 1


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"partner": "biomaterials bv"}, "is known as “Biomaterials BV”"),
        ({"hours": "many"}, "“many” is no number of hours."),
        ({"hours": "0"}, "A contribution has hours."),
        ({"rate": "0"}, "These hours would be worth"),
        ({"worked_on": "02-05-2199"}, "is still to come"),
        ({"description": ""}, "This field is required"),
        ({"work_package": "WP99"}, "Not a valid choice"),
    ],
)
def test_refused_hours_say_why_and_keep_what_was_typed(
    typed: dict[str, str], complaint: str, sign_in: SignIn, session: Session
) -> None:
    before = count(session, "cost_line")
    answer = fill_in(sign_in(OFFICER), "/in-kind/new", **(HOURS | typed))
    assert answer.status_code == 422
    assert complaint in answer.text
    kept = {name: value for name, value in (HOURS | typed).items() if name != "work_package"}
    assert all(f'value="{value}"' in answer.text for value in kept.values())
    assert count(session, "cost_line") == before


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"signed_on": "30-12-2025"}, "before the period ended"),
        ({"last_day": "31-12-2024"}, "The period would end on"),
        ({"document": ""}, "A declaration is the signed statement itself."),
        ({"partner": "biomaterials bv"}, "is known as “Biomaterials BV”"),
    ],
)
def test_a_refused_declaration_says_why(
    typed: dict[str, str], complaint: str, sign_in: SignIn
) -> None:
    answer = fill_in(sign_in(OFFICER), "/in-kind/declarations/new", **declaration(**typed))
    assert answer.status_code == 422
    assert complaint in answer.text
    assert 'value="Fixed rate"' in answer.text


def test_hours_are_written_as_the_reader_writes_them(sign_in: SignIn) -> None:
    page = sign_in(Role.CONTROLLER).get("/in-kind").text
    assert "763,50" in page
    assert "Uren invoeren" not in page
