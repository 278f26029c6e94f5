"""A report as HTML, for the page and for the PDF alike. The one door to the templates."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import charts_svg, figures, words
from reports.model import LongSection, Section

if TYPE_CHECKING:
    from collections.abc import Callable

    from reports.charts import Chart
    from reports.model import Report

ROOT: Final = Path(__file__).parents[1]
MOST_LINES: Final = 500  # of a long section; a reader of more wants the workbook


def to_html(report: Report) -> str:
    """Write a report as a document that stands alone, as it is printed."""
    return (
        _templates()
        .get_template("reports/print.html")
        .render(
            report=shown(report),
            _=words.gettext_for(report.language),
            page_words=_page_words(report.language),
            stylesheet=Markup(_stylesheet()),  # noqa: S704 - a file of ours
        )
    )


def shown(report: Report) -> Report:
    """Give a report as pages show it: the largest lines of a long section, and a row for the rest.

    Errors: ``ValueError`` if a long section does not add up.
    """
    return replace(report, sections=tuple(_shown(section, report) for section in report.sections))


def filters() -> dict[str, Callable[..., object]]:
    """Give the filters that the templates of reports use, for any Jinja environment."""
    return {"as_text": figures.as_text, "drawing": drawing, "shares": shares_of_width}


def drawing(chart: Chart, language: str) -> Markup:
    """Draw a chart."""
    return Markup(charts_svg.to_svg(chart, language))  # noqa: S704 - escaped there


def shares_of_width(section: Section) -> list[int]:
    """Give the widths of a section's columns in thousandths of the table."""
    whole = sum(column.width for column in section.columns)
    return [1000 * column.width // whole for column in section.columns]


def _shown(section: Section | LongSection, report: Report) -> Section:
    if isinstance(section, Section):
        return section
    _ = words.gettext_for(report.language)
    note = _("Here are the {shown} largest of {count} lines, in order; {file} holds them all.")
    rest = _("{count} other lines")
    told = {
        "shown": figures.count(MOST_LINES, report.language),
        "count": figures.count(section.row_count, report.language),
        "file": f"{report.file_stem}.xlsx",
    }
    left = figures.count(section.row_count - MOST_LINES, report.language)
    return section.abridged(
        MOST_LINES, f"{section.note} {note.format_map(told)}", rest.format(count=left)
    )


def _page_words(language: str) -> list[str]:
    """Give the words around the two page numbers, which only the printer knows."""
    return re.split(r"{pages?}", words.gettext_for(language)("Page {page} of {pages}"))


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(filters())
    return templates


@cache
def _stylesheet() -> str:
    return (ROOT / "static" / "css" / "print.css").read_text("utf-8")
