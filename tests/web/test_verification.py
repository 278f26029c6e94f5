"""Anybody may ask whether a file is one of ours, and is told nothing else."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from tests.actions.issued import issued
from tests.web.conftest import token_in, without_tokens, writes_in
from tracker.store.commitments import commitments_of
from tracker.store.documents import DocumentRow
from tracker.store.issued_reports import bytes_of
from tracker.store.verification import issued_with
from tracker.web.protection import FORM_MAX, VERIFIED_MAX
from tracker.web.verification import QUESTIONS

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

ISSUED = 1
"""What the sample's office issued."""
UNKNOWN = hashlib.sha256(b"of nobody").hexdigest()


def ask(client: FlaskClient, sha256: str = "", file: bytes = b"") -> TestResponse:
    token = token_in(client.get("/verify").text)
    fields = {"csrf_token": token, "once": secrets.token_urlsafe(), "sha256": sha256}
    if not file:
        return client.post("/verify", data=fields)
    # Written by hand: the client would leave a large file of its own open.
    parts = [f'{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    parts.append(b'file"; filename="any name.pdf"\r\n\r\n' + file)
    body = b"".join(
        b'--limit\r\nContent-Disposition: form-data; name="' + part + b"\r\n" for part in parts
    )
    kind = "multipart/form-data; boundary=limit"
    return client.post("/verify", data=body + b"--limit--\r\n", content_type=kind)


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """Somebody who has not signed in."""
    return app.test_client()


def test_by_file_or_by_hash_the_same_is_told_of_what_was_issued(
    stranger: FlaskClient, session: Session
) -> None:
    for file in issued(session, ISSUED).files:
        content = bytes_of(session, file)
        session.rollback()
        by_hash, by_file = ask(stranger, file.sha256.upper()), ask(stranger, file=content)
        assert by_hash.status_code == by_file.status_code == 200
        assert without_tokens(by_hash.text) == without_tokens(by_file.text)
        assert "version 1" in by_hash.text
        assert "was not withdrawn" in by_hash.text
        assert "no file that we issued" in ask(stranger, file=content + b" ").text


def test_nothing_else_is_told(stranger: FlaskClient, session: Session) -> None:
    (first, *_) = issued(session, ISSUED).files
    page = ask(stranger, first.sha256).text
    for commitment in commitments_of(session):
        for secret in (commitment.code, commitment.funder, commitment.reference):
            assert secret not in page
    session.rollback()
    for secret in (first.name, issued(session, ISSUED).said, "sample.example", "€"):
        assert secret not in page


def test_a_letter_that_is_kept_is_as_unknown_as_what_is_not_there(
    stranger: FlaskClient, session: Session
) -> None:
    letter = next(
        sha for sha in session.scalars(select(DocumentRow.sha256)) if not issued_with(session, sha)
    )
    session.rollback()
    known, unknown = ask(stranger, letter), ask(stranger, UNKNOWN)
    assert known.status_code == unknown.status_code == 200
    assert without_tokens(known.text).replace(letter, UNKNOWN) == without_tokens(unknown.text)


def test_unknown_hashes_are_looked_up_with_the_same_questions(
    stranger: FlaskClient, session: Session, statements: list[str]
) -> None:
    letter = next(
        sha for sha in session.scalars(select(DocumentRow.sha256)) if not issued_with(session, sha)
    )
    asked = []
    for sha256 in (letter, UNKNOWN):
        statements.clear()
        ask(stranger, sha256)
        asked.append(list(statements))
    assert asked[0] == asked[1] != []
    assert writes_in(statements) == []


@pytest.mark.parametrize("text", ["", "abc", "g" * 64, "0" * 63, "<script>", "0" * 201])
def test_what_is_neither_a_file_nor_a_hash_is_refused(stranger: FlaskClient, text: str) -> None:
    page = ask(stranger, text)
    assert page.status_code == 422
    assert "<script>" not in page.text.replace("<script src", "")


def test_a_file_may_have_60_mb_and_no_more(stranger: FlaskClient) -> None:
    assert ask(stranger, file=bytes(VERIFIED_MAX)).status_code == 200
    assert ask(stranger, file=bytes(VERIFIED_MAX + FORM_MAX)).status_code == 413


def test_who_asks_too_often_is_told_when_to_ask_again(stranger: FlaskClient) -> None:
    most = int(QUESTIONS.partition(" ")[0])
    codes = [stranger.post("/verify", data={}).status_code for _ in range(2)]
    assert codes == [400, 400]  # without a token
    codes = [ask(stranger, UNKNOWN).status_code for _ in range(most + 1)]
    assert codes == [200] * most + [429]
    assert "Try again at" in ask(stranger, UNKNOWN).text
    assert stranger.get("/verify").status_code == 200
