"""A report as HTML, for the page and for the PDF alike. The one door to the templates."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import charts_svg, figures, prose, words
from reports.model import LongSection, Section

if TYPE_CHECKING:
    from collections.abc import Callable

    from reports.charts import Chart
    from reports.model import Prose, Report
    from tracker.domain.report_texts import Picture

ROOT: Final = Path(__file__).parents[1]
MOST_LINES: Final = 500  # of a long section; a reader of more wants the workbook
WIDEST: Final = 190  # characters that a sheet holds upright, with the room between columns
BETWEEN: Final = 5
FEW_ROWS: Final = 12  # of sections that lie across only because those around them do


def to_html(report: Report) -> str:
    """Write a report as the document that is printed; its pictures go by ``prose.asset_of``."""
    return (
        templates()
        .get_template("reports/print.html")
        .render(
            report=shown(report),
            _=words.gettext_for(report.language),
            page_words=_page_words(report.language),
            asset_of=prose.asset_of,
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
    return {
        "as_text": figures.as_text,
        "drawing": drawing,
        "shares": shares_of_width,
        "across": lying_across,
        "prose": written,
    }


def drawing(chart: Chart, language: str) -> Markup:
    """Draw a chart."""
    return Markup(charts_svg.to_svg(chart, language))  # noqa: S704 - escaped there


def shares_of_width(section: Section) -> list[int]:
    """Give the widths of a section's columns in thousandths of the table."""
    whole = sum(column.width for column in section.columns)
    return [1000 * column.width // whole for column in section.columns]


def lying_across(report: Report) -> frozenset[str]:
    """Name the sections that lie across the sheet: the wide ones, and a few rows between them."""
    charted = {chart.name for chart in report.charts}
    runs = [(is_wide, [*sections]) for is_wide, sections in groupby(report.sections, key=_is_wide)]
    found: set[str] = set()
    for at, (is_wide, sections) in enumerate(runs):
        keys = {section.key for section in sections}
        is_between = 0 < at < len(runs) - 1 and not keys & charted
        if is_wide or (is_between and sum(each.row_count for each in sections) <= FEW_ROWS):
            found |= keys
    return frozenset(found)


def _is_wide(section: Section | LongSection) -> bool:
    return sum(column.width + BETWEEN for column in section.columns) > WIDEST


def written(
    text: Prose, language: str, picture_address: Callable[[Picture], str] | None = None
) -> Markup:
    """Write the words of a report; a page that has no addresses of pictures names them."""
    address = picture_address or (lambda _picture: "")
    return prose.to_html(text.markdown, text.pictures, address, language)


def _shown(section: Section | LongSection, report: Report) -> Section:
    _ = words.gettext_for(report.language)
    if not section.row_count:
        section = replace(section, note=f"{section.note} {_('There is nothing to list.')}".strip())
    if isinstance(section, Section):
        return section
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
def templates() -> Environment:
    """Give the templates of reports, which refuse what is not defined."""
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
