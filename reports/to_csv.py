"""A report as csv: an archive with a file for every table, and a list that says what is in them.

Numbers are written as a spreadsheet of the language reads them. What people typed is never taken
for a formula, also where a program splits the columns at another sign than ours.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from io import BytesIO, StringIO
from itertools import islice
from typing import TYPE_CHECKING, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from reports import figures, words
from reports.plain_texts import cut, defused
from reports.texts_table import texts_of
from tracker.domain.money import Money
from tracker.domain.texts import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reports.model import LongSection, Report, Section, Value

MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"  # tells Excel that the file is UTF-8
CHUNK: Final = 500  # rows that are written at once
HOW_TO_READ: Final = (
    mark("The files are UTF-8, with headings in the first row and totals in the last one."),
    mark("Amounts are euros with two decimals, shares are fractions of 1, days are 2023-12-31."),
    mark(
        "An apostrophe before a text keeps a spreadsheet from taking it for a formula; it is not"
        " part of the text."
    ),
)

_NOT_IN_A_NAME: Final = re.compile(r"[\W_]+", re.ASCII)


def to_csv(report: Report) -> bytes:
    """Write a report as an archive of csv files, in reading order, with a list of them in front.

    Errors: ``ValueError`` if a long section does not add up.
    """
    tables = [*report.sections, *([told] if (told := texts_of(report)) else [])]
    names = [f"{at:02}_{_name_of(table)}.csv" for at, table in enumerate(tables, 1)]
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        _write(archive, _list_name(report), [_list_of(report, tables, names)])
        for name, table in zip(names, tables, strict=True):
            _write(archive, name, lines_of(table, report.language))
    return out.getvalue()


def lines_of(section: Section | LongSection, language: str) -> Iterator[str]:
    """Write the head, the rows and the totals of a table, some hundreds at a time.

    Units:  euros with two decimals, days as 2023-12-31; Dutch files have semicolons and
            decimal commas, as Excel expects them there.
    """
    buffer = StringIO()
    writer = csv.writer(buffer, delimiter=";" if language == "nl" else ",")
    writer.writerow([defused(column.title) for column in section.columns])
    buffer.seek(0)
    yield MARK + buffer.read()
    rows = iter(section.rows)
    while chunk := tuple(islice(rows, CHUNK)):
        yield _written(chunk, language)
    if section.totals:
        yield _written([section.totals], language)


def _written(rows: Iterable[Iterable[Value]], language: str) -> str:
    buffer = StringIO()
    writer = csv.writer(buffer, delimiter=";" if language == "nl" else ",")
    writer.writerows([_cell(value, language) for value in row] for row in rows)
    return buffer.getvalue()


def _cell(value: Value, language: str) -> str:
    match value:
        case None:
            return ""
        case str():
            return defused(cut(figures.as_text(value, language)))
        case Money():
            text = f"{value.as_decimal:.2f}"
        case Decimal():
            text = str(value)
        case Fraction():
            text = figures.exact(value)
        case date():
            return value.isoformat()
        case _:
            return str(value)
    return text.replace(".", ",") if language == "nl" else text


def _write(archive: ZipFile, name: str, pieces: Iterable[str]) -> None:
    """Write a file without a date: the same report gives the same bytes."""
    part = ZipInfo(name)
    part.compress_type, part.external_attr = ZIP_DEFLATED, 0o644 << 16
    with archive.open(part, "w") as file:
        for piece in pieces:
            file.write(piece.encode())


def _name_of(table: Section | LongSection) -> str:
    return _NOT_IN_A_NAME.sub("_", table.key).strip("_")


def _list_name(report: Report) -> str:
    """Name the list, so that it is the first that one sees."""
    _ = words.gettext_for(report.language)
    return f"00_{_NOT_IN_A_NAME.sub('_', _('Files').casefold())}.txt"


def _list_of(report: Report, tables: list[Section | LongSection], names: list[str]) -> str:
    """Write what the report is, what is in each file, and how numbers are written."""
    _, language = words.gettext_for(report.language), report.language
    told = [report.title, report.subtitle, "", *([report.note, ""] if report.note else [])]
    told += [f"{name}: {figures.as_text(value, language)}" for name, value in report.about]
    told += ["", _("Files"), ""]
    for name, table in zip(names, tables, strict=True):
        count = _("{count} rows").format(count=figures.count(table.row_count, language))
        told += [f"{name} · {table.title} · {count}"]
        told += [f"    {table.note}"] if table.note else []
    told += ["", *(_(how) for how in HOW_TO_READ)]
    return MARK + "".join(f"{figures.as_text(line, language)}\r\n" for line in told)
