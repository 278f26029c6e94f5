"""Which version a file is of, and that one flipped byte of any stored file is found."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from tests.actions.issued import ANOTHERS, NEWEST, OTHER, WITHDRAWN, issued
from tests.store.changed_outside import flip, open_up
from tracker.actions import issuing
from tracker.domain.errors import TrackerError
from tracker.store import checks
from tracker.store.documents import DocumentRow
from tracker.store.issued_reports import IssuedFileRow, IssuedReportRow
from tracker.store.verification import hashes_of, issued_with

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

BYTES = "Every document is, byte for byte, what was handed in."
TRAIL = "Every issued report has the files that the audit trail saw go out."


def broken(session: Session) -> set[str]:
    found = {str(name) for name, _rows in checks.broken(session)}
    session.rollback()
    return found


def test_every_issued_file_is_known_by_its_hash_with_what_became_of_it(reported: Session) -> None:
    faces = set()
    for key, number, holds in ((WITHDRAWN, 1, False), (NEWEST, 2, True), (ANOTHERS, 1, True)):
        for file in issued(reported, key).files:
            verdict = issued_with(reported, file.sha256)
            assert verdict is not None
            assert (verdict.kind, verdict.face, verdict.number) == ("statement", file.face, number)
            assert verdict.period.code == "2021"
            assert verdict.holds == holds
            assert (verdict.withdrawn_on is not None) == (key == WITHDRAWN)
            faces.add(file.face)
    assert {"pdf", "xlsx", "json"} <= faces


def test_what_is_kept_and_was_never_issued_is_as_unknown_as_what_is_not_there(
    reported: Session,
) -> None:
    given_out = set(reported.scalars(select(IssuedFileRow.document_id)))
    others = {key: sha for key, sha in hashes_of(reported).items() if key not in given_out}
    assert others
    assert all(issued_with(reported, sha256) is None for sha256 in others.values())
    assert issued_with(reported, hashlib.sha256(b"anything").hexdigest()) is None


def test_one_flipped_byte_of_any_stored_file_is_found_and_not_handed_out(
    reported: Session,
) -> None:
    assert broken(reported) & {BYTES, TRAIL} == set()
    open_up(reported, "document")
    of_issues = {
        row.document_id: (row.issued_id, row.face)
        for row in reported.scalars(select(IssuedFileRow))
    }
    facts = set(reported.scalars(select(IssuedReportRow.facts_id)))
    keys = reported.scalars(select(DocumentRow.id)).all()
    reported.rollback()
    assert set(of_issues) | facts <= set(keys)
    for key in keys:
        flip(reported, key)
        expected = {BYTES, TRAIL} if key in of_issues or key in facts else {BYTES}
        assert broken(reported) & {BYTES, TRAIL} == expected
        if key in of_issues:
            with pytest.raises(TrackerError, match="not what was kept"):
                issuing.take(reported, *of_issues[key], by=OTHER)
        flip(reported, key)
        assert broken(reported) & {BYTES, TRAIL} == set()


def test_a_file_that_was_replaced_together_with_its_hash_is_found_by_the_trail(
    reported: Session,
) -> None:
    open_up(reported, "document")
    key = issued(reported, NEWEST).files[0].document_id
    flip(reported, key)
    sha256 = hashes_of(reported)[key]
    reported.execute(
        text("UPDATE document SET sha256 = :sha256 WHERE id = :key"),
        {"sha256": sha256, "key": key},
    )
    reported.commit()
    assert broken(reported) & {BYTES, TRAIL} == {TRAIL}
