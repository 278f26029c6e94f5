"""Signing in and out."""

from __future__ import annotations

import statistics
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from tests.web.conftest import EMAILS, signed_in, token_of, try_sign_in, without_tokens
from tracker.actions import people, sample
from tracker.domain.actor import Actor
from tracker.domain.people import NewPerson
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

OFFICER = Role.FINANCE_OFFICER
BY = Actor("tests", Role.ADMINISTRATOR)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.FINANCE_OFFICER, "/work"),
        (Role.CONTROLLER, "/work"),
        (Role.DIRECTOR, "/overview"),
        (Role.FUNDER_VIEWER, "/overview"),
        (Role.AUDITOR, "/costs"),
        (Role.ADMINISTRATOR, "/people"),
    ],
)
def test_each_role_lands_on_what_waits_for_it(
    role: Role, page: str, sign_in: Callable[[Role], FlaskClient]
) -> None:
    client = sign_in(role)
    assert client.get("/").location == page
    assert client.get(page).status_code == 200


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(app: Flask) -> None:
    known = try_sign_in(app.test_client(), EMAILS[OFFICER], "wrong password")
    unknown = try_sign_in(app.test_client(), "nobody@sample.example", "wrong password")
    assert known.status_code == unknown.status_code == 422
    page = without_tokens(known.text).replace(EMAILS[OFFICER], "…")
    assert "not right" in page
    # The address that was typed stands in its field; apart from that nothing may differ.
    assert page.count("…") == without_tokens(unknown.text).count("nobody@sample.example") + 1
    assert page.replace("…", "") == without_tokens(unknown.text).replace(
        "nobody@sample.example", ""
    ).replace(EMAILS[OFFICER], "")


def test_an_unknown_address_takes_as_long_as_a_wrong_password(app: Flask) -> None:
    from time import perf_counter

    def seconds(email: str) -> float:
        client = app.test_client()
        began = perf_counter()
        try_sign_in(client, email, "wrong password")
        return perf_counter() - began

    seconds(EMAILS[OFFICER])
    known = [seconds(EMAILS[OFFICER]) for _ in range(4)]
    unknown = [seconds("nobody@sample.example") for _ in range(4)]
    # Hashing takes ten times as long as all the rest: leaving it out would show at once.
    assert statistics.median(unknown) > statistics.median(known) / 3


def test_the_eleventh_attempt_on_an_account_is_refused_until_five_minutes_have_passed(
    app: Flask,
) -> None:
    def attempt(password: str, address: str, email: str = EMAILS[OFFICER]) -> int:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        return try_sign_in(client, email, password).status_code

    with time_machine.travel(NOW, tick=False) as clock:
        # Each from an address of its own, so that only the account is limited.
        assert [attempt("wrong", f"127.0.0.{n}") for n in range(1, 11)] == [422] * 10
        assert attempt("wrong", "127.0.1.1") == 429
        assert attempt(sample.PASSWORD, "127.0.1.2") == 429
        assert attempt(sample.PASSWORD, "127.0.1.3", EMAILS[Role.DIRECTOR]) == 302
        clock.shift(timedelta(minutes=5, seconds=1))
        assert attempt(sample.PASSWORD, "127.0.1.2") == 302


def test_an_address_that_tries_many_accounts_is_refused(app: Flask) -> None:
    with time_machine.travel(NOW, tick=False):
        client = app.test_client()
        tried = [try_sign_in(client, f"x{n}@example.org", "wrong") for n in range(11)]
        assert [answer.status_code for answer in tried] == [422] * 10 + [429]
        assert "Try again at 10:05:01" in tried[-1].text  # the time of the office


def test_signing_in_well_is_never_limited(app: Flask) -> None:
    for _ in range(12):
        signed_in(app, OFFICER)


