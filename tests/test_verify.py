"""The command that tells whether a file was issued, and exits so that scripts know."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pikepdf
from click.testing import CliRunner, Result

from tests.actions.issued import NEWEST, OTHER, WITHDRAWN, issued
from tests.store.changed_outside import flip, open_up
from tracker.actions import issuing, report_downloads
from tracker.cli import cli

if TYPE_CHECKING:
    import pytest
    from sqlalchemy.orm import Session


def verify(*paths: Path, status: int) -> Result:
    result = CliRunner().invoke(cli, ["verify", *map(str, paths)])
    assert result.exit_code == status, result.output
    return result


def at_the_server(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands work on the database of a test."""
    bind: Any = session.get_bind()
    url = bind.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("TRACKER_DATABASE_URL", url)


def test_files_and_a_zip_are_told_of_and_the_exit_code_says_whether_all_stand(
    reported: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_server(reported, monkeypatch)
    newest, old, packed, changed = (
        tmp_path / name for name in ("2.pdf", "1.pdf", "all.zip", "other.pdf")
    )
    newest.write_bytes(issuing.take(reported, NEWEST, "pdf", by=OTHER)[1])
    old.write_bytes(issuing.take(reported, WITHDRAWN, "pdf", by=OTHER)[1])
    packed.write_bytes(report_downloads.take_period(reported, NEWEST, by=OTHER)[1])
    changed.write_bytes(newest.read_bytes()[:-1])
    told = verify(newest, status=0).output
    assert "Statement of costs over 2021, version 2" in told
    assert "newest version" in told
    told = verify(old, newest, status=1).output
    assert "It was withdrawn on" in told
    assert "followed by version 2" in told
    told = verify(packed, status=1).output
    assert told.count("We issued this file") >= 6
    assert "CONTENTS" not in told
    assert "no file that we issued" in verify(changed, status=1).output
    assert "NGF" not in verify(newest, old, changed, status=1).output


def test_a_renamed_file_is_known_and_one_that_was_saved_again_is_not(
    reported: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_server(reported, monkeypatch)
    for face in ("pdf", "xlsx"):
        content = issuing.take(reported, NEWEST, face, by=OTHER)[1]
        renamed, saved = tmp_path / "holiday.jpg", tmp_path / f"saved.{face}"
        renamed.write_bytes(content)
        assert "We issued this file" in verify(renamed, status=0).output
        SAVED[face](renamed, saved)
        assert "no file that we issued" in verify(saved, status=1).output


def saved_pdf(path: Path, to: Path) -> None:
    with pikepdf.open(path) as pdf:
        pdf.save(to)


def saved_workbook(path: Path, to: Path) -> None:
    with path.open("rb") as file:
        openpyxl.load_workbook(file).save(to)


SAVED = {"pdf": saved_pdf, "xlsx": saved_workbook}


def test_what_stands_inside_an_issued_pdf_is_known_by_itself(
    reported: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_server(reported, monkeypatch)
    content = issuing.take(reported, NEWEST, "pdf", by=OTHER)[1]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        inside = {name: pdf.attachments[name].get_file().read_bytes() for name in pdf.attachments}
    assert sorted(Path(name).suffix for name in inside) == [".json", ".xlsx"]
    for number, (name, attached) in enumerate(inside.items()):
        path = tmp_path / f"{number}{Path(name).suffix}"
        path.write_bytes(attached)
        assert "version 2" in verify(path, status=0).output
        path.write_bytes(attached[:-1])
        assert "no file that we issued" in verify(path, status=1).output


def test_without_a_file_everything_that_was_issued_is_verified(
    reported: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_server(reported, monkeypatch)
    told = verify(status=0).output
    assert "3 versions were issued, with 15 files and facts." in told
    assert "byte for byte, as it went out" in told
    key = issued(reported, NEWEST).files[0].document_id
    open_up(reported, "document")
    flip(reported, key, 0)
    told = verify(status=1).output
    assert "CHANGED: commitment/NGF-1/report/statement-2021 2" in told
    assert "as it went out" not in told


def test_where_nothing_was_issued_there_is_nothing_to_doubt(
    loaded: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_server(loaded, monkeypatch)
    assert "0 versions were issued" in verify(status=0).output
