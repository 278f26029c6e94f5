"""Files are handed out as they were kept, and who took them is written down."""

from __future__ import annotations

import hashlib
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from tests.actions.issued import ANOTHERS, NEWEST, OTHER, WITHDRAWN, issued
from tests.actions.programme import OFFICER
from tracker.actions import issuing, report_downloads, verification
from tracker.domain.errors import NotFoundError, RuleViolation
from tracker.store.funder_reports import issue_numbered
from tracker.store.report_downloads import downloads_of

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session


def taken(session: Session, key: int) -> list[tuple[int, str, str]]:
    report = issue_numbered(session, key)[0]
    found = [(one.number, one.face, one.by) for one in downloads_of(session, report.id)]
    session.rollback()
    return found


def test_a_file_is_handed_out_byte_for_byte_and_that_is_written_down(reported: Session) -> None:
    assert taken(reported, NEWEST) == []
    for file in issued(reported, NEWEST).files:
        told, content = issuing.take(reported, NEWEST, file.face, by=OTHER)
        assert (told, len(content)) == (file, file.size)
        assert hashlib.sha256(content).hexdigest() == file.sha256
    faces = [file.face for file in issued(reported, NEWEST).files]
    assert taken(reported, NEWEST) == [(2, face, OTHER.name) for face in reversed(faces)]
    assert taken(reported, ANOTHERS) == []


def test_what_there_is_not_is_not_written_down(reported: Session) -> None:
    with pytest.raises(NotFoundError):
        issuing.take(reported, NEWEST, "nothing", by=OTHER)
    with pytest.raises(NotFoundError):
        report_downloads.take_period(reported, 99, by=OTHER)
    assert taken(reported, NEWEST) == []


def test_a_period_holds_every_version_of_one_commitment_and_the_same_bytes_again(
    reported: Session,
) -> None:
    name, packed = report_downloads.take_period(reported, NEWEST, by=OTHER)
    assert report_downloads.take_period(reported, WITHDRAWN, by=OFFICER) == (name, packed)
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        found = {hashlib.sha256(archive.read(one)).hexdigest() for one in archive.namelist()}
    own = {f.sha256 for key in (WITHDRAWN, NEWEST) for f in issued(reported, key).files}
    anothers = {file.sha256 for file in issued(reported, ANOTHERS).files}
    assert own <= found
    assert not anothers & found
    by = [OFFICER.name, OFFICER.name, OTHER.name, OTHER.name]
    assert [(face, who) for _number, face, who in taken(reported, NEWEST)] == [
        ("zip", who) for who in by
    ]


def test_of_a_zip_of_a_period_every_file_within_is_told_of(
    reported: Session, tmp_path: Path
) -> None:
    name, packed = report_downloads.take_period(reported, NEWEST, by=OTHER)
    path = tmp_path / name
    path.write_bytes(packed)
    found = list(verification.verify_file(reported, path, by=OTHER))
    assert len(found) == len(issued(reported, WITHDRAWN).files) * 2
    assert {one.verdict.number for one in found if one.verdict} == {1, 2}
    assert all(one.verdict for one in found)
    assert {one.verdict.holds for one in found if one.verdict} == {True, False}


def test_a_workbook_is_looked_at_as_one_file_and_a_changed_one_is_not_ours(
    reported: Session, tmp_path: Path
) -> None:
    file, content = issuing.take(reported, NEWEST, "xlsx", by=OTHER)
    path = tmp_path / file.name
    path.write_bytes(content)
    (found,) = verification.verify_file(reported, path, by=OTHER)
    assert found.verdict
    assert found.verdict.holds
    path.write_bytes(content + b"\0")
    (found,) = verification.verify_file(reported, path, by=OTHER)
    assert found.verdict is None


def test_a_zip_that_is_damaged_or_too_large_is_refused(reported: Session, tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(1_001):
            archive.writestr(str(number), "")
    with pytest.raises(RuleViolation, match="1001 files"):
        list(verification.verify_file(reported, path, by=OTHER))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.pdf", "hello, hello, hello")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"hello, hello", b"hello, hollo"))
    with pytest.raises(RuleViolation, match=r"a\.pdf in many\.zip cannot be read"):
        list(verification.verify_file(reported, path, by=OTHER))
