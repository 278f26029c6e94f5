"""Letting people in and shutting them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.questions import count
from tests.web.conftest import token_of, try_sign_in
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

ADMINISTRATOR = Role.ADMINISTRATOR
PASSWORD = "long enough to be safe"
ENTRY = {
    "name": "Nova Newcomer",
    "email": "nova@example.org",
    "role": "auditor",
    "funder_id": "",
    "language": "nl",
    "password": PASSWORD,
}


def send(client: FlaskClient, address: str, **form: str) -> TestResponse:
    return client.post(address, data=form | {"csrf_token": token_of(client)})


def test_a_new_person_can_sign_in_with_the_role_that_was_chosen(
    app: Flask, sign_in: Callable[[Role], FlaskClient]
) -> None:
    assert send(sign_in(ADMINISTRATOR), "/people", **ENTRY).status_code == 302
    client = app.test_client()
    assert try_sign_in(client, ENTRY["email"], PASSWORD).status_code == 302
    assert client.get("/audit-trail").status_code == 200
    assert client.get("/people").status_code == 403


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"password": "short"}, "The password has 5 characters."),
        ({"email": "no address"}, "is not an e-mail address"),
        ({"email": "FINANCE@sample.example"}, "Somebody signs in with"),
        ({"role": "funder_viewer"}, "belongs to one funder"),
        ({"funder_id": "1"}, "belongs to one funder"),
        ({"role": "emperor"}, "Not a valid choice"),
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 101}, "longer than 100"),
    ],
)
def test_a_refused_person_says_why_and_keeps_what_was_typed(
    changes: dict[str, str],
    complaint: str,
    sign_in: Callable[[Role], FlaskClient],
    session: Session,
) -> None:
    before = count(session, "person")
    answer = send(sign_in(ADMINISTRATOR), "/people", **(ENTRY | changes))
    assert answer.status_code == 422
    assert complaint in answer.text
    assert 'aria-invalid="true"' in answer.text
    kept = changes.get("email", ENTRY["email"])
    assert f'value="{kept}"' in answer.text
    assert PASSWORD not in answer.text
    assert count(session, "person") == before


def test_fields_that_the_form_does_not_have_change_nothing(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    extra = {"is_sample": "1", "active": "0", "id": "1", "fs_uniquifier": "x"}
    send(sign_in(ADMINISTRATOR), "/people", **(ENTRY | extra))
    row = session.execute(
        text("SELECT is_sample, active, id, fs_uniquifier FROM person WHERE email = :email"),
        {"email": ENTRY["email"]},
    ).one()
    assert (row.is_sample, row.active) == (0, 1)
    assert row.id > 6
    assert len(row.fs_uniquifier) > 30


def test_the_last_administrator_cannot_be_shut_out(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(ADMINISTRATOR)
    own = session.execute(text("SELECT id FROM person WHERE role = 'administrator'")).scalar_one()
    answer = send(client, f"/people/{own}/active", active="no")
    assert answer.status_code == 422
    assert "last administrator" in answer.text
    assert client.get("/people").status_code == 200


def test_who_was_shut_out_can_be_let_in_again(
    app: Flask, sign_in: Callable[[Role], FlaskClient]
) -> None:
    from tests.web.conftest import EMAILS
    from tracker.actions import sample

    client = sign_in(ADMINISTRATOR)
    for wish, status in (("no", 422), ("yes", 302)):
        assert send(client, "/people/1/active", active=wish).status_code == 302
        officer = try_sign_in(app.test_client(), EMAILS[Role.FINANCE_OFFICER], sample.PASSWORD)
        assert officer.status_code == status


def test_a_new_password_is_judged_and_then_holds(
    app: Flask, sign_in: Callable[[Role], FlaskClient]
) -> None:
    from tests.web.conftest import EMAILS

    client = sign_in(ADMINISTRATOR)
    refused = send(client, "/people/1/password", password="short")
    assert refused.status_code == 422
    assert "The password has 5 characters." in refused.text
    assert send(client, "/people/1/password", password=PASSWORD).status_code == 302
    officer = try_sign_in(app.test_client(), EMAILS[Role.FINANCE_OFFICER], PASSWORD)
    assert officer.status_code == 302


def test_nobody_by_that_number_is_not_found(sign_in: Callable[[Role], FlaskClient]) -> None:
    client = sign_in(ADMINISTRATOR)
    assert client.get("/people/99/password").status_code == 404
    assert send(client, "/people/99/active", active="no").status_code == 404


def test_the_audit_trail_tells_who_did_it_and_no_password(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    client = sign_in(ADMINISTRATOR)
    send(client, "/people", **ENTRY)
    send(client, "/people/1/password", password=PASSWORD)
    trail = client.get("/audit-trail").text
    assert "admin@sample.example" in trail
    assert ENTRY["email"] in trail
    assert "Gave a new password" in trail
    assert PASSWORD not in trail
    assert "argon2" not in trail


def test_an_address_beyond_the_trail_shows_its_beginning(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    client = sign_in(ADMINISTRATOR)
    for before in ("9" * 40, "x", "-1", "0"):
        assert client.get("/audit-trail", query_string={"before": before}).status_code == 200
