"""Which version a file is of, and that one flipped byte of any stored file is found."""

from __future__ import annotations

import hashlib
import random
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from tests.actions.issued import ANOTHERS, NEWEST, OTHER, WITHDRAWN, issued
from tests.store.changed_outside import flip, open_up
from tracker.actions import issuing
from tracker.domain.errors import TrackerError
from tracker.store import checks
from tracker.store.commitments import commitment_named
from tracker.store.documents import DocumentRow, document_numbered
from tracker.store.issued_reports import IssuedFileRow, IssuedReportRow
from tracker.store.report_chain import facts_carried_on
from tracker.store.verification import (
    changed_documents,
    changed_issues,
    hashes_of,
    issued_documents,
    issued_with,
)

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


def test_one_flipped_byte_anywhere_in_what_was_issued_is_found(reported: Session) -> None:
    """At the begin, at the end, and at places that nobody chose; of facts as well."""
    open_up(reported, "document")
    chance, flipped = random.Random(20_260_423), 0
    _count, keys = issued_documents(reported)
    first = hashes_of(reported, keys)
    assert changed_issues(reported, first) == []
    for key in keys:
        size = size_of(reported, key)
        for at in (0, size - 1, chance.randrange(size), chance.randrange(size)):
            flip(reported, key, at)
            now = first | hashes_of(reported, [key])
            assert len(changed_documents(reported, now | others(reported, keys))) == 1
            assert len(changed_issues(reported, now)) == 1
            with pytest.raises(TrackerError, match="not what was kept"):
                document_numbered(reported, key)
            flip(reported, key, at)
            flipped += 1
    assert flipped == 4 * len(keys) >= 60
    assert hashes_of(reported, keys) == first


def size_of(session: Session, key: int) -> int:
    return session.scalars(select(DocumentRow.size).where(DocumentRow.id == key)).one()


def others(session: Session, keys: list[int]) -> dict[int, str]:
    """The hashes of all other documents, as they are kept."""
    rows = session.execute(select(DocumentRow.id, DocumentRow.sha256))
    return {key: sha256 for key, sha256 in rows if key not in keys}


def test_facts_that_were_changed_are_not_carried_on(reported: Session) -> None:
    newest = reported.get(IssuedReportRow, NEWEST)
    assert newest is not None
    commitment = commitment_named(reported, "NGF-1").id
    key, after = newest.facts_id, date(2022, 1, 1)
    assert facts_carried_on(reported, commitment, after) is not None
    open_up(reported, "document")
    flip(reported, key)
    with pytest.raises(TrackerError, match="not what was kept"):
        facts_carried_on(reported, commitment, after)


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
