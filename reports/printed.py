"""A report as it is handed over: a PDF that holds its workbook and its figures as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports import prose, words
from reports.to_html import to_html
from reports.to_json import to_json
from reports.to_pdf import Attached, to_pdf
from reports.to_xlsx import to_xlsx

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reports.model import Report

WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def printed(report: Report, beside: Mapping[str, bytes] | None = None) -> bytes:
    """Print a report, with its workbook and its figures inside.

    Shape:  ``beside`` are files of the report by format that are there already: they go in as
            they are, so that what is inside is what stands beside it.
    """
    made = beside or {}
    pictures = {
        prose.asset_of(picture): picture for text in report.texts for picture in text.pictures
    }
    return to_pdf(
        to_html(report),
        pictures,
        (
            _workbook(report, made.get("xlsx") or to_xlsx(report)),
            _figures(report, made.get("json") or to_json(report)),
        ),
    )


def _workbook(report: Report, content: bytes) -> Attached:
    _ = words.gettext_for(report.language)
    return Attached(
        f"{report.file_stem}.xlsx",
        WORKBOOK,
        content,
        _("The workbook: all lines, with formulas"),
        "Source",
        report.made_on,
    )


def _figures(report: Report, content: bytes) -> Attached:
    _ = words.gettext_for(report.language)
    return Attached(
        f"{report.file_stem}.json",
        "application/json",
        content,
        _("All figures, for programs"),
        "Data",
        report.made_on,
    )
