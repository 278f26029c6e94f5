"""The user's own table, given back with what was found in it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from reports.returned import returned_rows, returned_workbook
from tracker.extensions import db
from tracker.readers.delimited import open_text
from tracker.readers.headings import is_known
from tracker.readers.tables import ZIPPED
from tracker.store import intakes
from tracker.web.language import translate

if TYPE_CHECKING:
    from tracker.domain.intakes import Intake


def returned_file(intake: Intake, language: str) -> bytes:
    """Give a table back as a workbook with its findings in it.

    Errors: ``RuleViolation`` for a file that cannot be given back.
    """
    content = b"".join(intakes.original(db.session(), intake.id))
    findings = intake.preview.cells if intake.preview else ()
    if content.startswith(ZIPPED):
        return returned_workbook(content, findings, language)
    with TemporaryDirectory(prefix="returned-") as folder:
        path = Path(folder) / "table"
        path.write_bytes(content)
        mapping = intake.mapping
        text = open_text(
            path,
            intake.file_name,
            encoding=mapping.encoding if mapping else "",
            delimiter=mapping.delimiter if mapping else "",
            known=is_known,
        )
        return returned_rows(text.rows(), findings, language, translate("Rows"))


def returned_name(intake: Intake) -> str:
    """Name a table that goes back after the one that came in."""
    stem = intake.file_name.rpartition(".")[0] or intake.file_name
    return f"{stem} - {translate('findings')}.xlsx"
