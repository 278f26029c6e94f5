"""A table of a report as a file for a spreadsheet, in the reader's way of writing numbers."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING

from tracker.domain.money import Money
from tracker.web.costs_csv import MARK, as_text

if TYPE_CHECKING:
    from reports.model import LongSection, Section, Value


def to_csv(section: Section | LongSection, language: str) -> str:
    """Write the head, the rows and the totals of a table.

    Units:  euros with two decimals, days as 2023-12-31; Dutch files have semicolons and
            decimal commas, as Excel expects them there.
    """
    buffer = StringIO()
    writer = csv.writer(buffer, delimiter=";" if language == "nl" else ",")
    writer.writerow([column.title for column in section.columns])
    for row in (*section.rows, *([section.totals] if section.totals else ())):
        writer.writerow([_cell(value, language) for value in row])
    return MARK + buffer.getvalue()


def _cell(value: Value, language: str) -> str:
    match value:
        case None:
            return ""
        case Money():
            text = f"{value.as_decimal:.2f}"
        case Decimal():
            text = str(value)
        case date():
            return value.isoformat()
        case _:
            return as_text(str(value))
    return text.replace(".", ",") if language == "nl" else text
