"""Records in tables: our own templates come back as they were filled in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest

from reports.blank_tables import blank_table
from reports.codes import Codes
from tests.readers.writing import refusal_of
from tracker.domain.errors import FileRefused
from tracker.domain.mappings import Mapping
from tracker.domain.money import Money
from tracker.domain.table_columns import TableKind
from tracker.readers import record_tables
from tracker.readers.record_tables import RecordTable
from tracker.readers.tables import likeliest, open_table

if TYPE_CHECKING:
    from pathlib import Path

    from reports.model import Value

FILLED_IN: dict[TableKind, dict[str, Value]] = {
    TableKind.MILESTONES: {
        "code": "M1",
        "title": "Eerste batch",
        "work_package": "WP1",
        "weight": Decimal("2.5"),
        "baseline": date(2026, 3, 31),
        "current": date(2026, 6, 30),
        "reason": "Vergunning",
    },
    TableKind.BUDGETS: {
        "commitment": "NGF-1",
        "category": "materials",
        "work_package": "WP1",
        "year": Decimal(2026),
        "amount": Money(-123_456),
    },
    TableKind.COMMITMENTS: {
        "code": "NGF-1",
        "funder": "RVO",
        "programme": "NGF",
        "reference": "0012",
        "form": "cash",
        "status": "awarded",
        "decided_on": date(2023, 1, 2),
        "first_day": date(2023, 1, 1),
        "last_day": date(2026, 12, 31),
        "amount": Money(90_000_000),
        "share": Decimal("0.45"),
    },
}


def read(path: Path, kind: TableKind) -> RecordTable:
    table, suggestion = likeliest(open_table(path, path.name))
    assert suggestion.kind is kind
    mapping = Mapping(kind, suggestion.places, table.headings, table.heading_row, table.sheet)
    return record_tables.read(path, path.name, mapping)


def template(tmp_path: Path, kind: TableKind, language: str) -> Path:
    path = tmp_path / "template.xlsx"
    path.write_bytes(blank_table(kind, Codes(), language, [FILLED_IN[kind]]))
    return path


@pytest.mark.parametrize("kind", FILLED_IN)
@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_template_that_was_filled_in_is_read_back(
    tmp_path: Path, kind: TableKind, language: str
) -> None:
    (record,) = read(template(tmp_path, kind, language), kind).records
    for code, value in FILLED_IN[kind].items():
        expected = value.cents if isinstance(value, Money) else value
        if code not in ("category", "form", "status"):  # said by name in the language
            assert record.values[code] == expected, code
    absent = {code for code in record.values if code not in FILLED_IN[kind]}
    assert all(record.values[code] in (None, "") for code in absent)


@pytest.mark.parametrize("kind", FILLED_IN)
def test_a_template_that_nobody_filled_in_is_refused(tmp_path: Path, kind: TableKind) -> None:
    path = tmp_path / "template.xlsx"
    path.write_bytes(blank_table(kind, Codes(), "nl"))
    assert "There is no line under the headings." in refusal_of(lambda: read(path, kind))


def test_what_is_missing_or_cannot_be_read_is_named_by_its_cell(tmp_path: Path) -> None:
    path = template(tmp_path, TableKind.BUDGETS, "nl")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet["A4"].value, sheet["E4"].value = None, "veel"
    book.save(path)
    assert refusal_of(lambda: read(path, TableKind.BUDGETS)).splitlines() == [
        "Begrotingen!E4: “veel” is not an amount. Write euros and cents, such as 1250,00.",
        "Begrotingen!A4: There is nothing under “Verlening (verplicht)”. Fill it in.",
    ]


def test_a_record_that_the_tracker_does_not_know_can_be_named_by_its_cell(tmp_path: Path) -> None:
    table = read(template(tmp_path, TableKind.BUDGETS, "en"), TableKind.BUDGETS)
    table.findings.check()
    table.complain("work_package", table.records[0].row, "“{value}” is new.", "", value="WP1")
    with pytest.raises(FileRefused) as caught:
        table.findings.check()
    assert [str(finding) for finding in caught.value.findings] == ["Budgets!C4: “WP1” is new."]
