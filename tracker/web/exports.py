"""Files that are handed out: reports and lists, in the hand and the language of who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Response
from flask_login import current_user

from reports import catalogue
from reports.to_csv import lines_of
from tracker.extensions import db
from tracker.web.clock import today
from tracker.web.language import language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.model import LongSection, Report, Section
    from reports.occasion import Occasion

WORKBOOK: Final = catalogue.MIMETYPES["xlsx"]


def occasion() -> Occasion:
    """Give the head of a report of the project that is made for who asks, today."""
    return catalogue.occasion_of(
        db.session(), made_on=today(), author=current_user.name, language=language()
    )


def handed_out(report: Report, face: str) -> Response:
    """Hand out a report as a file."""
    name = catalogue.file_name(report, face)
    return attached(catalogue.to_format(report, face), catalogue.MIMETYPES[face], name)


def list_handed_out(
    report: Report, face: str, table: Section | LongSection | None = None
) -> Response:
    """Hand out a list as a file; as CSV one table of it, the first unless one is named."""
    if face == "csv":
        told = lines_of(table or report.sections[0], report.language)
        return attached("".join(told), "text/csv", f"{report.file_stem}.csv")
    return handed_out(report, face)


def attached(
    content: bytes | str | Iterator[bytes] | Iterator[str], mimetype: str, name: str
) -> Response:
    """Hand out a file for keeping, under a name."""
    answer = Response(content, mimetype=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