def test_a_refused_attempt_is_not_hashed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from flask_security import forms

    client, hashed = app.test_client(), []
    honest = forms.hash_password
    monkeypatch.setattr(forms, "hash_password", lambda p: hashed.append(p) or honest(p))
    for _ in range(12):
        try_sign_in(client, "nobody@sample.example", "wrong")
    assert len(hashed) == 10


def test_the_session_is_new_after_signing_in(app: Flask) -> None:
    client = app.test_client()
    token = token_of(client)
    client.post(
        "/sign-in",
        data={"email": EMAILS[OFFICER], "password": sample.PASSWORD, "csrf_token": token},
    )
    assert client.get("/work").status_code == 200
    assert client.post("/charge", data={"csrf_token": token}).status_code == 400


def test_signing_out_takes_a_form_and_ends_the_session(app: Flask) -> None:
    client = signed_in(app, OFFICER)
    assert client.get("/sign-out").status_code == 405
    assert client.get("/work").status_code == 200
    client.post("/sign-out", data={"csrf_token": token_of(client)})
    assert client.get("/work").status_code == 302


def test_a_session_ends_half_an_hour_after_the_last_page(app: Flask) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client = signed_in(app, OFFICER)
        for _ in range(3):
            clock.shift(timedelta(minutes=29))
            assert client.get("/work").status_code == 200
        clock.shift(timedelta(minutes=31))
        assert client.get("/work").status_code == 302


def test_a_session_ends_after_half_a_day_however_busy(app: Flask) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client, pages = signed_in(app, OFFICER), 0
        while client.get("/reports").status_code == 200:
            clock.shift(timedelta(minutes=29))
            pages += 1
        assert 12 * 60 / 29 <= pages <= 12 * 60 / 29 + 1


def test_who_is_shut_out_is_out_at_once(app: Flask, session: Session) -> None:
    client = signed_in(app, OFFICER)
    people.set_active(session, 1, active=False, by=BY)
    assert client.get("/work").status_code == 302
    answer = try_sign_in(app.test_client(), EMAILS[OFFICER], sample.PASSWORD)
    assert answer.status_code == 422


def test_a_new_password_ends_all_sessions(app: Flask, session: Session) -> None:
    client = signed_in(app, OFFICER)
    people.set_password(session, 1, "quite another password", by=BY)
    assert client.get("/work").status_code == 302
    answer = try_sign_in(app.test_client(), EMAILS[OFFICER], "quite another password")
    assert answer.status_code == 302


@pytest.mark.parametrize("password", ["wachtwoord geheim ½ ﬁ é", "  spaces at both ends  "])
def test_a_password_is_judged_as_it_was_set(app: Flask, session: Session, password: str) -> None:
    people.add(session, NewPerson("New@example.org", "New", Role.AUDITOR, password), by=BY)
    assert try_sign_in(app.test_client(), "new@EXAMPLE.org ", password).status_code == 302
    assert (
        try_sign_in(app.test_client(), "new@example.org", password.strip()[1:]).status_code == 422
    )


def test_no_token_in_an_address_or_a_header_signs_anybody_in(app: Flask, session: Session) -> None:
    from flask_security import utils
    from sqlalchemy import text

    unique = session.execute(text("SELECT fs_uniquifier FROM person WHERE id = 1")).scalar_one()
    with app.test_request_context():
        serializer = app.extensions["security"].remember_token_serializer
        token = serializer.dumps({"ver": "5", "uid": unique, "fs_paa": utils.time.time()})
    client = app.test_client()
    for wish in (
        {"query_string": {"auth_token": token}},
        {"headers": {"Authentication-Token": token}},
    ):
        assert client.get("/work", **wish).status_code == 302


def test_the_sample_sign_ins_are_shown_only_where_they_exist(app: Flask, session: Session) -> None:
    from sqlalchemy import text

    client = app.test_client()
    assert sample.PASSWORD in client.get("/sign-in").text
    session.execute(text("UPDATE person SET is_sample = 0"))
    session.commit()
    page = client.get("/sign-in").text
    assert sample.PASSWORD not in page
    assert EMAILS[OFFICER] not in page
