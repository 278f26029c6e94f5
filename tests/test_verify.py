"""The command that tells whether a file was issued, and exits so that scripts know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner, Result

from tests.actions.issued import NEWEST, OTHER, WITHDRAWN
from tracker.actions import issuing, report_downloads
from tracker.cli import cli

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from sqlalchemy.orm import Session


def verify(*paths: Path, status: int) -> Result:
    result = CliRunner().invoke(cli, ["verify", *map(str, paths)])
    assert result.exit_code == status, result.output
    return result


def test_files_and_a_zip_are_told_of_and_the_exit_code_says_whether_all_stand(
    reported: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = reported.get_bind().engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("TRACKER_DATABASE_URL", url)
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
